"""What conditions can ask of quotes, and of customers and opportunities through them."""

from __future__ import annotations

from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import Field, Relation, Subject, extend_subject, register_subject
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.conditions import parties
from ponte.sales.conditions_opportunities import opportunities
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_policies import OBJECT, visible_quotes

CUSTOMER, DATES, SALES = _("Customer"), _("Dates"), _("Sales")
GIVEN = (QuoteStatus.SENT, QuoteStatus.ACCEPTED, QuoteStatus.DECLINED)


def quotes(reader: Member | None) -> QuerySet[Quote]:
    """Return the quotes a reader may ask about; None is the system."""
    return Quote.objects.filter(deleted_at=None) if reader is None else visible_quotes(reader)


def _whole(reader: Member | None) -> bool:
    return reader is None or all(scope_of(reader, name, "view") is Scope.ALL for name in ("customer", OBJECT))


def _of_visible(reader: Member | None) -> QuerySet[Quote]:
    """The customer is visible already: for who sees every quote there is nothing more to ask."""
    return Quote.objects.filter(deleted_at=None) if _whole(reader) else quotes(reader)


def _accepted(reader: Member | None) -> QuerySet[Quote]:
    return _of_visible(reader).filter(status=QuoteStatus.ACCEPTED)


def _given(reader: Member | None) -> QuerySet[Quote]:
    return _of_visible(reader).filter(status__in=GIVEN)


def _opened(reader: Member | None) -> QuerySet[Quote]:
    return _of_visible(reader).filter(first_viewed_at__isnull=False)


def _lines(reader: Member | None) -> QuerySet[QuoteLine]:
    return QuoteLine.objects.all()


def _money(key: str, label: Any) -> Field:
    """An amount of a line, in its quote's currency."""
    return Field(key, label, "money", path=key, unit="R$", places=2)


def _total(key: str, label: Any) -> Field:
    """A total in the workspace's currency, by the rate of the quote, so that sums over several mean something."""

    def amount() -> Any:
        return ExpressionWrapper(F(key) * F("rate"), DecimalField(max_digits=24, decimal_places=2))

    return Field(key, label, "money", expression=amount, unit="R$", places=2)


FIELDS = (
    Field("number", _("Number"), "text", path="number", raw=True),
    Field("title", _("Title"), "text", path="title"),
    Field("status", _("Status"), "choice", path="status", choices=QuoteStatus.choices),
    Field("owner", _("Salesperson"), "member", path="owner_id"),
    _total("first_year", _("First year")),
    _total("one_off", _("One-off")),
    _total("monthly", _("Per month")),
    Field("top_discount", _("Largest discount"), "number", path="top_discount", unit="%", places=2),
    Field("views", _("Times seen"), "number", path="views"),
    Field("edition", _("Edition"), "number", path="edition"),
    Field("created", _("Created"), "moment", path="created_at", section=DATES),
    Field("sent", _("Sent at"), "moment", path="sent_at", section=DATES),
    Field("first_opened", _("First seen"), "moment", path="first_viewed_at", section=DATES),
    Field("last_opened", _("Last seen"), "moment", path="last_viewed_at", section=DATES),
    Field("answered", _("Answered at"), "moment", path="answered_at", section=DATES),
    Field("valid_until", _("Valid until"), "date", path="valid_until", section=DATES),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id", section=CUSTOMER),
    Relation("opportunity", _("Opportunity"), _("an opportunity"), "opportunity", opportunities,
             forward="opportunity_id", section=SALES),
    Relation("lines", _("Lines"), _("lines"), "quote_line", _lines, link="quote_id", section=SALES),
)  # fmt: skip
LINE = (
    Field("description", _("Description"), "text", path="description"),
    Field("quantity", _("Quantity"), "number", path="quantity", places=0),
    _money("unit_price", _("Unit price")),
    _money("total", _("Total")),
)


def _through(link: str) -> tuple[Relation, ...]:
    """What may be asked of a record through its quotes; ``link`` leads from a quote to it."""

    def relation(key: str, label: Any, words: Any, rows: Any, **options: Any) -> Relation:
        return Relation(key, label, words, "quote", rows, link=link, section=SALES, **options)

    return (
        relation("quotes", _("Quotes"), _("quotes"), _of_visible, dated="created"),
        relation("given_quotes", _("Quotes that were sent"), _("quotes sent"), _given, dated="sent",
                 any_words=_("was sent a quote"), none_words=_("was sent no quote")),
        relation("opened_quotes", _("Quotes the customer opened"), _("quotes opened"), _opened, dated="last_opened",
                 any_words=_("opened a quote"), none_words=_("opened no quote")),
        relation("accepted_quotes", _("Accepted quotes"), _("accepted quotes"), _accepted, dated="answered",
                 any_words=_("accepted a quote"), none_words=_("accepted no quote")),
    )  # fmt: skip


def register() -> None:
    """Make quotes known to conditions, alone, on customers, on opportunities and, through their customer, on leads."""
    register_subject(Subject("quote", _("Quotes"), Quote, OBJECT, quotes, FIELDS))
    register_subject(
        Subject("quote_line", _("Lines of quotes"), QuoteLine, OBJECT, _lines, LINE, listed=False)
    )
    for key in ("person", "company", "customer"):
        extend_subject(key, *_through("party_id"))
    extend_subject("opportunity", *_through("opportunity_id"))
    extend_subject("lead", *_through("party__leads__id"))

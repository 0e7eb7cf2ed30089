"""The list of quotes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.models import Member
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_policies import visible_quotes
from ponte.sales.tables.documents import (
    BY_CHANGE,
    BY_CREATION,
    COMMON,
    CREATED,
    CREATED_COLUMN,
    CUSTOMER,
    first_columns,
    owner_column,
    owner_filter,
)
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    COMING,
    EVERY_FEMININE,
    Ago,
    ChoiceFilter,
    Column,
    DateFilter,
    Day,
    Empty,
    EmptyAction,
    ListPage,
    Money,
    Number,
    NumberFilter,
    Sort,
    register_list,
    row_address,
)
from ponte.workplace.visibility import who_may

EXPIRED = "expired"
STATUSES = [*QuoteStatus.choices, (EXPIRED, pgettext_lazy("quote", "Expired"))]
STATUS_TONES = {
    QuoteStatus.DRAFT: "neutral",
    QuoteStatus.WAITING: "yellow",
    QuoteStatus.SENT: "blue",
    QuoteStatus.ACCEPTED: "green",
    QuoteStatus.DECLINED: "red",
    QuoteStatus.WITHDRAWN: "neutral",
    EXPIRED: "orange",
}
NEW_QUOTE = EmptyAction(_("New quote"), "sales:quote_new", "plus", visible=who_may("quote", "create"))


def shown_status(quote: Any, today: date | None = None) -> str:
    """Return the status people see: a sent quote past its validity is expired."""
    return EXPIRED if quote.is_expired(today or timezone.localdate()) else str(quote.status)


def listed_quotes(member: Member) -> QuerySet[Quote]:
    """Return the quotes the member may see, without the long texts no list shows."""
    return visible_quotes(member).defer("intro", "notes", "payment_terms", "decline_reason")


def _by_status(rows: QuerySet[Any], values: list[str], member: Member) -> QuerySet[Any]:
    """By what people see: *sent* leaves out what is expired."""
    today = timezone.localdate()
    kept = Q(status__in=[one for one in values if one not in (EXPIRED, QuoteStatus.SENT)])
    if QuoteStatus.SENT in values:
        kept |= Q(status=QuoteStatus.SENT, valid_until__gte=today)
    if EXPIRED in values:
        kept |= Q(status=QuoteStatus.SENT, valid_until__lt=today)
    return rows.filter(kept)


QUOTES = register_list(
    ListPage(
        key="quotes",
        more=(more_of("quote"),),
        object="quote",
        scope="quotes",
        title=_("Quotes"),
        url_name="sales:quotes",
        icon="file-invoice",
        plural=_("quotes"),
        every=EVERY_FEMININE,
        columns=(
            *first_columns(_("Quote"), shown_status, labels=STATUSES, tones=STATUS_TONES),
            Column(
                "first_year",
                _("First year"),
                Money("first_year", currency="currency", rate="rate"),
                sort="worth",
                phone=True,
            ),
            Column("one_off", _("One-off"), Money("one_off", currency="currency", rate="rate")),
            Column("monthly", _("Per month"), Money("monthly", currency="currency", rate="rate")),
            Column("valid_until", _("Valid until"), Day("valid_until"), sort="valid"),
            Column("views", _("Times seen"), Number("views")),
            Column("last_viewed_at", _("Last seen"), Ago("last_viewed_at"), shown=False),
            Column("top_discount", _("Largest discount"), Number("top_discount"), shown=False),
            Column("margin", _("Margin"), Money("margin", currency="currency", rate="rate"), shown=False),
            owner_column(_("Salesperson")),
            CREATED_COLUMN,
        ),
        sorts=(
            BY_CREATION,
            Sort("worth", _("First year"), ("first_year",), descending=True),
            Sort("valid", _("Valid until"), ("valid_until",)),
            BY_CHANGE,
        ),
        filters=(
            CUSTOMER,
            ChoiceFilter("status", _("Status"), "", choices=tuple(STATUSES), by=_by_status),
            DateFilter("valid", _("Valid until"), "valid_until", moments=False, periods=COMING),
            CREATED,
            owner_filter(_("Salesperson")),
            NumberFilter("worth", _("First year"), "first_year", places=2),
        ),
        queryset=listed_quotes,
        condition="quote",
        row_url=row_address("sales:quote"),
        panel_url=row_address("sales:quote"),
        **COMMON,
        create=NEW_QUOTE,
        empty=Empty(
            _("No quotes yet"),
            _(
                "A quote lists what you offer and for how much. The customer opens it by a link, chooses options and accepts it there."
            ),
            "file-invoice",
            (NEW_QUOTE,),
        ),
    )
)

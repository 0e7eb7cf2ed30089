"""Many quotes at once, by external id: old and open ones brought from another system. A fixed number of statements a call.

They stand as history: nothing is sealed, sent, accepted or won by it, and no customer hears of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.data import BulkRow, Policy, RowResult
from ponte.commerce.services.bulk import BATCH, Ledger, audit_changes, clean_id
from ponte.commerce.services.bulk_custom import check_bulk_custom
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import NEXT, step_versions
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.sales_quotes import QuotesImported
from ponte.sales.models.document import SealedDocument
from ponte.sales.models.quote import Quote, QuoteLayout, QuoteLine
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_policies import check_quote, editable_quotes
from ponte.sales.services.bulk_documents import Names, Upsert, check_names, fetch_names, within_reach
from ponte.sales.services.document_numbers import QUOTES, count_on_after
from ponte.sales.services.quote_fields import MOST_DAYS, PERSONAL, VALID_DAYS, clean_currency
from ponte.sales.services.quote_lines import set_totals

BROUGHT = frozenset(QuoteStatus) - {QuoteStatus.WAITING}
EXPIRED = "expired"  # told, but not kept: a sent quote whose validity is over
COLUMNS = (
    "party_id", "opportunity_id", "owner_id", "number", "title", "status", "currency", "rate", "valid_until", "payment_terms",
    "notes", "brought_total", "brought_monthly", "created_at", "sent_at", "answered_at", "decline_reason",
)  # fmt: skip
TOTALS = ("one_off", "monthly", "quarterly", "yearly", "first_year", "margin", "top_discount")
SEALED = (*PERSONAL, "decline_reason")
_ANSWERED = (QuoteStatus.ACCEPTED, QuoteStatus.DECLINED)
_LENGTHS = {"title": 160, "payment_terms": 300, "notes": 5000, "decline_reason": 500}
BEYOND = gettext_lazy("This quote exists and is not within your reach. Talk to an administrator.")
LIVES_HERE = gettext_lazy(
    "This quote was sent from here or got a new edition since. The file doesn't change it."
)


@transaction.atomic
def upsert_quotes(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update"
) -> list[RowResult]:
    """Create or update quotes known to ``source`` by external id, without their lines; ``values`` are named as ``COLUMNS``, custom fields in "custom".

    A new one needs ``party_id``. Status and dates are taken as told: no document, order, e-mail or event of an answer follows. One that
    was sent from here or is in another edition is no longer the file's to change. Repeating changes nothing.

    Raises ``Denied`` unless the actor may create and edit quotes.
    """
    check_quote(actor, "create")
    check_quote(actor, "edit")
    ledger = Ledger(len(rows))
    known, beyond = locked_quotes(actor, Q(source=source, external_id__in={row.external_id for row in rows}))
    by_id = {quote.external_id: quote for quote in known}
    custom = check_bulk_custom("quote", rows, by_id, actor=actor, policy=policy)
    layout = QuoteLayout.objects.filter(is_default=True).first()
    upsert = Upsert(
        ledger,
        fetch_names(actor, "quote", rows, custom),
        policy,
        by_id,
        {quote.external_id for quote in beyond},
        clean=_clean,
        make=partial(Quote, source=source, layout=layout),
        lives_here=lives_here,
        beyond_reach=BEYOND,
        gone_on=LIVES_HERE,
    )
    for index, row in enumerate(rows):
        upsert.take(index, row)
    write_quotes(upsert.new.values(), upsert.changed.values())
    parties = {one.id: one.party_id for one in upsert.changed.values()}
    audit_changes(actor, ledger, "quote", parties, SEALED)
    if touched := upsert.touched():
        note_imported(actor, source, touched, act="quote.imported")
    return ledger.results()


def write_quotes(new: Iterable[Quote], changed: Iterable[Quote]) -> None:
    """Save new quotes, and changed ones as their next version; totals follow where there are no lines. Part of the caller's act."""
    fresh, former = list(new), list(changed)
    with_lines = set(QuoteLine.objects.filter(quote__in=former).values_list("quote_id", flat=True))
    for quote in [*fresh, *(one for one in former if one.id not in with_lines)]:
        set_totals(quote, ())
    dated = {quote.id: quote.created_at for quote in fresh if quote.created_at}
    Quote.objects.bulk_create(fresh, batch_size=BATCH)
    old = [quote for quote in fresh if quote.id in dated]
    for quote in old:  # making rows dates them now
        quote.created_at = dated[quote.id]
    Quote.objects.bulk_update(old, ["created_at"], batch_size=BATCH)
    save_next(former, [*(name.removesuffix("_id") for name in COLUMNS), "custom"])
    count_on_after(QUOTES, (quote.number for quote in fresh))


def save_next(quotes: Sequence[Quote], columns: Sequence[str] = ()) -> None:
    """Save columns and totals of quotes as their next version, in few statements. Part of the caller's act."""
    step_versions(quotes)
    Quote.objects.bulk_update(quotes, [*columns, *TOTALS, *NEXT], batch_size=BATCH)


def locked_quotes(actor: Actor, where: Q) -> tuple[list[Quote], list[Quote]]:
    """Return the quotes meant, locked in the order of their ids: those the actor may edit, or that are in the bin, and those beyond reach.

    ``lives_here`` can be asked of each.
    """
    sent = SealedDocument.objects.filter(quote=OuterRef("pk"))
    rows = Quote.objects.filter(where).exclude(external_id="").annotate(has_documents=Exists(sent))
    locked: list[Quote] = list(rows.order_by("id").select_for_update(of=("self",)))
    return within_reach(locked, editable_quotes(actor.member) if actor.member else None)


def lives_here(quote: Quote) -> bool:
    """Tell whether a quote from ``locked_quotes`` (or a new one) has gone its own way since it came from a file."""
    return getattr(quote, "has_documents", False) or quote.edition > 1 or quote.status not in BROUGHT


def note_imported(actor: Actor, source: str, ids: Sequence[UUID], *, act: str) -> None:
    """Write one audit entry and one event for what a chunk of an import did. Part of the caller's act."""
    summary = {"source": source, "count": len(ids)}
    record_bulk(actor=actor, act=act, object_type="quote", ids=list(ids), summary=summary)
    publish(QuotesImported(source=source, quote_ids=[str(one) for one in ids]), actor=actor)


def _clean(
    ledger: Ledger, index: int, row: BulkRow, names: Names, quote: Quote | None
) -> dict[str, Any] | None:
    """Return the checked values the row gives, None where it was refused."""
    cleaner, told = Cleaner(), row.values
    clean_id(cleaner, row)
    if unknown := set(told) - {*COLUMNS, "custom"}:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    check_names(cleaner, told, names, quote, nobody=gettext_lazy("Say whose quote it is."))
    values = {name: told[name] for name in ("party_id", "opportunity_id", "owner_id") if told.get(name)}
    values |= {
        name: cleaner.text(name, told[name], most) for name, most in _LENGTHS.items() if told.get(name)
    }
    for name in ("brought_total", "brought_monthly"):
        if told.get(name) is not None:
            values[name] = cleaner.money(name, told[name])
    number = cleaner.text("number", told.get("number") or row.external_id, 60)
    if quote is None or told.get("number"):
        values["number"] = number
    if quote is None:
        values["title"] = values.get("title") or _("Quote %(number)s") % {"number": number}
    values |= _money_of(cleaner, told, quote)
    values |= _dated(cleaner, told, quote)
    cleaner.problems += names.custom[row.external_id].problems
    if cleaner.problems:
        ledger.reject(index, cleaner.problems)
        return None
    return values


def _money_of(cleaner: Cleaner, told: Mapping[str, Any], quote: Quote | None) -> dict[str, Any]:
    """Return currency and rate where the row tells one, or the quote is new."""
    if quote is not None and not told.get("currency") and told.get("rate") is None:
        return {}
    currency = told.get("currency") or (quote.currency if quote else "")
    rate = told.get("rate")
    if rate is None and quote is not None and currency.strip().upper() == quote.currency:
        rate = quote.rate
    return clean_currency(cleaner, currency, rate)


def _dated(cleaner: Cleaner, told: Mapping[str, Any], quote: Quote | None) -> dict[str, Any]:
    """Return the status with its dates as told: what nobody knows stays open, but for the validity, which counts from the quote's day."""
    values: dict[str, Any] = {}
    for name in ("created_at", "sent_at", "answered_at"):
        if told.get(name):
            moment = cleaner.moment(name, told[name])
            if moment is not None and moment > timezone.now() + timedelta(days=1):
                cleaner.refuse(name, "future", gettext_lazy("This day is still to come."))
            values[name] = moment
    status = told.get("status") or _status(values, quote)
    values["status"] = status = QuoteStatus.SENT if status == EXPIRED else str(status)
    if status not in BROUGHT:
        cleaner.refuse("status", "invalid", gettext_lazy("Choose one of the options."))
    if status == QuoteStatus.DRAFT:
        values |= {"sent_at": None, "answered_at": None}
    elif not values.get("sent_at") and not (quote and quote.sent_at):
        values["sent_at"] = values.get("created_at")
    if status not in _ANSWERED:
        values["answered_at"] = None
    return values | _valid(cleaner, told, values, quote)


def _valid(
    cleaner: Cleaner, told: Mapping[str, Any], values: Mapping[str, Any], quote: Quote | None
) -> dict[str, date]:
    """Return the end of validity as told; of a new quote without one 15 days from its day, in any case over where it is told to be."""
    today, day = timezone.localdate(), told.get("valid_until")
    is_over = told.get("status") == EXPIRED
    if day is not None and not date(1990, 1, 1) <= day <= today + timedelta(days=MOST_DAYS):
        cleaner.refuse("valid_until", "range", gettext_lazy("This date can't be right."))
        return {}
    if day is not None and is_over and day >= today:
        message = gettext_lazy(
            "The quote is told to be expired, but this day is still to come. Correct one of them."
        )
        cleaner.refuse("valid_until", "not_over", message)
        return {}
    if day is not None:
        return {"valid_until": day}
    if quote is not None and not (is_over and quote.valid_until >= today):
        return {}
    began: datetime | None = values.get("created_at") or values.get("sent_at")
    end = timezone.localdate(began) + timedelta(days=VALID_DAYS)
    return {"valid_until": min(end, today - timedelta(days=1)) if is_over else end}


def _status(values: Mapping[str, Any], quote: Quote | None) -> str:
    if quote is not None:
        return quote.status
    return QuoteStatus.SENT if values.get("sent_at") or values.get("answered_at") else QuoteStatus.DRAFT

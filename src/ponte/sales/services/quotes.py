"""Writing quotes: what is offered, before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Product
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_quotes import QuoteChanged, QuoteCreated
from ponte.sales.discounts import fingerprint
from ponte.sales.models.quote import Quote, QuoteLayout, QuoteLine
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_data import QuoteData, QuoteLineData
from ponte.sales.quote_policies import check_quote
from ponte.sales.services.approval_holding import invalidate_approvals
from ponte.sales.services.document_edits import personal_names
from ponte.sales.services.document_numbers import QUOTES, next_document_number
from ponte.sales.services.quote_fields import FIELDS, PERSONAL, clean_quote
from ponte.sales.services.quote_lines import clean_lines, set_totals, summary, write_lines
from ponte.workplace.custom_fields.carrying import copied_row
from ponte.workplace.custom_fields.values import CustomRow, check_custom, refuse_bad


def lock_quote(quote_id: UUID, *, deleted: bool = False) -> Quote:
    """Return a quote locked for change (from the bin with ``deleted``); raise ``Missing``."""
    rows = Quote.objects.select_for_update(of=("self",)).select_related("party", "owner", "layout")
    quote = rows.filter(id=quote_id, deleted_at__isnull=not deleted).first()
    if quote is None:
        raise Missing
    return quote


@transaction.atomic
def create_quote(*, actor: Actor, data: QuoteData) -> Quote:
    """Begin a quote for a customer.

    Raises:
        Denied: the role doesn't let them. Invalid: an unknown customer, opportunity or product, values that can't be accepted
        (``lines.0.quantity`` …).
    """
    check_quote(actor, "create")
    return _begin(actor, data, check_custom("quote", data.custom, actor=actor))


def _begin(actor: Actor, data: QuoteData, custom: CustomRow) -> Quote:
    cleaner = Cleaner(problems=custom.problems)
    values = clean_quote(cleaner, actor, data, was=None)
    rows = clean_lines(cleaner, data.lines, {}, pricing=_pricing(values))
    cleaner.done()
    quote = Quote(is_demo=data.is_demo, custom=custom.values, **values)
    if quote.owner_id is None and actor.kind in {"member", "token"}:
        quote.owner = actor.member
    if quote.layout_id is None:
        quote.layout = QuoteLayout.objects.filter(is_default=True).first()
    quote.number = next_document_number(QUOTES)
    set_totals(quote, rows)
    quote.save(force_insert=True)
    write_lines(quote, rows, {})
    _audit(
        actor,
        "quote.created",
        quote,
        {**_filled(quote), **custom.changes, "lines": ([], summary(rows, quote.currency))},
    )
    publish(QuoteCreated(quote_id=str(quote.id), party_id=str(quote.party_id)), actor=actor)
    return quote


@transaction.atomic
def update_quote(
    *,
    actor: Actor,
    quote_id: UUID,
    changes: dict[str, Any] | None = None,
    lines: Sequence[QuoteLineData] | None = None,
    version: int | None = None,
) -> Quote:
    """Change the given fields (names of ``QuoteData``) and, when given, replace the lines (``id`` keeps one).

    Custom fields alone change whatever the state: they aren't part of what is sent.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it was sent already, or values that can't be accepted.
    """
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    check_version(quote, version)
    told = dict(changes or {})
    custom = check_custom(
        "quote", told.pop("custom", None), actor=actor, stored=quote.custom, record_id=quote.id
    )
    if told or lines is not None or not custom.given:
        return _write(actor, quote, told, lines, custom)
    refuse_bad(custom)
    return _changed(actor, quote, custom) if custom.changes else quote


def _write(
    actor: Actor,
    quote: Quote,
    changes: dict[str, Any],
    lines: Sequence[QuoteLineData] | None,
    custom: CustomRow,
) -> Quote:
    check_open(quote)
    before = {name: getattr(quote, name) for name in FIELDS}
    was = QuoteData(**before)
    existing = {row.id: row for row in quote.lines.order_by("position", "id")}
    old_lines = summary(list(existing.values()), quote.currency)
    cleaner = Cleaner(problems=custom.problems)
    values = clean_quote(cleaner, actor, replace(was, **changes), was=was)
    rows = list(existing.values())
    if lines is not None:
        keeps = all(before[name] == values[name] for name in ("party_id", "currency", "rate"))
        rows = clean_lines(cleaner, lines, existing, pricing=_pricing(values), keeps_prices=keeps)
    cleaner.done()
    for name, value in values.items():
        setattr(quote, name, value)
    if lines is not None:
        write_lines(quote, rows, existing)
        set_totals(quote, rows)
    differences = audit.diff(before, {name: getattr(quote, name) for name in FIELDS})
    if summary(rows, quote.currency) != old_lines:
        differences["lines"] = (old_lines, summary(rows, quote.currency))
    if not differences and not custom.changes and lines is None:
        return quote
    invalidate_approvals(actor, quote, fingerprint(quote, rows))
    return _changed(actor, quote, custom, differences)


def _changed(
    actor: Actor, quote: Quote, custom: CustomRow, differences: dict[str, tuple[Any, Any]] | None = None
) -> Quote:
    quote.custom, told = custom.values, {**(differences or {}), **custom.changes}
    save_quote(quote)
    _audit(actor, "quote.updated", quote, told)
    changed = QuoteChanged(quote_id=str(quote.id), party_id=str(quote.party_id), fields=sorted(told))
    publish(changed, actor=actor)
    return quote


@transaction.atomic
def copy_quote(*, actor: Actor, quote_id: UUID) -> Quote:
    """Begin a new quote with the customer, fields, custom ones too, and lines of another one; validity starts anew.

    Raises:
        Missing, Denied: as everywhere.
    """
    source = Quote.objects.filter(id=quote_id, deleted_at=None).first()
    if source is None:
        raise Missing
    check_quote(actor, "view", source)
    check_quote(actor, "create")
    given = {name: getattr(source, name) for name in FIELDS} | {"valid_until": None, "owner_id": None}
    lines = [replace(line_data(row), id=None) for row in source.lines.order_by("position", "id")]
    return _begin(actor, QuoteData(**given, lines=lines), copied_row("quote", source.custom))


def check_open(quote: Quote) -> None:
    """Raise ``Invalid`` unless the quote is being written."""
    if quote.status not in (QuoteStatus.DRAFT, QuoteStatus.WAITING):
        raise Invalid.on(
            "status", "sent", _("This edition was sent and never changes. Begin a new edition to change it.")
        )


def save_quote(quote: Quote) -> None:
    """Save a locked quote as its next version. Part of the caller's act."""
    quote.version += 1
    quote.save()


def line_data(row: QuoteLine) -> QuoteLineData:
    """Return a line as it would be given to ``update_quote`` to stay as it is."""
    names = [one.name for one in fields(QuoteLineData) if one.name != "explode"]
    return QuoteLineData(**{name: getattr(row, name) for name in names})


def line_pricing(quote: Quote) -> Callable[[Iterable[Product]], Prices]:
    """Return how lines of a quote find their list price today."""
    return _pricing({name: getattr(quote, name) for name in ("party_id", "currency", "rate")})


def _pricing(values: dict[str, Any]) -> Callable[[Iterable[Product]], Prices]:
    """Return how lines find their list price: for the quote's customer, today, in its currency."""
    today = timezone.localdate()
    return partial(
        Prices, party_id=values["party_id"], day=today, currency=values["currency"], rate=values["rate"]
    )


def _filled(quote: Quote) -> dict[str, tuple[Any, Any]]:
    return {name: (None, getattr(quote, name)) for name in FIELDS if getattr(quote, name) not in (None, "")}


def _audit(actor: Actor, act: str, quote: Quote, changes: dict[str, tuple[Any, Any]]) -> None:
    personal = personal_names(changes, PERSONAL)
    audit.record(
        actor=actor, act=act, target=quote, changes=changes, subject_id=quote.party_id, personal=personal
    )

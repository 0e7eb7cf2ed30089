"""Many lines of quotes at once, by the external ids or numbers of their quotes. A fixed number of statements a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import BulkRow, Policy, RowResult
from ponte.commerce.models import Product
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.bulk import BATCH, Ledger, apply_values, audit_changes, clean_id
from ponte.commerce.services.cleaning import MAX_MONEY, Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_data import QuoteLineData
from ponte.sales.quote_policies import check_quote
from ponte.sales.quote_totals import net_total, tax_of
from ponte.sales.services.bulk_quotes import LIVES_HERE, lives_here, locked_quotes, note_imported, save_next
from ponte.sales.services.quote_lines import MAX_LINES, clean_lines, set_totals

_TOLD = tuple(one.name for one in fields(QuoteLineData) if one.name not in ("id", "explode"))
_REMEMBERED = ("list_price", "unit_cost", "contents", "price_source")
COLUMNS = ("product", *(name for name in _TOLD if name != "product_id"), *_REMEMBERED, "total", "tax")
_OPEN = (QuoteStatus.DRAFT, QuoteStatus.SENT)
_MISSING = _("There is no such quote from this source. Import the quotes first.")
Key = tuple[UUID, str]


@transaction.atomic
def upsert_quote_lines(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update"
) -> list[RowResult]:
    """Create or update lines of quotes known to ``source``; ``parent`` is the quote's external id or number, ``external_id`` the line's.

    ``values`` are fields of ``QuoteLineData``. The quotes' totals become those of their lines. Lines that the file doesn't name stay. Lines of
    open quotes are compared with what their customer's price lists ask today, those of answered ones with nothing: what was asked then nobody knows.
    """
    check_quote(actor, "edit")
    ledger = Ledger(len(rows))
    quotes = _quotes(actor, source, {row.parent for row in rows})
    book = _Book(quotes.values(), rows)
    for index, row in enumerate(rows):
        quote = quotes.get(row.parent)
        if quote is None:
            ledger.reject(index, [FieldProblem("quote_external_id", "missing", _MISSING)])
        elif lives_here(quote):
            ledger.reject(index, [FieldProblem("quote_external_id", "lives_here", LIVES_HERE)])
        else:
            _put(ledger, index, row, quote, book, policy)
    QuoteLine.objects.bulk_create(book.new.values(), batch_size=BATCH)
    QuoteLine.objects.bulk_update(book.changed.values(), COLUMNS, batch_size=BATCH)
    touched = {line.quote_id for line in (*book.new.values(), *book.changed.values())}
    settle([quote for quote in book.quotes if quote.id in touched], book.lines)
    parties = {line.id: line.quote.party_id for line in book.changed.values()}
    audit_changes(actor, ledger, "quoteline", parties, ("description", "details"))
    if touched:
        note_imported(actor, source, sorted(touched), act="quote.lines_imported")
    return ledger.results()


def settle(quotes: Sequence[Quote], lines: Mapping[UUID, Sequence[QuoteLine]]) -> None:
    """Save the totals of quotes as their next versions; ``lines`` are all they have. Part of the caller's act."""
    for quote in quotes:
        set_totals(quote, lines.get(quote.id, ()))
    save_next(quotes)


def set_worth(line: QuoteLine) -> None:
    """Write what a line is worth from its own values."""
    line.total = net_total(line.quantity, line.unit_price, line.discount_kind, line.discount)
    line.tax = tax_of(line.total, line.tax_rate)


class _Book:
    """The lines quotes have, and the products and prices rows ask for; fetched once."""

    def __init__(self, quotes: Iterable[Quote], rows: Sequence[BulkRow]) -> None:
        self.quotes = list({quote.id: quote for quote in quotes}.values())
        self.lines: dict[UUID, list[QuoteLine]] = {quote.id: [] for quote in self.quotes}
        by_id = {quote.id: quote for quote in self.quotes}
        found = QuoteLine.objects.filter(quote__in=by_id).select_related("product")
        for line in found.order_by("position", "id"):
            line.quote = by_id[line.quote_id]
            self.lines[line.quote_id].append(line)
        self.known = {
            (line.quote_id, line.external_id): line for lines in self.lines.values() for line in lines
        }
        self.products = Product.objects.in_bulk(
            {row.values["product_id"] for row in rows if row.values.get("product_id")}
        )
        self.products |= {
            line.product.id: line.product for lines in self.lines.values() for line in lines if line.product
        }
        self._prices: dict[tuple[str, Decimal], dict[UUID, Prices]] = {}
        self.new: dict[Key, QuoteLine] = {}
        self.changed: dict[UUID, QuoteLine] = {}

    def prices(self, quote: Quote) -> Prices:
        """Return today's prices for a quote's customer in its currency, fetched together for all customers of the call."""
        key = (quote.currency, quote.rate)
        if key not in self._prices:
            alike = [one.party_id for one in self.quotes if (one.currency, one.rate) == key]
            everybody = Prices(
                self.products.values(), None, timezone.localdate(), currency=quote.currency, rate=quote.rate
            )
            self._prices[key] = everybody.for_customers(alike)
        return self._prices[key][quote.party_id]

    def comes_to(self, quote: Quote, former: QuoteLine | None, line: QuoteLine) -> Decimal:
        """Return what a quote's lines come to with ``line`` in the place of ``former``."""
        others = (one for one in self.lines[quote.id] if one is not former)
        return sum((one.total + one.tax for one in others), line.total + line.tax)


def _quotes(actor: Actor, source: str, words: set[str]) -> dict[str, Quote]:
    """Return the quotes outside the bin that rows mean, by what they call them: the external id before a number only one has."""
    wanted = words - {""}
    found, _beyond = locked_quotes(
        actor, Q(source=source) & (Q(external_id__in=wanted) | Q(number__in=wanted))
    )
    living = [quote for quote in found if quote.deleted_at is None]
    numbers: dict[str, list[Quote]] = {}
    for quote in living:
        numbers.setdefault(quote.number, []).append(quote)
    by_number = {number: several[0] for number, several in numbers.items() if len(several) == 1}
    return by_number | {quote.external_id: quote for quote in living}


def _put(ledger: Ledger, index: int, row: BulkRow, quote: Quote, book: _Book, policy: Policy) -> None:
    """Make or change the line a row means, and answer the row."""
    key = (quote.id, row.external_id)
    known = book.known.get(key) if row.external_id else None
    line = known or book.new.get(key)
    if policy == "skip" and known is not None:
        ledger.answers[index] = RowResult("skipped", known.id)
        return
    cleaner = Cleaner()
    clean = _clean(cleaner, row, quote, line, book)
    if line is None and len(book.lines[quote.id]) >= MAX_LINES:
        cleaner.refuse("quote_external_id", "too_many", _("A quote has at most 200 lines."))
    if clean is not None and book.comes_to(quote, line, clean) * 12 > MAX_MONEY:
        cleaner.refuse("unit_price", "range", _("The value is too large."))
    if cleaner.problems or clean is None:
        ledger.reject(index, cleaner.problems)
    elif line is None:
        _add(clean, row, quote, book)
        ledger.answers[index] = RowResult("created", clean.id)
    else:
        differs = _change(line, clean, row, policy)
        ledger.answers[index] = RowResult("updated" if differs else "unchanged", line.id)
        if differs and known is not None:
            ledger.note(line.id, differs)
            book.changed[line.id] = line


def _clean(
    cleaner: Cleaner, row: BulkRow, quote: Quote, line: QuoteLine | None, book: _Book
) -> QuoteLine | None:
    """Return the line as it would be made anew from what it is and what the row tells."""
    if unknown := set(row.values) - set(_TOLD):
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    clean_id(cleaner, row)
    base = {name: getattr(line, name) for name in _TOLD} if line is not None else {}
    inner = Cleaner()
    made = clean_lines(
        inner, [QuoteLineData(**{**base, **row.values})], {}, pricing=lambda _: book.prices(quote),
        products=book.products,
    )  # fmt: skip
    cleaner.problems += [
        FieldProblem(one.field.removeprefix("lines.0."), one.code, one.message) for one in inner.problems
    ]
    return made[0] if made and not inner.problems else None


def _add(line: QuoteLine, row: BulkRow, quote: Quote, book: _Book) -> None:
    lines = book.lines[quote.id]
    line.quote, line.external_id = quote, row.external_id
    line.position = max((one.position for one in lines), default=0) + 1
    if quote.status not in _OPEN:
        line.list_price = line.unit_cost = line.price_source = None
    lines.append(line)
    book.new[(quote.id, row.external_id)] = line


def _change(line: QuoteLine, clean: QuoteLine, row: BulkRow, policy: Policy) -> dict[str, tuple[Any, Any]]:
    """Give a line what its row tells; what it remembers of the day stays, unless it is for another product now."""
    former = line.product_id
    differs = apply_values(line, {name: getattr(clean, name) for name in _TOLD if name in row.values}, policy)
    if line.product_id != former:
        line.product = clean.product
        forgets = line.quote.status not in _OPEN
        for name in _REMEMBERED:
            value = None if forgets and name != "contents" else getattr(clean, name)
            if getattr(line, name) != value:
                differs[name] = (getattr(line, name), value)
                setattr(line, name, value)
    set_worth(line)
    return differs

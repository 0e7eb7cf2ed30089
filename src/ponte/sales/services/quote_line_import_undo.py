"""Taking a chunk of imported lines of quotes back; the quotes' totals follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from ponte.core.actors import Actor
from ponte.sales.models.document import SealedDocument
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.quote_policies import editable_quotes
from ponte.sales.services.bulk_quote_lines import COLUMNS, set_worth, settle
from ponte.sales.services.bulk_quotes import note_imported
from ponte.workplace.importing.part_undo import PartUndo
from ponte.workplace.importing.reversal import UNDO_ACT
from ponte.workplace.importing.targets import ImportContext


class QuoteLineUndo(PartUndo[QuoteLine]):
    """Lines of quotes; those of quotes that were sent from here or are in a new edition stay. Without lines the file's total holds again."""

    model = QuoteLine
    record_type = "quote"
    columns = COLUMNS
    apart_from = ("quote.imported",)

    def found(self, ids: Collection[UUID]) -> Sequence[QuoteLine]:
        return list(QuoteLine.objects.filter(id__in=ids, quote__deleted_at=None).select_related("quote"))

    def locked(self, ids: Collection[UUID]) -> Sequence[QuoteLine]:
        wanted = QuoteLine.objects.filter(id__in=ids, quote__deleted_at=None)
        quotes = set(wanted.values_list("quote_id", flat=True))
        list(Quote.objects.filter(id__in=quotes).select_for_update().order_by("id"))
        return self.found(ids)

    def record_of(self, row: QuoteLine) -> UUID:
        return row.quote_id

    def editable(self, actor: Actor, ids: Collection[UUID]) -> set[UUID]:
        if actor.member is None:
            return set(ids)
        return set(editable_quotes(actor.member).filter(id__in=list(ids)).values_list("id", flat=True))

    def busy(self, ids: Collection[UUID]) -> set[UUID]:
        sent = SealedDocument.objects.filter(quote__in=list(ids)).values_list("quote_id", flat=True)
        newer = Quote.objects.filter(id__in=list(ids), edition__gt=1).values_list("id", flat=True)
        return {one for one in (*sent, *newer) if one is not None}

    def settle(self, row: QuoteLine) -> None:
        set_worth(row)

    def subjects(self, rows: Sequence[QuoteLine]) -> Mapping[UUID, UUID] | None:
        return {row.id: row.quote.party_id for row in rows}

    def finish(self, context: ImportContext, rows: Sequence[QuoteLine]) -> None:
        quotes = {row.quote_id: row.quote for row in rows}
        lines: dict[UUID, list[QuoteLine]] = {}
        for line in QuoteLine.objects.filter(quote__in=quotes).order_by("position", "id"):
            lines.setdefault(line.quote_id, []).append(line)
        settle(list(quotes.values()), lines)
        note_imported(context.actor, context.source, sorted(quotes), act=f"quotelines.{UNDO_ACT}")


undo_quote_lines = QuoteLineUndo()

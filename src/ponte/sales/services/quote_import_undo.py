"""Taking a chunk of imported quotes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from ponte.core.models import Member
from ponte.sales.models.contract import Contract
from ponte.sales.models.document import SealedDocument
from ponte.sales.models.quote import Quote
from ponte.sales.quote_policies import visible_quotes
from ponte.sales.services.bulk_quotes import COLUMNS, SEALED, note_imported, write_quotes
from ponte.sales.services.document_bin import bin_quotes
from ponte.workplace.importing.record_undo import Moved, RecordUndo
from ponte.workplace.importing.reversal import UNDO_ACT, DoneChunk
from ponte.workplace.importing.targets import ImportContext

_PLAIN = {name.removesuffix("_id") for name in COLUMNS}


class QuoteUndo(RecordUndo[Quote]):
    """Quotes go into the bin with their lines, whichever file brought them; what was sent from here, or became a contract, stays."""

    model = Quote
    object_type = "quote"
    apart_from = ("quote.lines_imported",)

    def visible(self, member: Member) -> QuerySet[Quote]:
        return visible_quotes(member)

    def in_use(self, rows: Mapping[UUID, Quote]) -> set[UUID]:
        sent = SealedDocument.objects.filter(quote__in=list(rows)).values_list("quote_id", flat=True)
        agreed = Contract.objects.filter(quote__in=list(rows), deleted_at=None)
        return {one for one in (*sent, *agreed.values_list("quote_id", flat=True)) if one is not None}

    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[Quote]) -> None:
        ids = [row.id for row in rows]
        bin_quotes(actor=context.actor, quote_ids=ids)
        Quote.objects.filter(id__in=ids).update(external_id="")

    def write(self, context: ImportContext, rows: Sequence[Quote], moved: Moved) -> None:
        write_quotes((), rows)
        self.note(context, rows, moved, impersonal=_PLAIN - set(SEALED))
        note_imported(context.actor, context.source, list(moved), act=f"quotes.{UNDO_ACT}")


undo_quotes = QuoteUndo()

"""Taking a chunk of imported contracts back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from ponte.core.models import Member
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.models.contract import Contract
from ponte.sales.models.document import SealedDocument
from ponte.sales.services.bulk_contracts import COLUMNS, note_imported, write_contracts
from ponte.sales.services.contract_fields import PERSONAL
from ponte.sales.services.document_bin import bin_contracts
from ponte.workplace.importing.record_undo import Moved, RecordUndo
from ponte.workplace.importing.reversal import UNDO_ACT, DoneChunk
from ponte.workplace.importing.targets import ImportContext


class ContractUndo(RecordUndo[Contract]):
    """Contracts go into the bin; what was sent or has addenda since stays."""

    model = Contract
    object_type = "contract"

    def visible(self, member: Member) -> QuerySet[Contract]:
        return visible_contracts(member)

    def in_use(self, rows: Mapping[UUID, Contract]) -> set[UUID]:
        sent = SealedDocument.objects.filter(contract__in=list(rows)).values_list("contract_id", flat=True)
        parents = Contract.objects.filter(parent__in=list(rows)).values_list("parent_id", flat=True)
        return {one for one in (*sent, *parents) if one is not None}

    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[Contract]) -> None:
        ids = [row.id for row in rows]
        bin_contracts(actor=context.actor, contract_ids=ids, deleted=True)
        Contract.objects.filter(id__in=ids).update(external_id="")

    def write(self, context: ImportContext, rows: Sequence[Contract], moved: Moved) -> None:
        write_contracts((), rows)
        self.note(
            context, rows, moved, impersonal={name.removesuffix("_id") for name in COLUMNS} - set(PERSONAL)
        )
        note_imported(context.actor, context.source, list(moved), act=f"contracts.{UNDO_ACT}")


undo_contracts = ContractUndo()

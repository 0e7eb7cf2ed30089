"""Taking a chunk of imported opportunities back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from ponte.core.concurrency import NEXT, step_versions
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.events.sales_opportunities import OpportunitiesImported
from ponte.sales.models import Opportunity
from ponte.sales.policies import visible_opportunities
from ponte.sales.services.bulk_opportunities import COLUMNS
from ponte.sales.services.opportunity_bulk import bin_opportunities
from ponte.sales.services.opportunity_fields import PERSONAL
from ponte.sales.services.opportunity_history import index_opportunities
from ponte.workplace.importing.record_undo import Moved, RecordUndo
from ponte.workplace.importing.reversal import DoneChunk
from ponte.workplace.importing.targets import ImportContext

_PLAIN = [name.removesuffix("_id") for name in COLUMNS]


class OpportunityUndo(RecordUndo[Opportunity]):
    """Opportunities go into the bin."""

    model = Opportunity
    object_type = "opportunity"

    def visible(self, member: Member) -> QuerySet[Opportunity]:
        return visible_opportunities(member)

    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[Opportunity]) -> None:
        ids = [row.id for row in rows]
        bin_opportunities(actor=context.actor, opportunity_ids=ids, deleted=True)
        Opportunity.objects.filter(id__in=ids).update(external_id="")

    def write(self, context: ImportContext, rows: Sequence[Opportunity], moved: Moved) -> None:
        step_versions(rows)
        Opportunity.objects.bulk_update(rows, [*_PLAIN, "custom", *NEXT], batch_size=1000)
        index_opportunities(rows)
        self.note(context, rows, moved, impersonal=set(_PLAIN) - set(PERSONAL))
        publish(
            OpportunitiesImported(source=context.source, opportunity_ids=[str(one) for one in moved]),
            actor=context.actor,
        )


undo_opportunities = OpportunityUndo()

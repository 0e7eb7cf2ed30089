"""Taking an import of leads back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import QuerySet

from ponte.core.concurrency import NEXT, step_versions
from ponte.core.models import Member
from ponte.directory.models import Party, PartyFacts
from ponte.directory.services.deletion import delete_parties
from ponte.directory.uses import customers_in_use
from ponte.sales.models import Lead, Opportunity
from ponte.sales.policies import visible_leads
from ponte.sales.services.lead_bulk import note_lead_edits
from ponte.sales.services.lead_edits import bin_leads
from ponte.sales.services.lead_imports import COLUMNS
from ponte.sales.services.lead_life import write_statuses
from ponte.workplace.importing.record_undo import Back, Moved, RecordUndo, plain_names
from ponte.workplace.importing.reversal import UNDO_ACT, Changes, DoneChunk, Known, changed_since, take_back
from ponte.workplace.importing.targets import ImportContext

_MADE = "customers.created"


class LeadUndo(RecordUndo[Lead]):
    """Leads go into the bin, and the customers made for them alone; what was worked with since stays."""

    model = Lead
    object_type = "lead"
    apart_from = ("leads.captured",)

    def visible(self, member: Member) -> QuerySet[Lead]:
        return visible_leads(member)

    def worked_on(self, ids: Collection[UUID]) -> set[UUID]:
        deals = Opportunity.objects.filter(lead_id__in=ids, deleted_at=None)
        return {one for one in deals.values_list("lead_id", flat=True) if one is not None}

    def column_of(self, name: str) -> str:
        return name

    def put_back(self, row: Lead, changes: Changes, known: Known) -> Back:
        """The status is only noted: ``write`` gives it back with what hangs on it."""
        plain = {name: pair for name, pair in changes.items() if name != "status"}
        back, others = take_back(row, plain, known)
        if "status" in changes:
            before, after = changes["status"]
            if row.status == after:
                back["status"] = (after, before)
            else:
                others.append("status")
        return back, others

    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[Lead]) -> None:
        ids = [lead.id for lead in rows]
        bin_leads(actor=context.actor, lead_ids=ids, deleted=True)
        Lead.objects.filter(id__in=ids).update(external_id="")
        _bin_customers(chunk, context, {lead.party_id for lead in rows})

    def write(self, context: ImportContext, rows: Sequence[Lead], moved: Moved) -> None:
        step_versions(rows)
        plain = [name.removesuffix("_id") for name in COLUMNS]
        Lead.objects.bulk_update(rows, [*plain, "custom", *NEXT], batch_size=1000)
        note_lead_edits(actor=context.actor, changes=plain_names(moved), act=f"lead.{UNDO_ACT}")
        statuses = {one: str(back["status"][1]) for one, back in moved.items() if "status" in back}
        moving = [lead for lead in rows if lead.id in statuses]
        write_statuses(actor=context.actor, leads=moving, statuses=statuses, is_noted=True)


def _bin_customers(chunk: DoneChunk, context: ImportContext, party_ids: set[object]) -> None:
    made = [one for one in chunk.made.get(_MADE, ()) if one in party_ids]
    busy = customers_in_use(made)
    busy |= set(Lead.objects.filter(party_id__in=made, deleted_at=None).values_list("party_id", flat=True))
    facts = PartyFacts.objects.filter(party_id__in=made).exclude(orders_count=0, open_tasks=0)
    busy |= set(facts.values_list("party_id", flat=True))
    busy |= changed_since(
        "customer", set(made) - busy, chunk, apart_from=("consents.recorded", "customer.viewed")
    )
    free = [one for one in made if one not in busy]
    there = list(Party.objects.filter(id__in=free, deleted_at=None).values_list("id", flat=True))
    if there:
        delete_parties(actor=context.actor, party_ids=there)


undo_leads = LeadUndo()

"""Taking an import of leads back."""

from __future__ import annotations

from ponte.core.rights import filter_owned
from ponte.directory.models import Party, PartyFacts
from ponte.directory.services.deletion import delete_parties
from ponte.directory.uses import customers_in_use
from ponte.sales.models import Lead, Opportunity
from ponte.sales.policies import visible_leads
from ponte.sales.services.lead_edits import bin_leads
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    DoneChunk,
    Reversal,
    changed_since,
    left_all,
)
from ponte.workplace.importing.targets import ImportContext

_MADE = "customers.created"
_PARTS = ("leads.captured",)


def undo_leads(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Put the leads a chunk made into the bin, and the customers it made for them alone; what was worked with since stays."""
    reversal = Reversal()
    actor = context.actor
    rows = {
        row.id: row
        for row in Lead.objects.filter(id__in=chunk.created, deleted_at=None)
        .select_for_update()
        .order_by("id")
    }
    reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
    mine = set(rows)
    if actor.member is not None:
        reach = filter_owned(
            visible_leads(actor.member), actor.member, "lead", "delete", owner="owner", team="owner__team"
        )
        mine = set(reach.filter(id__in=list(rows)).values_list("id", flat=True))
    reversal.left |= left_all(set(rows) - mine, FOREIGN)
    changed = changed_since("lead", mine, chunk, apart_from=_PARTS)
    changed |= set(
        Opportunity.objects.filter(lead_id__in=mine, deleted_at=None).values_list("lead_id", flat=True)
    )
    reversal.left |= left_all(changed, CHANGED)
    reversal.removed = [one for one in chunk.created if one in mine - changed]
    if look or not reversal.removed:
        return reversal
    bin_leads(actor=actor, lead_ids=reversal.removed, deleted=True)
    # what was undone may be imported again: the id of the other system is free for a new lead
    Lead.objects.filter(id__in=reversal.removed).update(external_id="")
    _bin_customers(chunk, context, {rows[one].party_id for one in reversal.removed})
    return reversal


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

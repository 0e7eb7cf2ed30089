"""Reading one opportunity: its page, its history, its playbook, what its customer has besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from ponte.core.errors import Missing
from ponte.core.models import Attachment, Member
from ponte.directory.policies import visible_parties
from ponte.sales.models import Opportunity, OpportunityCheck, OpportunityContact, Stage, StageEntry
from ponte.sales.policies import visible_opportunities
from ponte.sales.selectors.pipelines import find_stage
from ponte.timeline.models import Meeting, Task
from ponte.timeline.policies import visible_tasks
from ponte.timeline.selectors.files import visible_files
from ponte.timeline.selectors.meetings import about_no_other, meetings_with
from ponte.timeline.selectors.tasks import with_people

MOST_STAYS = 200


@dataclass(frozen=True)
class Stay:
    """One entry of the history: ``days`` is how long it stood there, until now for the present one."""

    entry: StageEntry
    days: int
    is_now: bool


@dataclass(frozen=True)
class Step:
    """One step of the playbook; ``check`` tells who ticked it."""

    stage: Stage
    key: str
    text: str
    check: OpportunityCheck | None


def page_of_deal(member: Member, opportunity_id: UUID) -> Opportunity:
    """Return an opportunity with what its page reads; raise ``Missing``."""
    rows = visible_opportunities(member).select_related("party", "owner")
    rows = rows.defer("party__description", "party__custom")
    deal = next(iter(rows.filter(id=opportunity_id)), None)  # one at most: no order to work out
    if deal is None:
        raise Missing
    # Planning a join of nine tables takes PostgreSQL longer than everything else here; most deals have no reason,
    # competitor, lead or order to read.
    stage = find_stage(deal.stage_id, archived=True)
    if stage is not None:
        deal.stage, deal.pipeline = stage, stage.pipeline
    return deal


def history_of(deal: Opportunity, *, now: datetime | None = None) -> list[Stay]:
    """Return every stay of an opportunity, the latest first."""
    moment = now or timezone.now()
    entries = (
        StageEntry.objects.filter(opportunity=deal)
        .select_related("stage", "stage__pipeline", "member")
        .order_by("-entered_at", "-id")[:MOST_STAYS]
    )
    is_open = deal.closed_at is None
    return [
        Stay(
            entry,
            ((entry.left_at or (moment if is_open else entry.entered_at)) - entry.entered_at).days,
            entry.left_at is None and is_open,
        )
        for entry in entries
    ]


def steps_of(deal: Opportunity) -> list[Step]:
    """Return the steps of the present stage's checklist, each with its tick."""
    entries = deal.stage.checklist
    if not entries:
        return []
    ticks = OpportunityCheck.objects.select_related("member").filter(opportunity=deal, stage=deal.stage)
    done = {tick.key: tick for tick in ticks}
    return [Step(deal.stage, one["key"], one["text"], done.get(one["key"])) for one in entries]


def contacts_of(member: Member, deal: Opportunity) -> list[OpportunityContact]:
    """Return the people of an opportunity whom the member may see, in order of their say."""
    rows = deal.contacts.select_related("party").filter(party__in=visible_parties(member))
    return list(rows.order_by("role", "party__sort_name", "id"))


def tasks_of(member: Member, deal: Opportunity) -> QuerySet[Task]:
    """Return the tasks that are steps of an opportunity, as far as the member sees them."""
    return with_people(visible_tasks(member).filter(about_type="opportunity", about_id=deal.id))


def meetings_of(member: Member, deal: Opportunity, limit: int = 10) -> list[Meeting]:
    """Return the meetings planned about an opportunity, soonest first; those the member may open.

    That is, with its customer or who decides about it, unless they are about another opportunity.
    """
    people = [deal.party_id, *deal.contacts.values_list("party_id", flat=True)]
    return meetings_with(member, people, about_no_other("opportunity", deal.id))[:limit]


def files_of(member: Member, deal: Opportunity, limit: int) -> list[Attachment]:
    """Return the newest files of an opportunity, one more than ``limit`` when there are more."""
    rows = visible_files(member).filter(object_type="opportunity", object_id=deal.id)
    return list(rows.select_related("uploaded_by").order_by("-id")[: limit + 1])


def deals_of_party(member: Member, party_id: UUID) -> QuerySet[Opportunity]:
    """Return a customer's opportunities: open ones first, then the latest."""
    rows = visible_opportunities(member).filter(party_id=party_id).select_related("stage", "owner")
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "-id")

"""What every act on an opportunity leaves behind: its stay in a stage, an audit entry, news for open boards, search words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from ponte.core.actors import Actor
from ponte.core.services import audit
from ponte.core.text import search_lexemes, weighted_document
from ponte.sales.models import Opportunity, StageAct, StageEntry
from ponte.sales.selectors.closing import column_of
from ponte.sales.services.opportunity_fields import PERSONAL
from ponte.workplace.lists import tell_moved

LIST_KEY = "opportunities"
_INDEX = (
    "UPDATE sales_opportunity o SET search = d.text::tsvector"
    " FROM unnest(%s::uuid[], %s::text[]) AS d(id, text) WHERE o.id = d.id"
)
GONE = ""  # the column of what stands on no board


def enter_stage(opportunity: Opportunity, act: StageAct, actor: Actor, at: datetime, note: str = "") -> None:
    """End the present stay, if there is one, and begin the next."""
    if act is not StageAct.OPENED:
        StageEntry.objects.filter(opportunity=opportunity, left_at=None).update(left_at=at)
    StageEntry.objects.create(
        opportunity=opportunity,
        act=act,
        stage_id=opportunity.stage_id,
        entered_at=at,
        member=actor.member,
        amount=opportunity.amount,
        note=note[:1000],
    )


def audit_opportunity(
    actor: Actor, act: str, opportunity: Opportunity, changes: dict[str, tuple[Any, Any]]
) -> None:
    """Write the audit entry of one act; what tells about the customer is sealed with their key."""
    personal = {*PERSONAL, *(name for name in changes if name.startswith("custom."))}
    audit.record(
        actor=actor,
        act=act,
        target=opportunity,
        changes=changes,
        subject_id=opportunity.party_id,
        personal=personal,
    )


def tell_boards(opportunity: Opportunity, *, before: Any = None, close_before: date | None = None) -> None:
    """Tell open boards where an opportunity stands now; ``before`` and ``close_before`` are the stage and the expected day it had."""
    stands = opportunity.deleted_at is None and opportunity.status == "open"
    column = str(opportunity.stage_id) if stands else GONE
    columns = [str(one) for one in (before, opportunity.stage_id) if one is not None]
    columns += [column_of(one) for one in (close_before, opportunity.expected_close)]
    tell_moved(LIST_KEY, {opportunity.id: (column, opportunity.version)}, columns)


def set_search(opportunity: Opportunity) -> None:
    """Let the words an opportunity is found by be written with its next save: those of its title, its external id."""
    document = search_text(opportunity.title, opportunity.external_id)
    opportunity.search = RawSQL("%s::tsvector", [document])


def search_text(title: str, external_id: str) -> str:
    """Return the text of the ``tsvector`` of one opportunity."""
    return weighted_document(search_lexemes(names=[title], extra=[external_id]), ":1A")


def index_opportunities(opportunities: Sequence[Opportunity]) -> None:
    """Write the words opportunities are found by, in one statement. Part of the caller's act."""
    texts = [search_text(one.title, one.external_id) for one in opportunities]
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [[one.id for one in opportunities], texts])

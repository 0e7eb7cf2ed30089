"""Keeping scores current: one statement for the leads of an event, the same one chunk by chunk for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue
from ponte.core.lanes import side_by_side
from ponte.core.services.events import publish
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.sales_scoring import LeadsGraded
from ponte.sales.models import Lead, LeadStatus
from ponte.sales.score_settings import ScoreSettings, load_score_settings
from ponte.sales.selectors.scores import WORKED, active_rules, parts_of

CHUNK = 20_000  # leads of one statement of the walk through all: some seconds
PARTIES = 500  # customers of one statement after an event
TOLD = 1_000  # leads of one event
HANDED = 100  # leads of one job that hands over
EARLY = (LeadStatus.NEW, LeadStatus.WORKING)
# Two writers of scores would lock the same leads in different orders; chunks of one walk share no leads.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext('sales.score'))"
_SHARED_LOCK = "SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()), hashtext('sales.score'))"

_WRITE = """
WITH chosen AS ({chosen}),
parts (lead_ref, points) AS ({parts}),
sums AS (SELECT lead_ref, sum(points) AS points FROM parts GROUP BY lead_ref),
fresh AS (
  SELECT chosen.id, chosen.score AS was, chosen.grade AS was_grade, chosen.status,
         round(greatest(least(coalesce(sums.points, 0), 1000000), -1000000))::int AS score
  FROM chosen LEFT JOIN sums ON sums.lead_ref = chosen.id
),
graded AS (
  SELECT *, CASE WHEN score >= %s THEN 'A' WHEN score >= %s THEN 'B' WHEN score >= %s THEN 'C' ELSE 'D' END AS new_grade
  FROM fresh
),
done AS (
  UPDATE sales_lead SET score = graded.score, grade = graded.new_grade FROM graded
  WHERE sales_lead.id = graded.id
    AND (sales_lead.score, sales_lead.grade) IS DISTINCT FROM (graded.score, graded.new_grade)
  RETURNING graded.id, graded.was, graded.was_grade, graded.score, graded.new_grade, graded.status
)
SELECT id, was, was_grade, score, new_grade, status FROM done
WHERE was_grade <> new_grade OR (status = ANY(%s) AND score >= %s AND (was IS NULL OR was < %s))
"""
NEVER = 2_000_000  # a score nothing reaches


@dataclass(frozen=True)
class Rescored:
    """A lead whose grade changed or that reached the limit at which leads go to sales."""

    lead_id: UUID
    was: int | None
    was_grade: str
    score: int
    grade: str
    status: str


@transaction.atomic
def score_leads(*, leads: Q, actor: Actor, walking: bool = False) -> list[Rescored]:
    """Score leads anew and tell of grades that changed; those that reached the limit are handed over by a job.

    Args:
        leads: which ones, a condition on ``Lead``; only those in work are scored.
        walking: they are a chunk of all leads, beside which other chunks may be scored. Those that never had a score
            aren't handed over then: a first rule doesn't hand over the leads of years.
    """
    rules = active_rules()
    if not rules:
        Lead.objects.filter(leads & WORKED).exclude(score=None, grade="").update(score=None, grade="")
        return []
    settings, now = load_score_settings(), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_SHARED_LOCK if walking else _LOCK)
    changed = _write(leads & WORKED, rules, settings, now)
    _tell(actor, [one for one in changed if one.was_grade and one.was_grade != one.grade])
    if settings.handoff is not None:
        reached = [one.lead_id for one in changed if _reached(one, settings.handoff, first=not walking)]
        for start in range(0, len(reached), HANDED):
            ids = [str(one) for one in reached[start : start + HANDED]]
            enqueue("sales.hand_over_scored", lead_ids=ids)
    return changed


def rescore_parties(*, party_ids: Iterable[UUID | str], actor: Actor) -> None:
    """Score the leads of customers anew, after something about them changed."""
    ids = sorted({UUID(str(one)) for one in party_ids})
    for start in range(0, len(ids), PARTIES):
        score_leads(leads=Q(party_id__in=ids[start : start + PARTIES]), actor=actor)


def rescore_all(*, actor: Actor, chunk: int = CHUNK, lanes: int = 1) -> int:
    """Score every lead in work anew, each chunk in a transaction of its own; return how many were looked at.

    Call it outside a transaction, for the workspace named. Run again, it starts anew and writes only what differs.

    Args:
        actor: whose act it is.
        chunk: leads of one transaction.
        lanes: chunks scored side by side, each keeping a processor of the database busy.
    """

    def score(bounds: tuple[UUID, UUID, int]) -> int:
        first, last, size = bounds
        with workspace_scope(named_workspace()):
            score_leads(leads=Q(id__gte=first, id__lte=last), actor=actor, walking=True)
        return size

    return sum(side_by_side(score, _chunks(chunk), lanes=lanes))


def rescore_soon(*, lanes: int = 1) -> None:
    """Have every lead scored anew in the background; asked twice before it begins, it runs once."""
    enqueue("sales.rescore_all", once="sales.rescore_all", lanes=lanes)


def _chunks(size: int) -> Iterator[tuple[UUID, UUID, int]]:
    """Yield the first and last id of each chunk of leads in work, and how many they are."""
    last: UUID | None = None
    while True:
        with workspace_scope(named_workspace()):
            rows = Lead.objects.filter(WORKED if last is None else WORKED & Q(id__gt=last)).order_by("id")
            ids = list(rows.values_list("id", flat=True)[:size])
        if not ids:
            return
        last = ids[-1]
        yield ids[0], last, len(ids)


def _write(leads: Q, rules: Sequence[Any], settings: ScoreSettings, now: datetime) -> list[Rescored]:
    queries = [query for rule in rules if (query := parts_of(rule, leads, now)) is not None]
    chosen = Lead.objects.filter(leads).order_by("id").select_for_update(no_key=True, of=("self",))
    chosen_sql, params = chosen.values("id", "score", "grade", "status").query.sql_with_params()
    compiled = [query.query.sql_with_params() for query in queries]
    parts = " UNION ALL ".join(f"({sql})" for sql, _params in compiled)
    parts = parts or "SELECT NULL::uuid, 0::float8 WHERE false"
    limit = NEVER if settings.handoff is None else settings.handoff
    values = [
        *params, *(one for _sql, given in compiled for one in given),
        settings.a, settings.b, settings.c, [str(one) for one in EARLY], limit, limit,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(chosen=chosen_sql, parts=parts), values)
        return [Rescored(*row) for row in cursor.fetchall()]


def _reached(one: Rescored, limit: int, *, first: bool) -> bool:
    if one.status not in EARLY or one.score < limit:
        return False
    return first if one.was is None else one.was < limit


def _tell(actor: Actor, changed: Sequence[Rescored]) -> None:
    for start in range(0, len(changed), TOLD):
        some = changed[start : start + TOLD]
        event = LeadsGraded(lead_ids=[str(one.lead_id) for one in some], grades=[one.grade for one in some])
        publish(event, actor=actor)

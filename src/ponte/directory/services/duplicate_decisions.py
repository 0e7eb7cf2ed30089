"""What people decide about possible duplicates, and merging the certain ones in the background."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.models import BackgroundRun
from ponte.core.services.audit import record_bulk
from ponte.core.services.runs import advance_run, finish_run, start_run
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.matching.scoring import CERTAIN
from ponte.directory.models import DuplicatePair, Merge, Party
from ponte.directory.selectors.duplicates import Cluster, clusters_of, list_pairs
from ponte.directory.services.merging import MOST, merge_customers, unmerge_customers

State = DuplicatePair.State
PUT_OFF = timedelta(days=14)
MERGE_KIND, UNDO_KIND = "directory.merge_certain", "directory.undo_merges"
CHUNK = 50  # pairs decided in one transaction of a background run
DECISIONS = {State.DIFFERENT: "different", State.LATER: "put_off", State.OPEN: "reopened"}


def decide_pairs(*, actor: Actor, pair_ids: Sequence[UUID], state: str) -> int:
    """Note that pairs are "different" customers (never suggested again), for "later" (14 days), or "open" again.

    Returns how many there were.

    Raises:
        Missing: none of them exists. Invalid: no such decision.
    """
    if state not in DECISIONS:
        raise Invalid.on("decision", "unknown", _("Choose “not the same”, “later” or “suggest again”."))
    pairs = list(DuplicatePair.objects.select_for_update().filter(id__in=pair_ids).order_by("id"))
    if not pairs:
        raise Missing("duplicate")
    now = timezone.now()
    DuplicatePair.objects.filter(id__in=[pair.id for pair in pairs]).update(
        state=state,
        later_until=now + PUT_OFF if state == State.LATER else None,
        decided_by=actor.member,
        decided_at=now,
        updated_at=now,
    )
    ids = sorted({one for pair in pairs for one in (pair.first_id, pair.second_id)})
    record_bulk(actor=actor, act=f"duplicates.{DECISIONS[State(state)]}", object_type="customer", ids=ids)
    return len(pairs)


def start_merging_certain(*, actor: Actor) -> BackgroundRun:
    """Let all certain duplicates among the customers the member may edit be merged in the background.

    Raises:
        Missing: an actor without a member. Invalid: none is certain.
    """
    if actor.member is None:
        raise Missing("member")
    total = list_pairs(actor.member).filter(score__gte=CERTAIN).count()
    if not total:
        raise Invalid.on("", "none", _("No duplicate is certain enough to be merged without a look."))
    run = start_run(kind=MERGE_KIND, title=_("Merging certain duplicates"), member=actor.member, total=total)
    enqueue("directory.merge_certain", run_id=str(run.id))
    return run


def merge_certain(run_id: UUID) -> None:
    """Merge certain duplicates, a chunk a transaction; a killed run goes on with what is left."""
    done = 0
    while True:
        with workspace_scope(named_workspace()):
            run = BackgroundRun.objects.select_related("started_by").filter(id=run_id).first()
            if run is None or run.started_by is None or run.state in ("done", "cancelled"):
                return
            actor = Actor.for_job(MERGE_KIND, run.started_by)
            pairs = list(list_pairs(run.started_by).filter(score__gte=CERTAIN)[:CHUNK])
            if not pairs:
                merged = Merge.objects.filter(run_id=run.id).count()
                finish_run(run, result={"merges": merged})
                return
            for cluster in clusters_of(pairs):
                _merge_cluster(actor, cluster, run.id)
            done += len(pairs)
            advance_run(run, done=min(done, run.total or done))


def _merge_cluster(actor: Actor, cluster: Cluster, run_id: UUID) -> None:
    """Merge one cluster into the customer with most history; what must be looked at is put off."""
    ids = [party.id for party in cluster.parties]
    rows = Party.objects.filter(id__in=ids, deleted_at=None).select_related("facts")
    parties = sorted(rows, key=lambda p: (-(p.facts.orders_count + p.facts.interactions_count), p.created_at))
    if len(parties) < 2 or len(parties) > MOST or len({party.kind for party in parties}) > 1:
        decide_pairs(actor=actor, pair_ids=[pair.id for pair in cluster.pairs], state=State.LATER)
        return
    merge_customers(
        actor=actor, survivor_id=parties[0].id, loser_ids=[p.id for p in parties[1:]], run_id=run_id
    )


def start_undoing(*, actor: Actor, run_id: UUID) -> BackgroundRun:
    """Let every merge of a background run be undone, the latest first.

    Raises:
        Missing: no such run of the member.
    """
    merges = Merge.objects.filter(run_id=run_id, undone_at=None, merged_by=actor.member)
    total = merges.count()
    if actor.member is None or not total:
        raise Missing("run")
    run = start_run(kind=UNDO_KIND, title=_("Undoing merges"), member=actor.member, total=total)
    enqueue("directory.undo_merges", run_id=str(run.id), merged_by_run=str(run_id))
    return run


def undo_merges(run_id: UUID, merged_by_run: UUID) -> None:
    """Undo the merges of a run, a chunk a transaction; those that can't be undone any more are counted and left."""
    left: list[str] = []
    done = 0
    while True:
        with workspace_scope(named_workspace()):
            run = BackgroundRun.objects.select_related("started_by").filter(id=run_id).first()
            if run is None or run.state in ("done", "cancelled"):
                return
            waiting = Merge.objects.filter(run_id=merged_by_run, undone_at=None).exclude(id__in=left)
            merges = list(waiting.order_by("-id")[:CHUNK])
            if not merges:
                finish_run(run, result={"undone": done, "left": len(left)})
                return
            for merge in merges:
                try:
                    unmerge_customers(actor=Actor.for_job(UNDO_KIND, run.started_by), merge_id=merge.id)
                    done += 1
                except Invalid:
                    left.append(str(merge.id))
            advance_run(run, done=done)

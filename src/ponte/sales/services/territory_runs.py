"""Assigning territories to all customers, chunk by chunk, and counting beforehand what that would change."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.services.audit import record as audit
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.models import Party
from ponte.directory.services.customers import assign_owner
from ponte.sales.models import Territory, TerritoryPlacement, TerritoryRun
from ponte.sales.selectors.territories import find_territories, load_tree, members_of
from ponte.sales.services.territories import place_customers
from ponte.sales.territory_matching import TerritoryTree

log = logging.getLogger(__name__)
JOB = "sales.assign_territories"
CHUNK = 2_000
MOST_NAMED = 10


@transaction.atomic
def start_run(*, actor: Actor, is_preview: bool, gives_owners: bool = False) -> TerritoryRun:
    """Begin a preview or an assignment in the background.

    Args:
        gives_owners: customers nobody owns go to the members of the territory, evenly.

    Raises:
        Invalid: there are no territories, or one of the same kind is under way.
    """
    if not Territory.objects.filter(is_active=True).exists():
        raise Invalid.on("", "none", _("Draw a territory first."))
    try:
        with transaction.atomic():
            run = TerritoryRun.objects.create(
                is_preview=is_preview, gives_owners=gives_owners, member=actor.member
            )
    except IntegrityError as error:
        raise Invalid.on("", "running", _("This is under way already. Wait until it is done.")) from error
    if not is_preview:
        audit(
            actor=actor,
            act="territories.assigned",
            target=run,
            changes={"gives_owners": (None, gives_owners)},
        )
    enqueue(JOB, run_id=str(run.id))
    return run


def carry_on(run_id: UUID) -> None:
    """Bring a run to its end from wherever it stands.

    Each chunk is one transaction that notes how far it came, so a process killed at any moment leaves nothing half done.

    Raises:
        OperationalError: the database went away; call again.
    """
    workspace = named_workspace()
    try:
        more = True
        while more:
            with workspace_scope(workspace):
                more = _next_chunk(run_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("assignment of territories %s stopped", run_id)
        with workspace_scope(workspace):
            TerritoryRun.objects.filter(id=run_id).update(
                state=TerritoryRun.State.FAILED, finished_at=timezone.now()
            )


def take_up_lost_runs() -> None:
    """Enqueue runs that nobody has moved for a while: a worker was killed."""
    lost = timezone.now() - timezone.timedelta(minutes=3)  # type: ignore[attr-defined]
    for run in TerritoryRun.objects.filter(state=TerritoryRun.State.RUNNING, updated_at__lt=lost):
        enqueue(JOB, once=f"{JOB}:{run.id}", run_id=str(run.id))


def _next_chunk(run_id: UUID) -> bool:
    run = TerritoryRun.objects.select_for_update(of=("self",)).select_related("member").get(id=run_id)
    if run.state != TerritoryRun.State.RUNNING:
        return False
    rows = Party.objects.filter(deleted_at=None).order_by("id")
    rows = rows.filter(id__gt=run.cursor) if run.cursor else rows
    ids = list(rows.values_list("id", flat=True)[:CHUNK])
    if not ids:
        run.state, run.finished_at = TerritoryRun.State.DONE, timezone.now()
        run.save()
        return False
    _work(run, ids)
    run.cursor = ids[-1]
    run.seen += len(ids)
    run.save()
    return True


def _work(run: TerritoryRun, ids: Sequence[UUID]) -> None:
    tree = load_tree()
    found = find_territories(ids, tree)
    kept = {
        party_id: (territory_id, fixed)
        for party_id, territory_id, fixed in TerritoryPlacement.objects.filter(party_id__in=ids).values_list(
            "party_id", "territory_id", "is_fixed"
        )
    }
    for party_id, territory in found.items():
        before, is_fixed = kept.get(party_id, (None, False))
        after = before if is_fixed else (territory.id if territory else None)
        _count(run, party_id, before, after)
    actor = Actor.for_job("territories", run.member)
    if not run.is_preview:
        place_customers(actor=actor, found=found)
    if run.gives_owners:
        _give(run, actor, ids, tree)


def _count(run: TerritoryRun, party_id: UUID, before: UUID | None, after: UUID | None) -> None:
    for place, one in enumerate((before, after)):
        run.counts.setdefault(str(one or ""), [0, 0])[place] += 1
    if before != after:
        run.moved += 1
        if len(run.moves) < MOST_NAMED:
            run.moves.append([str(party_id), str(before or ""), str(after or "")])


def _give(run: TerritoryRun, actor: Actor, ids: Sequence[UUID], tree: TerritoryTree) -> None:
    """Give customers without an owner to the members of their territory, by turns over the whole run."""
    free = list(Party.objects.filter(id__in=ids, owner=None).order_by("id").values_list("id", flat=True))
    if run.is_preview:
        run.given += _givable(free, ids, tree)
        return
    placed = dict(
        TerritoryPlacement.objects.filter(party_id__in=free).values_list("party_id", "territory_id")
    )
    territories = Territory.objects.in_bulk(set(placed.values()))
    takers = {key: [one.id for one in members_of(row)] for key, row in territories.items()}
    shares: dict[UUID, list[UUID]] = {}
    for party_id in free:
        members = takers.get(placed[party_id], []) if party_id in placed else []
        if members:
            shares.setdefault(members[run.given % len(members)], []).append(party_id)
            run.given += 1
    for member_id, share in shares.items():
        assign_owner(actor=actor, party_ids=share, owner_id=member_id)


def _givable(free: Sequence[UUID], ids: Sequence[UUID], tree: TerritoryTree) -> int:
    """Return how many of ``free`` would be in a territory that somebody sells in."""
    fixed = dict(
        TerritoryPlacement.objects.filter(party_id__in=free, is_fixed=True).values_list(
            "party_id", "territory_id"
        )
    )
    found = find_territories(free, tree)
    sold: dict[UUID, bool] = {}
    number = 0
    for party_id in free:
        territory = found.get(party_id)
        key = fixed.get(party_id) or (territory.id if territory else None)
        if key is not None:
            if key not in sold:
                sold[key] = bool(members_of(Territory.objects.get(id=key)))
            number += sold[key]
    return number

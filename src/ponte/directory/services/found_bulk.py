"""Accepting in one go what registers say of fields that are empty, in the background."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.models import BackgroundRun
from ponte.core.services.audit import record_bulk
from ponte.core.services.runs import advance_run, finish_run, start_run
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.selectors.registers import FILL_KIND, filling_run
from ponte.directory.selectors.suggestions import filling
from ponte.directory.services.enriching import accept_found

CHUNK = 50  # customers written in one transaction


@transaction.atomic
def start_filling(*, actor: Actor) -> BackgroundRun:
    """Write, in the background, every open suggestion of a register whose field is empty; the others keep waiting.

    Raises:
        Invalid: nothing of that kind waits, or it is under way already.
    """
    if filling_run() is not None:
        raise Invalid.on("", "running", _("This is under way already."))
    total = filling(actor.member).values("party_id").distinct().count() if actor.member else 0
    if not total:
        raise Invalid.on("", "nothing", _("No register says anything about an empty field."))
    url = reverse("directory:registers", urlconf=settings.WORKSPACE_URLCONF)
    run = start_run(
        kind=FILL_KIND, title=_("Filling empty fields"), member=actor.member, total=total, url=url
    )
    record_bulk(
        actor=actor, act="customers.filling_started", object_type="customer", ids=[], summary={"count": total}
    )
    enqueue("directory.fill_found", run_id=str(run.id), once=f"filling:{run.id}")
    return run


def carry_on_filling(run_id: UUID) -> None:
    """Write chunk after chunk of what waits. Call it outside a transaction; killed at any moment, it goes on where it was."""
    refused: set[UUID] = set()
    while _fill_chunk(run_id, refused):
        pass


def _fill_chunk(run_id: UUID, refused: set[UUID]) -> bool:
    with workspace_scope(named_workspace()):
        run = BackgroundRun.objects.select_related("started_by__role", "started_by__team").get(id=run_id)
        if run.finished_at is not None or run.started_by is None:
            return False
        actor = Actor.for_job("directory.fill_found", run.started_by)
        waiting = filling(run.started_by).exclude(party_id__in=refused)
        party_ids = list(waiting.order_by("party_id").values_list("party_id", flat=True).distinct()[:CHUNK])
        for party_id in party_ids:
            if not _fill(actor, party_id):
                refused.add(party_id)
        done = min(run.done + len(party_ids), run.total or 0)
        if party_ids:
            advance_run(run, done=done)
            return True
        finish_run(run, result={"filled": max(done - len(refused), 0), "refused": len(refused)})
        return False


def _fill(actor: Actor, party_id: UUID) -> bool:
    assert actor.member is not None
    ids = list(filling(actor.member).filter(party_id=party_id).values_list("id", flat=True))
    try:
        with transaction.atomic():
            accept_found(actor=actor, suggestion_ids=ids)
    except Invalid:  # a value that can't be used: it waits for a person's eyes
        return False
    return True

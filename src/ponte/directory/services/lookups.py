"""Looking many customers up in a register, in the background: at its pace, tried again when it is busy, honest when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.models import BackgroundRun
from ponte.core.services.audit import record_bulk
from ponte.core.services.notifications import notify
from ponte.core.services.runs import advance_run, fail_run, finish_run, start_run
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.adapters.registers.transport import LookupFailed
from ponte.directory.models import Party, RegisterLookup, RegisterSource
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.registers import KIND, active_source, current_run
from ponte.directory.services.enriching import ask, codes_of, suggest_found

MOST = 50_000
TRIES = 5
SLICE_SECONDS = 60
State = RegisterLookup.State


def start_lookups(*, actor: Actor, what: str, party_ids: Sequence[UUID]) -> BackgroundRun:
    """Look customers up in the background; one run at a time, so that the register's pace is kept.

    Raises:
        Invalid: no register configured, nobody to look up, too many, or a run is under way.
    """
    source = active_source(what)
    if source is None or actor.member is None:
        raise Invalid.on("what", "not_configured", _("No register is configured for this."))
    if current_run() is not None:
        raise Invalid.on("what", "running", _("A look-up is under way already. Wait for it, or stop it."))
    ids = list(dict.fromkeys(party_ids))
    if not ids or len(ids) > MOST:
        raise Invalid.on("ids", "range", _("Choose between 1 and 50,000 customers."))
    url = reverse("directory:registers", urlconf=settings.WORKSPACE_URLCONF)
    run = start_run(
        kind=KIND, title=_("Looking up in the register"), member=actor.member, total=len(ids), url=url
    )
    now = timezone.now()
    RegisterLookup.objects.bulk_create(
        (RegisterLookup(run=run, party_id=one, what=what, not_before=now) for one in ids), batch_size=2000
    )
    record_bulk(actor=actor, act="customers.lookup_started", object_type="customer", ids=[], summary={"what": what, "count": len(ids)})  # fmt: skip
    enqueue("directory.look_up", run_id=str(run.id), once=f"lookups:{run.id}")
    return run


def stop_lookups(*, actor: Actor) -> None:
    """Stop the look-up under way; what was found stays. Raises ``Missing`` when there is none."""
    run = current_run()
    if run is None:
        raise Missing("run")
    run.state, run.finished_at = BackgroundRun.State.CANCELLED, timezone.now()
    run.result = _counts(run)
    run.save(update_fields=["state", "finished_at", "result", "updated_at"])
    record_bulk(
        actor=actor, act="customers.lookup_stopped", object_type="customer", ids=[], summary=run.result
    )


def carry_on_lookups(run_id: UUID) -> None:
    """Look up as many as the register takes in a minute, and come back for the rest. Call it outside a transaction.

    Each customer is asked for outside a transaction and written in one of its own: killed at any moment, nothing is half done
    and at most one question is asked again.
    """
    began = timezone.now()
    with _scope():
        source, budget = _prepared(run_id)
    while source is not None and budget > 0:
        budget -= 1
        with _scope():
            todo = _next(run_id)
        if todo is None or not _look_up(todo, source):
            break
    with _scope():
        _come_back(run_id, began)


def _scope() -> AbstractContextManager[Any]:
    return workspace_scope(named_workspace())


def _prepared(run_id: UUID) -> tuple[RegisterSource | None, int]:
    run = BackgroundRun.objects.filter(id=run_id).first()
    first = RegisterLookup.objects.filter(run_id=run_id).first()
    if run is None or first is None or run.finished_at is not None:
        return None, 0
    source = active_source(first.what)
    return source, source.per_minute if source else 0


def _next(run_id: UUID) -> RegisterLookup | None:
    rows = RegisterLookup.objects.filter(run_id=run_id, state=State.WAITING, not_before__lte=timezone.now())
    if BackgroundRun.objects.filter(id=run_id, finished_at__isnull=False).exists():
        return None
    return (
        rows.select_related("party", "run__started_by__role", "run__started_by__team")
        .order_by("not_before", "id")
        .first()
    )


def _look_up(todo: RegisterLookup, source: RegisterSource) -> bool:
    """Look one customer up; returns whether the register may be asked for the next one at once."""
    with _scope():
        codes = codes_of(todo.party, todo.what)
        member = todo.run.started_by
        allowed = member is not None and visible_parties(member, "edit").filter(id=todo.party_id).exists()
    if not codes or not allowed:
        _note(todo, State.NOTHING)
        return True
    try:
        answers = ask(source, codes)
    except LookupFailed as failure:
        return _failed(todo, failure)
    with _scope():
        actor = Actor.for_job("directory.look_up", member)
        if Party.objects.filter(id=todo.party_id, deleted_at=None, merged_into=None).exists():
            suggest_found(actor=actor, party_id=todo.party_id, source=source, answers=answers)
        _note(todo, State.FOUND if answers else State.NOTHING)
    return True


def _failed(todo: RegisterLookup, failure: LookupFailed) -> bool:
    """Put one off, longer each time, or give it up; a register that is busy or down isn't asked for others now."""
    todo.tries += 1
    todo.error = failure.code
    wait = max(failure.wait, 60 * 2**todo.tries)
    todo.not_before = timezone.now() + timedelta(seconds=wait)
    over = failure.permanent or todo.tries >= TRIES
    _note(todo, State.FAILED if over else State.WAITING)
    return False


def _note(todo: RegisterLookup, state: str) -> None:
    todo.state = state
    with _scope():
        todo.save(update_fields=["state", "tries", "error", "not_before", "updated_at"])


def _come_back(run_id: UUID, began: Any) -> None:
    run = BackgroundRun.objects.select_related("started_by").filter(id=run_id).first()
    if run is None or run.finished_at is not None:
        return
    rows = RegisterLookup.objects.filter(run_id=run_id)
    waiting = rows.filter(state=State.WAITING).order_by("not_before").first()
    if waiting is not None and active_source(waiting.what) is None:
        run.result = _counts(run)
        run.save(update_fields=["result"])
        fail_run(run, error=_("The register was switched off."))
        return
    if waiting is None:
        finish_run(run, result=_counts(run))
        _tell(run)
        return
    advance_run(run, done=rows.exclude(state=State.WAITING).count())
    now = timezone.now()
    left = (
        SLICE_SECONDS - (now - began).total_seconds()
    )  # the rest of the minute the register's pace is about
    later = (waiting.not_before - now).total_seconds()
    delay = timedelta(seconds=max(left, later, 1))
    enqueue("directory.look_up", run_id=str(run_id), once=f"lookups:{run_id}", delay=delay)


def _counts(run: BackgroundRun) -> dict[str, int]:
    rows = RegisterLookup.objects.filter(run=run).order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


def _tell(run: BackgroundRun) -> None:
    member = run.started_by
    if member is None:
        return
    with translation.override(member.language):
        title = _("Look-up finished: %(found)s found, %(nothing)s unknown, %(failed)s failed") % {
            "found": run.result.get(State.FOUND, 0),
            "nothing": run.result.get(State.NOTHING, 0),
            "failed": run.result.get(State.FAILED, 0),
        }
    notify(member=member, kind="quality.lookups", title=title, url=run.url)

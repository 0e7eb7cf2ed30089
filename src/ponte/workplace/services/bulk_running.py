"""Carrying a big bulk act on, chunk by chunk, from wherever it stands; and taking it back the same way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import Member
from ponte.core.services.notifications import notify
from ponte.core.services.runs import advance_run, fail_run, finish_run
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.workplace.lists import BulkAction, ListPage, list_pages
from ponte.workplace.lists.results import select_whole
from ponte.workplace.lists.state import read_state
from ponte.workplace.models import BulkChange
from ponte.workplace.services.bulk_changes import act_on, cut
from ponte.workplace.services.undo_sealing import opened_undo, sealed_undo

log = logging.getLogger(__name__)
State = BulkChange.State


def carry_on(change_id: UUID) -> None:
    """Bring a bulk act that is under way to its end.

    Each chunk is one transaction that changes its rows and marks itself done, so a process killed at any moment leaves
    nothing half done, and the next call goes on behind the last chunk. Rights are read anew for each chunk. Runs outside
    a scope (jobs) or inside one (tests).

    Raises:
        OperationalError: the database went away; call again.
    """
    workspace = named_workspace()
    try:
        while _step(change_id, workspace):
            pass
    except (OperationalError, InterfaceError):
        raise
    except Invalid as refusal:
        _fail(change_id, workspace, " ".join(str(each.message) for each in refusal.problems))
    except Denied:
        _fail(change_id, workspace, "")
    except Exception:
        log.exception("bulk act %s stopped", change_id)
        _fail(change_id, workspace, None)


def _step(change_id: UUID, workspace: Workspace) -> bool:
    """Do the next piece in a transaction of its own; returns whether there is more."""
    with workspace_scope(workspace), _at_work(change_id, workspace) as change:
        if change is None or not change.is_underway:
            return False
        page, action = _what(change)
        actor = Actor.for_job(f"{page.title}: {action.plain_label}", change.member)
        if change.state == State.UNDOING:
            return _undo_next(change, action, actor)
        if not change.is_cut:
            cut(change, _ids_of(change, page, action))
            change.state = State.RUNNING
            change.save()
            return True
        return _do_next(change, page, action, actor)


@contextmanager
def _at_work(change_id: UUID, workspace: Workspace) -> Iterator[BulkChange | None]:
    """Lock a bulk act and speak its member's language."""
    found = BulkChange.objects.select_for_update(of=("self",)).select_related(
        "member__role", "member__team", "background"
    )
    change = found.filter(id=change_id).first()
    language = change.member.language if change else workspace.language
    with translation.override(language), timezone.override(workspace.timezone):
        yield change


def _what(change: BulkChange) -> tuple[ListPage, BulkAction]:
    """Return list and act, with the member's rights of this moment; raises ``Denied`` when they are gone."""
    page = list_pages.get(change.list_key)
    actions = page.actions_for(change.member) if page is not None else []
    action = next((each for each in actions if each.key == change.action), None)
    if page is None or action is None:
        raise Denied(change.list_key, change.action)
    return page, action


def _ids_of(change: BulkChange, page: ListPage, action: BulkAction) -> list[UUID]:
    state = read_state(page, QueryDict(change.query.removeprefix("?")), change.member)
    whole = select_whole(state, change.member, act="view")
    with whole.scans:
        if whole.keep is None:
            return list(whole.rows.order_by("pk").values_list("pk", flat=True))
        return [row.pk for row in whole.rows.order_by("pk").iterator(chunk_size=2_000) if whole.keep(row)]


def _do_next(change: BulkChange, page: ListPage, action: BulkAction, actor: Actor) -> bool:
    chunk = change.chunks.filter(is_done=False).order_by("number").first()
    if chunk is None:
        _finish(change, State.DONE, str(action.done_text % {"count": change.count}))
        return False
    outcome, skipped = act_on(actor, page, action, chunk.ids, change.inputs)
    chunk.is_done = True
    chunk.undo = sealed_undo(outcome) if action.undo is not None and outcome.done else None
    chunk.save(update_fields=["is_done", "undo", "updated_at"])
    change.state = State.RUNNING
    change.count += len(outcome.done)
    change.skipped += skipped
    change.save(update_fields=["state", "count", "skipped", "updated_at"])
    run = change.background
    if run is not None:
        advance_run(run, done=min(run.done + len(chunk.ids), change.total), total=change.total)
    return True


def _undo_next(change: BulkChange, action: BulkAction, actor: Actor) -> bool:
    chunk = change.chunks.exclude(undo=None).order_by("-number").first()
    if chunk is None or action.undo is None:
        change.undone_at = timezone.now()
        _finish(change, State.UNDONE, _("Taken back."))
        return False
    action.undo(actor, opened_undo(chunk.undo))
    chunk.undo = None
    chunk.save(update_fields=["undo", "updated_at"])
    change.save(update_fields=["updated_at"])
    if change.background is not None:
        advance_run(change.background, done=change.background.done + 1)
    return True


def _finish(change: BulkChange, state: str, text: str) -> None:
    change.state, change.finished_at = state, timezone.now()
    change.save()
    if change.background is not None:
        finish_run(change.background, result={"done": change.count, "skipped": change.skipped})
    _tell(change.member, text, change)


def _fail(change_id: UUID, workspace: Workspace, error: str | None) -> None:
    with workspace_scope(workspace), _at_work(change_id, workspace) as change:
        if change is None or not change.is_underway:
            return
        if error is None:
            error = _("Something unexpected happened. What is done stays done; you can take it back.")
        change.state, change.finished_at = State.FAILED, timezone.now()
        change.error = error or _("Your role doesn't allow this any more. What is done stays done.")
        change.save()
        if change.background is not None:
            fail_run(change.background, error=change.error)
        _tell(change.member, change.error, change)


def _tell(member: Member, text: str, change: BulkChange) -> None:
    run = change.background
    url = run.url if run is not None else ""
    notify(member=member, kind="bulk.finished", title=text, url=url)

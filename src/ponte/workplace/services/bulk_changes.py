"""Acting on selected rows, once, and taking it back: few at once, many in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.runs import start_run
from ponte.workplace.lists import BulkAction, BulkOutcome, ListPage
from ponte.workplace.lists.bulk import CHUNK, MOST_ROWS, Inputs
from ponte.workplace.lists.results import among
from ponte.workplace.models import BulkChange, BulkChunk
from ponte.workplace.selectors.runs import UNDO_FOR
from ponte.workplace.services.undo_sealing import opened_undo, sealed_undo

KEPT_FOR = timedelta(days=30)
MOST_NAMED = 10_000  # rows named one by one; more are named by the list's state
State = BulkChange.State


@dataclass(frozen=True)
class Chosen:
    """The rows meant: ``ids``, or all that the list's state ``query`` selects."""

    ids: Sequence[UUID] = ()
    query: str | None = None


def run_bulk(
    *, actor: Actor, page: ListPage, action: BulkAction, rows: Chosen, inputs: Inputs, once: UUID
) -> BulkChange:
    """Do ``action`` to the rows that the member may do it to; more than ``MOST_ROWS`` of them in the background.

    Rows are locked in order of their ids first, so two people acting on the same rows wait for each other instead of
    failing. ``once`` names the click: sent again (an impatient second click, a retried request) it changes nothing and the
    first result is returned.

    Raises:
        Invalid: no rows, or too many named one by one. Missing: an actor without a member.
    """
    if actor.member is None:
        raise Missing
    wanted = list(dict.fromkeys(rows.ids))
    if rows.query is None and not wanted:
        raise Invalid.on("id", "required", _("Select at least one row."))
    if len(wanted) > MOST_NAMED:
        raise Invalid.on(
            "id", "too_many", _("Select at most 10,000 rows one by one, or all rows of the list.")
        )
    change, is_new = _claim(actor.member, page, action, once)
    if not is_new:
        return change
    change.inputs = dict(inputs)
    if rows.query is not None or len(wanted) > MOST_ROWS:
        return _start(actor, page, action, change, rows, wanted)
    outcome, skipped = act_on(actor, page, action, wanted, inputs)
    change.count, change.skipped, change.total = len(outcome.done), skipped, len(wanted)
    change.undo = sealed_undo(outcome) if action.undo is not None and outcome.done else None
    change.finished_at = timezone.now()
    change.save()
    return change


def act_on(
    actor: Actor, page: ListPage, action: BulkAction, ids: Sequence[UUID], inputs: Inputs
) -> tuple[BulkOutcome, int]:
    """Lock those of the rows that are the member's to change and do it to them; returns how many were left out, too."""
    assert actor.member is not None
    allowed = among(page.reach(actor.member, action.act), ids).select_for_update(of=("self",))
    within = list(allowed.order_by("pk").values_list("pk", flat=True))
    outcome = action.run(actor, within, inputs) if within else BulkOutcome(())
    return outcome, len(ids) - len(within)


def undo_bulk(*, actor: Actor, page: ListPage, action: BulkAction, change_id: UUID) -> BulkChange:
    """Take back a bulk act of one's own, once, within a day; a big one in the background.

    Raises:
        Missing: not the member's, still running, already taken back, too old, or without a way back.
    """
    change = (
        BulkChange.objects.select_for_update(of=("self",))
        .filter(id=change_id, member=actor.member, list_key=page.key, action=action.key, undone_at=None)
        .filter(created_at__gt=timezone.now() - UNDO_FOR)
        .first()
    )
    if change is None or action.undo is None or change.is_underway or change.state == State.UNDONE:
        raise Missing
    if change.background_id is not None:
        return _start_undo(actor, action, change)
    if change.undo is None:
        raise Missing
    action.undo(actor, opened_undo(change.undo))
    change.undone_at, change.undo, change.state = timezone.now(), None, State.UNDONE
    change.save()
    return change


def hide_change(*, member: Member, change_id: UUID) -> None:
    """Put a finished act away from above the member's list; does nothing to what it changed."""
    BulkChange.objects.filter(id=change_id, member=member).exclude(state__in=BulkChange.UNDERWAY).update(
        is_hidden=True
    )


def forget_old_changes() -> int:
    """Delete what takes acts back that nobody can take back any more, and, later, the notes; returns how many notes."""
    now = timezone.now()
    too_late = BulkChange.objects.filter(created_at__lt=now - UNDO_FOR).exclude(state__in=BulkChange.UNDERWAY)
    BulkChunk.objects.filter(change__in=too_late).delete()
    too_late.exclude(undo__isnull=True, inputs={}).update(undo=None, inputs={})
    old = BulkChange.objects.filter(created_at__lt=now - KEPT_FOR)
    deleted, _by_model = old.delete()
    return deleted


def cut(change: BulkChange, ids: Sequence[UUID]) -> None:
    """Cut the rows of a big act into chunks, once, so that what joins the list meanwhile isn't touched."""
    BulkChunk.objects.bulk_create(
        [
            BulkChunk(change=change, number=number, ids=list(ids[start : start + CHUNK]))
            for number, start in enumerate(range(0, len(ids), CHUNK))
        ],
        batch_size=50,
    )
    change.is_cut, change.total = True, len(ids)


def _start(
    actor: Actor, page: ListPage, action: BulkAction, change: BulkChange, rows: Chosen, wanted: Sequence[UUID]
) -> BulkChange:
    change.state, change.query, change.total = State.QUEUED, rows.query or "", len(wanted)
    change.background = start_run(
        kind="bulk",
        title=f"{page.title}: {action.plain_label}",
        member=actor.member,
        total=change.total or None,
        url=reverse(page.url_name, urlconf=settings.WORKSPACE_URLCONF),
    )
    if rows.query is None:
        cut(change, wanted)
    change.save()
    # the value an edit writes may be personal: it stands, sealed, in the entries of the records
    given = {} if action.is_edit else {name: ("", value) for name, value in change.inputs.items()}
    audit.record(
        actor=actor,
        act="list.bulk_started",
        target=change,
        changes={"list": ("", page.key), "action": ("", action.key), **given},
    )
    enqueue("workplace.bulk", once=f"bulk:{change.id}", change_id=str(change.id))
    return change


def _start_undo(actor: Actor, action: BulkAction, change: BulkChange) -> BulkChange:
    change.state, change.error, change.is_hidden = State.UNDOING, "", False
    total = change.chunks.filter(is_done=True).exclude(undo=None).count()
    change.background = start_run(
        kind="bulk",
        title=_("Taking back: %(act)s") % {"act": action.plain_label},
        member=actor.member,
        total=total,
        url=change.background.url if change.background else "",
    )
    change.save()
    audit.record(actor=actor, act="list.bulk_undone", target=change, changes={"action": ("", action.key)})
    enqueue("workplace.bulk", once=f"bulk:{change.id}", change_id=str(change.id))
    return change


def _claim(member: Member, page: ListPage, action: BulkAction, once: UUID) -> tuple[BulkChange, bool]:
    """Write the change's row before anything is done: of two equal clicks one waits here and finds it done."""
    try:
        with transaction.atomic():
            change = BulkChange.objects.create(member=member, list_key=page.key, action=action.key, once=once)
        return change, True
    except IntegrityError:
        done = BulkChange.objects.filter(
            once=once, member=member, list_key=page.key, action=action.key
        ).first()
        if done is None:
            raise Missing from None
        return done, False

"""Acting on selected rows, once, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.workplace.lists import BulkAction, ListPage
from ponte.workplace.lists.bulk import MOST_ROWS, Inputs
from ponte.workplace.lists.results import among
from ponte.workplace.models import BulkChange

UNDO_FOR = timedelta(days=1)
KEPT_FOR = timedelta(days=30)


def run_bulk(
    *, actor: Actor, page: ListPage, action: BulkAction, ids: Sequence[UUID], inputs: Inputs, once: UUID
) -> BulkChange:
    """Do ``action`` to those of ``ids`` that the member may do it to.

    Rows are locked in order of their ids first, so two people acting on the same rows wait for each other instead of
    failing. ``once`` names the click: sent again (an impatient second click, a retried request) it changes nothing and the
    first result is returned.

    Raises:
        Invalid: no rows, or more than ``MOST_ROWS``. Missing: an actor without a member.
    """
    if actor.member is None:
        raise Missing
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise Invalid.on("id", "required", _("Select at least one row."))
    if len(wanted) > MOST_ROWS:
        raise Invalid.on("id", "too_many", _("Select at most 500 rows at a time."))
    change, is_new = _claim(actor.member, page, action, once)
    if not is_new:
        return change
    allowed = (
        among(page.reach(actor.member, action.act), wanted).select_for_update(of=("self",)).order_by("pk")
    )
    within = [row.pk for row in allowed]
    outcome = action.run(actor, within, inputs)
    change.count, change.skipped = len(outcome.done), len(wanted) - len(within)
    change.undo = outcome.undo if action.undo is not None and outcome.done else None
    change.save()
    return change


def undo_bulk(*, actor: Actor, page: ListPage, action: BulkAction, change_id: UUID) -> BulkChange:
    """Take back a bulk act of one's own, once, within a day.

    Raises:
        Missing: not the member's, already taken back, too old, or without a way back.
    """
    change = (
        BulkChange.objects.select_for_update()
        .filter(id=change_id, member=actor.member, list_key=page.key, action=action.key, undone_at=None)
        .filter(created_at__gt=timezone.now() - UNDO_FOR)
        .first()
    )
    if change is None or change.undo is None or action.undo is None:
        raise Missing
    action.undo(actor, change.undo)
    change.undone_at, change.undo = timezone.now(), None
    change.save()
    return change


def forget_old_changes() -> int:
    """Delete the notes about bulk acts nobody can take back any more; returns how many."""
    deleted, _by_model = BulkChange.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


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

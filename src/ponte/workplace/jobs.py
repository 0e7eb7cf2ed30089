"""What the workplace does in the background: demo data, and what it tidies up by night."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation

from ponte.core.jobs import every, job
from ponte.core.models import Member
from ponte.workplace.services import demo_data
from ponte.workplace.services.bulk_changes import forget_old_changes
from ponte.workplace.services.import_undo import forget_undo
from ponte.workplace.services.recents import forget_old_recents


@every("20 6 * * *", name="workplace.forget_old", queue="bulk")
def forget_old() -> None:
    """Forget which records were seen long ago, and acts and imports that can't be taken back any more."""
    forget_old_recents()
    forget_old_changes()
    forget_undo()


@job(demo_data.MAKE, queue="bulk")
def make_demo(*, member_id: str) -> None:
    """Make demo data: all of them, or none when it fails."""
    _in_words_of(member_id, demo_data.make_now)


@job(demo_data.REMOVE, queue="bulk")
def remove_demo(*, member_id: str) -> None:
    """Take the demo data away again."""
    _in_words_of(member_id, demo_data.remove_now)


def _in_words_of(member_id: str, act: Callable[[Member], None]) -> None:
    if not member_id:
        return
    member = Member.objects.select_related("role").filter(id=member_id).first()
    if member is not None:
        with translation.override(member.language):
            act(member)

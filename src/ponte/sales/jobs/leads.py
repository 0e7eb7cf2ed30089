"""Background work of leads and forms."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ponte.core.jobs import every, job
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.sales.services.form_posts import JOB, forget_posts, posts_wait, wake_late, wake_reader
from ponte.sales.services.form_reading import take_posts
from ponte.sales.services.handoff import warn_of_overdue
from ponte.sales.services.lead_edits import purge_leads

KEEP, KEEP_POSTS = timedelta(days=30), timedelta(days=180)
MOST_TURNS = 200  # then another job goes on, so that nothing else waits behind a flood


@job(JOB, transaction=False, retry=False)  # the next post, or the minute, wakes it again
def read_posts() -> None:
    """Turn the posts of forms that wait into leads, chunk by chunk. Where another job is at it, that one takes up these, too.

    It looks again after its last chunk, holding nothing: a job that gave way to it before then was woken by a post this look sees.
    """
    for _turn in range(MOST_TURNS):
        with workspace_scope(named_workspace()):
            taken = take_posts()
        if taken:
            continue
        if taken is None:
            return
        with workspace_scope(named_workspace()):
            if not posts_wait():
                return
    with workspace_scope(named_workspace()):
        wake_reader()


@every("* * * * *", name="sales.wake_late_posts")
def look_for_late_posts() -> None:
    """Take up posts whose job was lost with a process."""
    wake_late()


@every("*/5 * * * *", name="sales.warn_of_overdue_leads")
def look_for_overdue_leads() -> None:
    """Tell of leads handed over that nobody answered in time."""
    while warn_of_overdue():
        pass


@every("53 6 * * *", name="sales.empty_lead_bin", queue="bulk")
def empty_bin() -> None:
    """Remove leads that have rested in the bin for 30 days, and posts of forms after half a year."""
    while purge_leads(before=timezone.now() - KEEP):
        pass
    while forget_posts(before=timezone.now() - KEEP_POSTS):
        pass

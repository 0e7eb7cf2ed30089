"""Meetings in the global search, and what complete exports leave out."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.timeline.models import CalendarConnection, CalendarFeed, Meeting
from ponte.timeline.policies import visible_meetings
from ponte.timeline.selectors.meetings import search_meetings, with_people
from ponte.timeline.services.meeting_notices import time_words
from ponte.workplace.exporting.sources import ExportSource, register_export
from ponte.workplace.search import SearchHit, SearchSource, SearchTerms, register_search
from ponte.workplace.visibility import who_may


def hit_of(meeting: Meeting) -> SearchHit:
    """Return a meeting as the global search shows it."""
    return SearchHit(
        object="meeting",
        id=meeting.id,
        title=meeting.title,
        url=reverse("timeline:meeting", args=[meeting.id]),
        subtitle=time_words(meeting, meeting.starts_at),
        icon="calendar-event",
        badge="" if meeting.status == "planned" else meeting.get_status_display(),
    )


def search(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    """Return meetings that match, those to come first."""
    return [hit_of(meeting) for meeting in search_meetings(member, terms.tsquery, limit)]


def fetch(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return these meetings as far as they may be opened, for recent and favourite records."""
    return [hit_of(meeting) for meeting in with_people(visible_meetings(member).filter(id__in=ids))]


register_search(
    SearchSource(
        "meeting",
        _("Meetings"),
        "calendar-event",
        search,
        order=45,
        fetch=fetch,
        list_url_name="timeline:calendar",
        visible=who_may("meeting", "view"),
    )
)
register_export(
    ExportSource(
        "timeline.calendarconnection",
        _("Connected calendars"),
        CalendarConnection.objects.all,
        without=frozenset({"secret", "cursor"}),
    )
)
register_export(
    ExportSource(
        "timeline.calendarfeed", _("Calendar feeds"), CalendarFeed.objects.all, without=frozenset({"digest"})
    )
)

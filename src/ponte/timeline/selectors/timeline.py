"""Reading a customer's timeline: one index range, whatever its length."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import Left

from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.text import fold
from ponte.directory.models import Party
from ponte.timeline.due import end_of_day, start_of_day
from ponte.timeline.models import Interaction
from ponte.timeline.models.interaction import folded
from ponte.timeline.policies import (
    all_interactions,
    interaction_fields,
    reaches_all_interactions,
    visible_interactions,
)

PAGE = 25
MAX_PINNED = 20
MAX_TERMS = 6
PREVIEW_CHARS = 1200


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """What part of a timeline is wanted; empty is all of it. ``person_id`` narrows a company's to one person."""

    kinds: tuple[str, ...] = ()
    channel: str = ""
    department: str = ""
    author_id: UUID | None = None
    person_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered at all."""
        return self != TimelineFilter()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the timeline ends: the time and id of its last entry."""

    occurred_at: datetime
    interaction_id: UUID


@dataclass(slots=True)
class TimelinePage:
    """One page of a timeline, newest first; ``pinned`` only on the first page of the whole one."""

    entries: list[Interaction] = field(default_factory=list)
    pinned: list[Interaction] = field(default_factory=list)
    next_place: Place | None = None


def timeline_page(
    member: Member,
    party: Party,
    wanted: TimelineFilter | None = None,
    *,
    after: Place | None = None,
    limit: int = PAGE,
) -> TimelinePage:
    """Return a page of the timeline of a customer the member may see.

    A company's holds its people's interactions; those of people hidden from the member are left out. Interactions
    of others in which the customer took part are there too.
    """
    wanted = wanted or TimelineFilter()
    is_opening = after is None and not wanted.is_active
    if is_opening and limit == PAGE and reaches_all_interactions(member):
        return _opening_page(party)
    page = _page(_merged(member, party, wanted, after, limit + 1), limit)
    if is_opening:
        page.pinned = list(_pinned(_own(member, party)))
    return page


def _page(entries: list[Interaction], limit: int) -> TimelinePage:
    page = TimelinePage(entries=entries[:limit])
    if len(entries) > limit:
        last = page.entries[-1]
        page.next_place = Place(last.occurred_at, last.id)
    return page


def _opening_page(party: Party) -> TimelinePage:
    """Return what ``timeline_page`` does, by statements compiled once, for members from whom nothing is hidden by reach."""
    column = "party_id" if party.is_person else "company_id"
    found = [*OPENING[column].rows(party.id), *JOINED.rows(party.id)]
    page = _page(_newest(found, PAGE + 1), PAGE)
    page.pinned = PINNED[column].rows(party.id)
    return page


def _merged(
    member: Member, party: Party, wanted: TimelineFilter, after: Place | None, count: int
) -> list[Interaction]:
    """Two index walks, merged: the customer's own interactions and those they took part in."""
    own = _filtered(_own(member, party), wanted, member)
    joined = _filtered(visible_interactions(member).filter(participants__party_id=party.id), wanted, member)
    if not wanted.is_active:
        own = own.filter(pinned_at__isnull=True)
    if after is not None:
        own = own.filter(_beyond(after, "occurred_at", "id"))
        joined = joined.filter(_beyond(after, "participants__occurred_at", "participants__interaction_id"))
    return _newest([*_by_time(own)[:count], *_by_part(joined)[:count]], count)


def _newest(found: list[Interaction], count: int) -> list[Interaction]:
    unique = {entry.id: entry for entry in found}
    return sorted(unique.values(), key=lambda entry: (entry.occurred_at, entry.id), reverse=True)[:count]


def _by_time(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    return as_previews(rows).order_by("-occurred_at", "-id")


def _by_part(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    return as_previews(rows).order_by("-participants__occurred_at", "-participants__interaction_id")


def _pinned(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    return as_previews(rows.filter(pinned_at__isnull=False).order_by("-pinned_at", "-id"))[:MAX_PINNED]


def _own(member: Member, party: Party) -> QuerySet[Interaction]:
    rows = visible_interactions(member)
    return rows.filter(party_id=party.id) if party.is_person else rows.filter(company_id=party.id)


def as_previews(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """Return the rows with author and customer, and instead of their texts only the beginning of them.

    Each gets ``preview`` (one character more than shown when there is more) and ``has_html``.
    """
    light = rows.select_related("author", "party").defer(
        "body", "body_html", "folded_text", "party__description"
    )
    return light.annotate(preview=Left("body", PREVIEW_CHARS + 1), has_html=~Q(body_html=""))


OWN_COLUMNS = ("party_id", "company_id")
OPENING = {
    column: Prepared[Interaction](
        lambda party_id, column=column: _by_time(
            all_interactions().filter(**{column: party_id}, pinned_at__isnull=True)
        )[: PAGE + 1],
        UUID,
    )
    for column in OWN_COLUMNS
}
PINNED = {
    column: Prepared[Interaction](
        lambda party_id, column=column: _pinned(all_interactions().filter(**{column: party_id})), UUID
    )
    for column in OWN_COLUMNS
}
JOINED = Prepared[Interaction](
    lambda party_id: _by_part(all_interactions().filter(participants__party_id=party_id))[: PAGE + 1], UUID
)


def _beyond(place: Place, moment: str, key: str) -> TupleLessThan:
    """Rows after a place: a row-value comparison, so one range of the index."""
    return TupleLessThan(Tuple(F(moment), F(key)), (place.occurred_at, place.interaction_id))


def _filtered(rows: QuerySet[Interaction], wanted: TimelineFilter, member: Member) -> QuerySet[Interaction]:
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    for column, value in (
        ("channel", wanted.channel),
        ("department", wanted.department),
        ("author_id", wanted.author_id),
        ("party_id", wanted.person_id),
    ):
        if value:
            rows = rows.filter(**{column: value})
    if wanted.since:
        rows = rows.filter(occurred_at__gte=start_of_day(wanted.since))
    if wanted.until:
        rows = rows.filter(occurred_at__lte=end_of_day(wanted.until))
    return containing(rows, wanted.text, member)


def containing(rows: QuerySet[Interaction], text: str, member: Member) -> QuerySet[Interaction]:
    """Return the rows whose subject or text has every word, without regard to case and accents.

    Only subjects count for a member from whom texts are hidden: finding by a text would tell it.
    Looks at the texts of one customer only (the index gives those), so it needs no index of its own.
    """
    column = "folded_text"
    if not interaction_fields(member).can_read("body"):
        column, rows = "folded_subject", rows.alias(folded_subject=folded(F("subject")))
    for term in fold(text).split()[:MAX_TERMS]:
        rows = rows.filter(**{f"{column}__contains": term})
    return rows

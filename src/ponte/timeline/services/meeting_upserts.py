"""Many meetings at once by the ids another system knows them by: files and programs. A fixed number of statements a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.ids import uuid7
from ponte.core.models import Member
from ponte.core.rights import require
from ponte.core.services.audit import record_bulk, record_each
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.events.timeline import MeetingsChanged
from ponte.timeline.models import Meeting, MeetingStatus
from ponte.timeline.policies import may_on_meeting, visible_meetings
from ponte.timeline.services.facts import lock_facts
from ponte.timeline.services.meeting_data import meeting_columns, meeting_problems
from ponte.timeline.services.meeting_entries import take_entries_away, write_entries
from ponte.timeline.services.meeting_rows import (
    ABOUT,
    COLUMNS,
    KEPT,
    MeetingOutcome,
    MeetingRow,
    Policy,
    data_of,
    status_problems,
    told_of,
)
from ponte.timeline.services.meetings import settle
from ponte.timeline.subjects import Key, customers_of

BATCH = 1000
SAVED = (*(name.removesuffix("_id") for name in COLUMNS), *ABOUT, "status", "held_at", "search", "next_remind_at",
         "series_until", "version", "sequence", "updated_at")  # fmt: skip
Changes = dict[str, tuple[Any, Any]]


@dataclass
class _Work:
    """What rows may name, and the meetings there are or come to be."""

    known: dict[str, Meeting]
    beyond: frozenset[str]
    parties: set[UUID]
    members: dict[UUID, Member]
    about: Mapping[Key, UUID]
    new: dict[str, Meeting] = field(default_factory=dict)
    changes: dict[UUID, Changes] = field(default_factory=dict)
    former: set[UUID] = field(default_factory=set)


@transaction.atomic
def upsert_meetings(
    *,
    actor: Actor,
    rows: Sequence[MeetingRow],
    source: str,
    policy: Policy = "update",
    holder: UUID | None = None,
) -> list[MeetingOutcome]:
    """Create or update the meetings ``source`` knows by external id; return what became of each row, in order.

    Nobody is invited, told or reminded. One held with a customer gets its entry on their timeline, dated when it was; one that
    isn't any more loses it. One in the bin, or made into a series since, is left alone; one beyond the actor's reach is refused.
    Of an id that comes twice the later row wins. Repeating changes nothing.

    Args:
        policy: "fill" sets only what is empty, never times or what became of it; "skip" leaves known ones alone.
        holder: whose new meetings are that name nobody.

    Raises:
        Denied: the member may not plan meetings.
    """
    if actor.member is not None:
        require(actor.member, "meeting", "create")
    work = _fetch(actor, rows, source, holder)
    outcomes = [_take(actor, row, work, source, policy, holder) for row in rows]
    _write(actor, work, source)
    return outcomes


def _fetch(actor: Actor, rows: Sequence[MeetingRow], source: str, holder: UUID | None) -> _Work:
    """Take the facts of all customers concerned, then the meetings there are: the order every writer here keeps."""
    member = actor.member
    keys = {row.external_id for row in rows} - {""}
    named = {row.values["party_id"] for row in rows if row.values.get("party_id")}
    steps = {(row.values["about_type"], row.values["about_id"]) for row in rows if row.values.get("about_id")}
    about = customers_of(member, steps)
    wanted = Meeting.objects.filter(source=source, external_key__in=keys)
    lock_facts([*named, *about.values(), *wanted.values_list("party_id", flat=True)])
    locked = wanted.select_related("organiser").select_for_update(of=("self",)).order_by("id").defer("search")
    found = {str(row.external_key): row for row in locked}
    known = found if member is None else _within(member, found)
    shown = visible_parties(member) if member else Party.objects.filter(deleted_at=None)
    people = [one for one in (holder, *(row.values.get("organiser_id") for row in rows)) if one]
    return _Work(
        known=known,
        beyond=frozenset(found.keys() - known.keys()),
        parties=set(shown.filter(id__in={*named, *about.values()}).values_list("id", flat=True)),
        members={one.id: one for one in Member.objects.filter(id__in=people, is_active=True)},
        about=about,
    )


def _within(member: Member, found: Mapping[str, Meeting]) -> dict[str, Meeting]:
    """Return the meetings the member may change; those in the bin are shown as there."""
    ids = [row.id for row in found.values()]
    seen = {
        one
        for deleted in (False, True)
        for one in visible_meetings(member, deleted=deleted).filter(id__in=ids).values_list("id", flat=True)
    }
    return {key: row for key, row in found.items() if row.id in seen and may_on_meeting(member, "edit", row)}


def _take(
    actor: Actor, row: MeetingRow, work: _Work, source: str, policy: Policy, holder: UUID | None
) -> MeetingOutcome:
    if unknown := set(row.values) - set(KEPT):
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    if row.external_id in work.beyond:
        message = _("This meeting exists and is not within your reach. Talk to an administrator.")
        return _refused(FieldProblem("external_id", "exists", message))
    known = work.known.get(row.external_id)
    meeting = known or work.new.get(row.external_id)
    if known is not None and (known.deleted_at is not None or known.is_series or policy == "skip"):
        return MeetingOutcome("skipped", known.id)
    told = told_of(row, meeting, policy, holder)
    problems = [*_id_problems(row), *_reference_problems(told, work, meeting if policy == "fill" else None)]
    data = data_of(meeting, told, source, row.external_id)
    status = told.get("status") or (meeting.status if meeting is not None else MeetingStatus.PLANNED)
    problems += [*meeting_problems(data), *status_problems(status, data)]
    if problems:
        return _refused(*problems)
    columns = meeting_columns(data)
    values = {name: columns[name] for name in (*COLUMNS, *ABOUT)} | {"status": MeetingStatus(status).value}
    if meeting is None:
        meeting = Meeting(creator=actor.member, **{**columns, **values, "uid": f"{uuid7()}@ponte"})
        work.new[row.external_id] = meeting
        _follow(meeting, work)
        return MeetingOutcome("created", meeting.id)
    return _update(meeting, values, work, is_new=known is None)


def _id_problems(row: MeetingRow) -> list[FieldProblem]:
    if row.external_id:
        return []
    return [FieldProblem("external_id", "required", _("Give the meeting's id in the other system."))]


def _reference_problems(told: dict[str, Any], work: _Work, filled: Meeting | None) -> list[FieldProblem]:
    """Put the customer of the record a meeting is about into ``told``; return what it names that isn't there."""
    problems = []
    if told.get("about_id"):
        told["party_id"] = work.about.get((told["about_type"], told["about_id"]))
        if told["party_id"] is None:
            problems.append(FieldProblem("about_id", "missing", _("There is no such record.")))
        elif filled is not None and filled.party_id not in (None, told["party_id"]):
            problems.append(
                FieldProblem("about_id", "other_customer", _("This record belongs to another customer."))
            )
    if told.get("organiser_id") and told["organiser_id"] not in work.members:
        problems.append(FieldProblem("organiser_id", "missing", _("There is no such colleague.")))
    if told.get("party_id") and told["party_id"] not in work.parties:
        problems.append(FieldProblem("party_id", "missing", _("There is no such customer.")))
    return problems


def _refused(*problems: FieldProblem) -> MeetingOutcome:
    return MeetingOutcome("rejected", problems=problems)


def _update(meeting: Meeting, values: Mapping[str, Any], work: _Work, *, is_new: bool) -> MeetingOutcome:
    changes = {
        name: (getattr(meeting, name), value)
        for name, value in values.items()
        if getattr(meeting, name) != value
    }
    if meeting.party_id is not None:
        work.former.add(meeting.party_id)
    for name, (_before, value) in changes.items():
        setattr(meeting, name, value)
    if not changes:
        return MeetingOutcome("unchanged", meeting.id)
    _follow(meeting, work)
    if not is_new:
        mine = work.changes.setdefault(meeting.id, {})
        for name, (before, value) in changes.items():
            mine[name] = (mine[name][0] if name in mine else before, value)
    return MeetingOutcome("updated", meeting.id)


def _follow(meeting: Meeting, work: _Work) -> None:
    """Set what follows from a meeting's values."""
    if meeting.organiser_id in work.members:
        meeting.organiser = work.members[meeting.organiser_id]
    note_end(meeting)
    settle(meeting)


def note_end(meeting: Meeting) -> None:
    """Keep when a meeting was held: by its end, as nobody says when it was written."""
    is_held = meeting.status == MeetingStatus.HELD
    meeting.held_at = (meeting.held_at or min(meeting.ends_at, timezone.now())) if is_held else None


def _write(actor: Actor, work: _Work, source: str) -> None:
    fresh = list(work.new.values())
    changed = [row for row in work.known.values() if row.id in work.changes]
    Meeting.objects.bulk_create(fresh, batch_size=BATCH)
    save_meetings(changed)
    take_entries_away(changed)
    write_entries(actor, [*fresh, *changed])
    if fresh:
        ids = [row.id for row in fresh]
        summary = {"count": len(ids), "source": source}
        record_bulk(actor=actor, act="meeting.planned", object_type="meeting", ids=ids, summary=summary)
        announce(actor, fresh, "planned")
    if changed:
        subjects = {row.id: row.party_id for row in changed}
        record_each(
            actor=actor, act="meeting.updated", object_type="meeting", changes=work.changes, subjects=subjects
        )
        announce(actor, changed, "edited", work.former)


def save_meetings(meetings: Sequence[Meeting]) -> None:
    """Write the columns of locked meetings and raise their versions; their calendars elsewhere follow."""
    now = timezone.now()
    for row in meetings:
        settle(row)
        row.version += 1
        row.sequence += 1
        row.updated_at = now
    Meeting.objects.bulk_update(meetings, SAVED, batch_size=BATCH)


def announce(actor: Actor, meetings: Sequence[Meeting], act: str, former: set[UUID] | None = None) -> None:
    """Publish what became of many meetings; ``former``: customers they were with before."""
    parties = {str(row.party_id) for row in meetings if row.party_id} | {str(one) for one in former or ()}
    event = MeetingsChanged(meeting_ids=[str(row.id) for row in meetings], party_ids=sorted(parties), act=act)
    publish(event, actor=actor)

"""Meetings as a target of the importer: those to come and those held, of another system or a calendar's export."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.core.text import fold
from ponte.timeline.import_subjects import (
    at_time,
    colleagues,
    is_midnight,
    placed_rows,
    subject_fields,
    unknown_colleague,
    wrong_time,
)
from ponte.timeline.models import Meeting
from ponte.timeline.policies import visible_meetings
from ponte.timeline.services.meeting_import_undo import undo_meetings
from ponte.timeline.services.meeting_rows import MeetingRow
from ponte.timeline.services.meeting_upserts import upsert_meetings
from ponte.workplace.custom_fields.objects import Named
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    Problem,
    RowOutcome,
)

MOST_MINUTES = 31 * 24 * 60
STATES: Mapping[str, tuple[str, ...]] = {
    "planned": (
        "planejada",
        "agendada",
        "marcada",
        "confirmada",
        "aberta",
        "scheduled",
        "confirmed",
        "open",
        "não",
        "no",
    ),
    "held": ("realizada", "feita", "concluída", "finalizada", "held", "done", "completed", "sim", "yes"),
    "cancelled": ("cancelada", "cancelado", "canceled", "no show", "não compareceu", "desmarcada"),
}
FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("id", "código", "meeting id", "event id", "id da reunião", "id do evento", "record id"), identity=True, max_length=150,
                help=gettext_lazy("Without one it is made of subject, customer and beginning.")),
    ImportField("title", gettext_lazy("Subject"), synonyms=("assunto", "título", "reunião", "compromisso", "evento", "title", "event",
                "meeting title", "nome da reunião", "summary"), required=True, max_length=255),
    *subject_fields(gettext_lazy("Says what it is about; the opportunity's customer is the meeting's.")),
    ImportField("starts_at", gettext_lazy("Begins"), FieldType.MOMENT,
                ("início", "começo", "data", "data e hora", "quando", "data de início", "data da reunião", "start", "start date", "start time",
                 "from", "date"),
                required=True, help=gettext_lazy("A day alone, without times, lasts the whole day.")),
    ImportField("start_time", gettext_lazy("Begins: time"), synonyms=("hora", "horário", "hora de início", "time"), max_length=8,
                help=gettext_lazy("Where day and time stand in two columns, such as 14:30.")),
    ImportField("ends_at", gettext_lazy("Ends"), FieldType.MOMENT,
                ("fim", "término", "data de término", "até", "end", "end date", "end time", "to")),
    ImportField("minutes", gettext_lazy("Minutes"), FieldType.INTEGER,
                ("duração", "duração (min)", "minutos", "duration", "duration minutes", "duração em minutos"),
                help=gettext_lazy("How long it lasts; an hour where neither this nor the end is told.")),
    ImportField("state", gettext_lazy("State"), FieldType.CHOICE, ("status", "situação", "estado", "resultado", "meeting outcome"), choices=STATES),
    ImportField("organiser", gettext_lazy("Organiser"),
                synonyms=("responsável", "organizador", "usuário responsável", "dono", "owner", "host", "vendedor", "assigned to"),
                help=gettext_lazy("E-mail or name of a member")),
    ImportField("location", gettext_lazy("Place"), synonyms=("local", "lugar", "endereço", "location", "where"), max_length=255),
    ImportField("link", gettext_lazy("Link"), synonyms=("link da reunião", "url", "videoconferência", "meeting link"), max_length=500),
    ImportField("description", gettext_lazy("Details"),
                synonyms=("descrição", "detalhes", "observações", "notas", "pauta", "notes", "description", "agenda")),
)  # fmt: skip
_NAMES = {
    "party_id": "customer_external_id",
    "organiser_id": "organiser",
    "external_key": "external_id",
    "about_id": "opportunity_external_id",
    "status": "state",
}
_PLAIN = ("title", "location", "link", "description")


def apply_meetings(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the meetings of a chunk; a customer that is named must be there, one without is with nobody."""
    people = colleagues(rows, "organiser", context)
    answers: dict[int, RowOutcome] = {}
    ready: dict[int, MeetingRow] = {}
    for position, (row, party_id, place) in enumerate(placed_rows(rows, context)):
        prepared = place if isinstance(place, RowOutcome) else _prepare(row, party_id, place, people, context)
        if isinstance(prepared, MeetingRow):
            ready[position] = prepared
        else:
            answers[position] = prepared
    policy: Any = str(context.policy)
    results = upsert_meetings(
        actor=context.actor,
        rows=list(ready.values()),
        source=context.source,
        policy=policy,
        holder=context.actor.member_id,
    )
    for position, result in zip(ready, results, strict=True):
        problems = tuple(
            Problem(_NAMES.get(one.field, one.field), one.code, str(one.message)) for one in result.problems
        )
        answers[position] = RowOutcome(result.outcome, result.meeting_id, problems)
    return [answers[position] for position in range(len(rows))]


def _prepare(
    row: ImportRow,
    party_id: UUID | None,
    place: Mapping[str, Any],
    people: Mapping[str, UUID],
    context: ImportContext,
) -> MeetingRow | RowOutcome:
    told = row.values
    values: dict[str, Any] = {name: told[name] for name in _PLAIN if name in told}
    values |= place
    if "organiser" in told:
        if fold(told["organiser"]) not in people:
            return unknown_colleague("organiser")
        values["organiser_id"] = people[fold(told["organiser"])]
    if "state" in told:
        values["status"] = told["state"]
    if (refusal := _set_times(values, told, context)) is not None:
        return refusal
    external_id = str(told.get("external_id") or _made_id(told, party_id, values))
    return MeetingRow(external_id=external_id, values=values)


def _set_times(values: dict[str, Any], told: Mapping[str, Any], context: ImportContext) -> RowOutcome | None:
    """Put beginning and end in, where the row tells them: an end counts more than minutes, a day alone is all day."""
    if "starts_at" not in told:
        return None
    begins: datetime = told["starts_at"].astimezone(context.zone)
    clock = str(told.get("start_time", "")).strip()
    if clock:
        timed = at_time(begins, clock)
        if timed is None:
            return wrong_time("start_time")
        begins = timed
    minutes = told.get("minutes")
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        return RowOutcome.rejected("minutes", "out_of_range", _("A meeting lasts 31 days at most."))
    ends: datetime | None = told["ends_at"].astimezone(context.zone) if "ends_at" in told else None
    all_day = not clock and minutes is None and is_midnight(begins) and (ends is None or is_midnight(ends))
    if ends is None and minutes is not None:
        ends = begins + timedelta(minutes=minutes)
    values |= {"starts_at": begins, "all_day": all_day}
    if ends is not None or all_day:
        values["ends_at"] = ends or begins
    return None


def _made_id(told: Mapping[str, Any], party_id: UUID | None, values: Mapping[str, Any]) -> str:
    """Return an id for a row without one, the same each time it comes in ("" without a subject or a beginning)."""
    if not told.get("title") or "starts_at" not in values:
        return ""
    words = [fold(str(told["title"])), str(party_id or ""), values["starts_at"].isoformat()]
    return "made-" + hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def meeting_labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return subject and page of meetings, those the member may open."""
    rows = visible_meetings(member) if member else Meeting.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).values_list("id", "title")
    return {key: Named(title, reverse("timeline:meeting", args=[key])) for key, title in found}


MEETINGS = ImportTarget(
    key="meetings",
    file_names=(
        "reuniões",
        "reunioes",
        "meetings",
        "agenda",
        "compromissos",
        "eventos",
        "events",
        "calendário",
    ),
    label=gettext_lazy("Meetings"),
    icon="calendar-event",
    description=gettext_lazy("Meetings to come and those held, with whom, when and where"),
    fields=FIELDS,
    apply=apply_meetings,
    undo=undo_meetings,
    names=meeting_labels,
    rights=("meeting", "create"),
    order=86,
    after=("people", "companies", "leads", "opportunities"),
    list_url_name="timeline:calendar",
)

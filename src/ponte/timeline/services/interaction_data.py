"""What is told about an interaction, checked and cleaned before it becomes a row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member
from ponte.timeline import content
from ponte.timeline.kinds import kind_of
from ponte.timeline.participant import Participant

CLOCK_TOLERANCE = timedelta(minutes=10)
MAX_DATA_BYTES = 64_000
MAX_DURATION_SECONDS = 7 * 24 * 3600
MAX_PARTICIPANTS = 100
_EARLIEST_YEAR = 1900
_WORD = re.compile(r"^[a-z0-9][a-z0-9_.-]*$")


class InteractionDetails(TypedDict, total=False):
    """The optional details of ``record_interaction``; see ``InteractionData``."""

    channel: str
    direction: str
    occurred_at: datetime | None
    subject: str
    body: str
    body_html: str
    outcome: str
    data: Mapping[str, Any] | None
    duration_seconds: int | None
    author: Member | None
    participants: Sequence[Participant]
    mentions: Sequence[UUID]
    department: str
    source: str
    external_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionData:
    """One interaction to record.

    Args:
        occurred_at: aware instant; now when none is given.
        body: plain text; taken from ``body_html`` when empty.
        body_html: HTML from outside; kept sanitised.
        source, external_key: together unique; recording the same pair again changes nothing.
    """

    party_id: UUID
    kind: str
    channel: str = ""
    direction: str = ""
    occurred_at: datetime | None = None
    subject: str = ""
    body: str = ""
    body_html: str = ""
    outcome: str = ""
    data: Mapping[str, Any] | None = None
    duration_seconds: int | None = None
    author: Member | None = None
    participants: Sequence[Participant] = field(default=())
    mentions: Sequence[UUID] = field(default=())
    department: str = ""
    source: str = "manual"
    external_key: str | None = None


def clean_fields(data: InteractionData) -> dict[str, Any]:
    """Return the values of the row's own columns.

    Raises:
        Invalid: with every problem found, each naming its field.
    """
    kind = kind_of(data.kind)
    problems = [*_text_problems(data), *_word_problems(data), *_number_problems(data)]
    if problems:
        raise Invalid(problems)
    body_html = content.sanitise_html(data.body_html) if data.body_html else ""
    body = content.clean_text(data.body) or (content.html_to_text(body_html) if body_html else "")
    return {
        "kind": data.kind,
        "channel": data.channel or kind.channel,
        "direction": data.direction,
        "department": data.department or kind.department,
        "occurred_at": data.occurred_at or timezone.now(),
        "duration_seconds": data.duration_seconds,
        "subject": content.clean_line(data.subject),
        "body": body,
        "body_html": body_html,
        "outcome": data.outcome,
        "data": dict(data.data or {}),
        "author": data.author,
        "source": data.source,
        "external_key": data.external_key or None,
    }


def _text_problems(data: InteractionData) -> list[FieldProblem]:
    problems = [
        *content.too_long("subject", data.subject, content.MAX_SUBJECT_CHARS),
        *content.too_long("body", data.body, content.MAX_BODY_CHARS),
        *content.too_long("body_html", data.body_html, content.MAX_HTML_CHARS),
        *content.too_long("external_key", data.external_key or "", 200),
    ]
    if _has_no_content(data):
        problems.append(FieldProblem(field="body", code="required", message=_("Write something first.")))
    return problems


def _has_no_content(data: InteractionData) -> bool:
    """Notes are nothing without words; a call or a visit says something by having happened."""
    if data.kind not in {"note", "message"}:
        return False
    return not content.clean_text(data.body + data.subject) and not data.body_html.strip()


def _word_problems(data: InteractionData) -> list[FieldProblem]:
    problems = []
    words = {
        "kind": (data.kind, 40),
        "channel": (data.channel, 24),
        "department": (data.department, 24),
        "outcome": (data.outcome, 40),
        "source": (data.source, 40),
    }
    for name, (value, limit) in words.items():
        required = name in {"kind", "source"}
        if (required and not value) or (value and (len(value) > limit or not _WORD.match(value))):
            message = _("Use a short word of lower-case letters, digits, dots, dashes and underscores.")
            problems.append(FieldProblem(field=name, code="invalid", message=message))
    if data.direction not in {"", "in", "out"}:
        message = _("The direction is “in”, “out” or empty.")
        problems.append(FieldProblem(field="direction", code="invalid", message=message))
    return problems


def _number_problems(data: InteractionData) -> list[FieldProblem]:
    problems = moment_problems(data.occurred_at)
    if data.duration_seconds is not None and not 0 <= data.duration_seconds <= MAX_DURATION_SECONDS:
        message = _("A duration lies between zero and seven days.")
        problems.append(FieldProblem(field="duration_seconds", code="out_of_range", message=message))
    if len(data.participants) > MAX_PARTICIPANTS:
        message = _("At most %(limit)s participants fit.") % {"limit": MAX_PARTICIPANTS}
        problems.append(FieldProblem(field="participants", code="too_many", message=message))
    if data.data and not _fits_as_json(data.data):
        message = _("The extra data must be JSON of at most 64 kB.")
        problems.append(FieldProblem(field="data", code="invalid", message=message))
    return problems


def _fits_as_json(value: Mapping[str, Any]) -> bool:
    try:
        packed = orjson.dumps(dict(value))
    except (TypeError, ValueError):
        return False
    return len(packed) <= MAX_DATA_BYTES and b"\\u0000" not in packed


def moment_problems(occurred_at: datetime | None) -> list[FieldProblem]:
    """Return what is wrong with the moment: without a zone, in the future, or before 1900."""
    if occurred_at is None:
        return []
    if timezone.is_naive(occurred_at):
        message = _("Give the time zone with the date and time.")
        return [FieldProblem(field="occurred_at", code="naive", message=message)]
    if occurred_at > timezone.now() + CLOCK_TOLERANCE:
        message = _("This is in the future. Plan a task for what is still to happen.")
        return [FieldProblem(field="occurred_at", code="in_future", message=message)]
    if occurred_at.year < _EARLIEST_YEAR:
        message = _("This date is too far in the past.")
        return [FieldProblem(field="occurred_at", code="too_early", message=message)]
    return []

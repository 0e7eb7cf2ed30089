"""Interactions as a timeline shows them: everything looked up before the template runs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.timeline.kinds import Kind, kind_of
from ponte.timeline.models import Interaction
from ponte.timeline.policies import interaction_fields, may_on
from ponte.timeline.selectors.interactions import Surroundings, surroundings_of
from ponte.timeline.selectors.timeline import PREVIEW_CHARS
from ponte.timeline.subjects import names_of
from ponte.timeline.words import CHANNELS, DEPARTMENTS, DIRECTIONS, OUTCOMES, label_of
from ponte.workplace.custom_fields.objects import Named

_LINK = re.compile(r"(<a\b.*?</a>)", re.DOTALL)


@dataclass(slots=True)
class Shown:
    """One entry of a timeline, ready for the template.

    ``is_cut``: there is more text than shown. Templates take ``text`` and ``data`` from here, never from ``row``:
    what the reader's role hides is left out.
    """

    row: Interaction
    kind: Kind
    local: datetime
    text: SafeString
    is_cut: bool
    data: Mapping[str, Any]
    around: Surroundings
    of_other: Party | None
    about: Named | None
    may_edit: bool
    may_delete: bool

    @property
    def notes(self) -> list[str | Promise]:
        """Channel, direction, department: the small print beside the author."""
        row = self.row
        words = [
            label_of(DIRECTIONS, row.direction) if row.direction else "",
            label_of(CHANNELS, row.channel) if row.channel and row.channel != self.kind.key else "",
            label_of(DEPARTMENTS, row.department) if row.department else "",
        ]
        return [word for word in words if word and word != self.kind.label]

    @property
    def outcome(self) -> str | Promise:
        """The outcome's label, empty without one."""
        return label_of(OUTCOMES, self.row.outcome) if self.row.outcome else ""

    @property
    def duration(self) -> str:
        """The duration in words, empty without one."""
        seconds = self.row.duration_seconds
        if not seconds:
            return ""
        hours, minutes = divmod(max(1, round(seconds / 60)), 60)
        parts = [ngettext("%(number)s h", "%(number)s h", hours) % {"number": hours}] if hours else []
        if minutes:
            parts.append(_("%(number)s min") % {"number": minutes})
        return " ".join(parts)

    @property
    def older_comments(self) -> int:
        """How many comments are not among the latest."""
        return self.around.comments_count - len(self.around.comments)


@dataclass(slots=True)
class Day:
    """The entries of one local day under its heading; ``is_continued`` when an earlier page began it."""

    day: date
    entries: list[Shown]
    is_continued: bool = False

    @property
    def heading(self) -> str:
        """Today, yesterday, or the date in full."""
        today = timezone.localdate()
        if self.day == today:
            return _("Today")
        if self.day == today - timedelta(days=1):
            return _("Yesterday")
        text = date_format(self.day, "DATE_FORMAT")
        return text.lower() if (get_language() or "").startswith("pt") else text


def show_all(
    member: Member, rows: Sequence[Interaction], *, party: Party | None = None, whole: bool = False
) -> list[Shown]:
    """Return the rows ready to show, with five queries for what hangs on them all, and one for the records they are about.

    ``party`` is the customer whose timeline it is: entries of others name them. ``whole``: no text is cut.
    """
    around = surroundings_of(member, rows)
    keys = {row.id: key for row in rows if (key := _about_key(row)) is not None}
    names = names_of(member, set(keys.values())) if keys else {}
    return [
        _shown(member, row, around[row.id], party, whole, names.get(keys[row.id]) if row.id in keys else None)
        for row in rows
    ]


def _about_key(row: Interaction) -> tuple[str, UUID] | None:
    """Return the record an entry of a task or meeting was about."""
    try:
        return (row.data["about_type"], UUID(row.data["about_id"])) if "about_id" in row.data else None
    except (AttributeError, KeyError, TypeError, ValueError):  # what others wrote into the entry's data
        return None


def _shown(
    member: Member,
    row: Interaction,
    around: Surroundings,
    party: Party | None,
    whole: bool,
    about: Named | None,
) -> Shown:
    access = interaction_fields(member)
    text, is_cut = _text_of(row, around, whole) if access.can_read("body") else (SafeString(), False)
    kind = kind_of(row.kind)
    return Shown(
        row=row,
        kind=kind,
        local=timezone.localtime(row.occurred_at),
        text=text,
        is_cut=is_cut,
        data=row.data if access.can_read("data") else {},
        around=around,
        of_other=row.party if party is not None and row.party_id != party.id else None,
        about=about,
        may_edit=kind.editable and may_on(member, "edit", row),
        may_delete=may_on(member, "delete", row),
    )


def _text_of(row: Interaction, around: Surroundings, whole: bool) -> tuple[SafeString, bool]:
    if whole and row.body_html:
        return mark_safe(row.body_html), False  # sanitised when it was written
    if whole:
        return rich_text(row.body, _names_in(around)), False
    if hasattr(row, "preview"):  # read as a preview: the text itself stayed in the database
        text, has_html = row.preview, row.has_html  # type: ignore[attr-defined]
    else:
        text, has_html = row.body[: PREVIEW_CHARS + 1], bool(row.body_html)
    cut = len(text) > PREVIEW_CHARS
    if cut:
        text = text[:PREVIEW_CHARS].rsplit(" ", 1)[0] + "…"
    return rich_text(text, _names_in(around)), cut or has_html


def _names_in(around: Surroundings) -> Iterable[str]:
    return {mention.member.name for mention in around.mentions}


def rich_text(text: str, mentioned: Iterable[str] = ()) -> SafeString:
    """Return plain text as HTML: escaped, links clickable, mentioned names marked."""
    shown = urlize(text, nofollow=True, autoescape=True)
    tokens = [re.escape(conditional_escape(f"@{name}")) for name in sorted(mentioned, key=len, reverse=True)]
    if not tokens:
        return mark_safe(shown)
    called = re.compile(rf"(?<!\w)(?:{'|'.join(tokens)})(?!\w)")
    parts = _LINK.split(shown)
    parts[::2] = [called.sub(r'<span class="mention">\g<0></span>', part) for part in parts[::2]]
    return mark_safe("".join(parts))  # escaped by urlize; only spans were added, around words outside links


def by_day(entries: Sequence[Shown], *, after: date | None = None) -> list[Day]:
    """Group entries, newest first, by local day; the first goes on when it is the day ``after``."""
    days: list[Day] = []
    for entry in entries:
        if not days or days[-1].day != entry.local.date():
            days.append(Day(entry.local.date(), []))
        days[-1].entries.append(entry)
    if days and days[0].day == after:
        days[0].is_continued = True
    return days

"""What undoing an import left as it was, for its report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.reversal import CHANGED, FOREIGN, GONE, IN_USE, KEPT, UNREADABLE
from ponte.workplace.importing.targets import targets
from ponte.workplace.models import ImportRun

REASONS: Mapping[str, str | Promise] = {
    CHANGED: _("Somebody changed it since."),
    IN_USE: _("It is in use: orders, interactions or tasks hang on it."),
    GONE: _("It is no longer there."),
    FOREIGN: _("You may not change this record."),
    UNREADABLE: _("What was there before can't be read any more."),
    KEPT: _("Refusals of consent and suppressed addresses stay."),
}
_WORDS: Mapping[str, str | Promise] = {
    "emails": _("E-mail"),
    "phones": _("Phone"),
    "addresses": _("Address"),
    "handles": _("Social profiles"),
}


@dataclass(frozen=True)
class LeftRecord:
    """A record undoing left wholly or partly alone. Without ``label`` the reader doesn't see it (any more)."""

    id: UUID
    label: str
    url: str | Promise
    reason: str
    fields: tuple[str, ...]


def left_records(run: ImportRun, member: Member | None, limit: int = 50) -> list[LeftRecord]:
    """Return the first records that undoing left alone, with why; what they are called only where ``member`` sees them."""
    found: dict[UUID, list[str]] = {}
    for left in run.chunks.exclude(left={}).order_by("id").values_list("left", flat=True).iterator():
        found |= {UUID(one): why for one, why in left.items()}
        if len(found) >= limit:
            break
    shown = dict(list(found.items())[:limit])
    named = named_records(run, member, shown)
    words = field_words(run, member)
    rows = []
    for record_id, (reason, *fields) in shown.items():
        label, url = named.get(record_id, ("", ""))
        told = tuple(dict.fromkeys(words.get(name, name) for name in fields))
        rows.append(LeftRecord(record_id, label, url, str(REASONS.get(reason, reason)), told))
    return rows


def named_records(
    run: ImportRun, member: Member | None, ids: Collection[UUID]
) -> dict[UUID, tuple[str, str | Promise]]:
    """Return label and page of records of an import's kind, those the member sees."""
    target = targets.get(run.target)
    if target is None or target.names is None:
        return {}
    return {one: (named.label, named.url) for one, named in target.names(member, list(ids)).items()}


def field_words(run: ImportRun, member: Member | None) -> dict[str, str]:
    """Return what fields in the changes of an import are called, by their names in the audit log."""
    target = targets.get(run.target)
    if target is None:
        return {}
    fields = extended(target, member).fields
    return {name: str(word) for name, word in _WORDS.items()} | {one.key: str(one.label) for one in fields}

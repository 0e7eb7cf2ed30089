"""Which entries of the audit log are about records the reader may not view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from ponte.core.models import AuditEntry, Member
from ponte.core.rights import ObjectRights, Scope, registered_objects, scope_of
from ponte.workplace.admin.history import HistorySource, history_source, rights_object_of, source_of

DENIAL = "access.denied"  # tells what was asked for, nothing of the record


def withheld_entries(
    entries: Sequence[AuditEntry], member: Member, *, record: UUID | None = None
) -> set[UUID]:
    """Return the ids of the entries whose records the member may not view.

    Args:
        entries: a page of the log.
        member: the reader.
        record: the visible record whose history is read, so that bulk acts on it count as visible.
    """
    objects = {known.name: known for known in registered_objects()}
    withheld: set[UUID] = set()
    asked: dict[str, list[tuple[UUID, UUID]]] = defaultdict(list)
    for entry in entries:
        known = objects.get(rights_object_of(entry.object_type))
        if known is None or entry.act == DENIAL or _sees_all(entry, member, known):
            continue
        source = source_of(entry.object_type)
        key = _key(entry, source)
        if scope_of(member, known.name, "view") is Scope.NONE:
            withheld.add(entry.id)
        elif record is not None and record in (entry.object_ids or ()):
            continue
        elif source is None or key is None:
            withheld.add(entry.id)
        else:
            asked[source.object].append((entry.id, key))
    return withheld | _unseen(asked, member)


def _sees_all(entry: AuditEntry, member: Member, known: ObjectRights) -> bool:
    """Whether no look at the record is needed: all of its kind are visible, and so is every customer or it has none."""
    if scope_of(member, known.name, "view") is not Scope.ALL:
        return False
    alone = entry.subject_id is None and not entry.object_ids
    return alone or not known.owned or scope_of(member, "customer", "view") is Scope.ALL


def _key(entry: AuditEntry, source: HistorySource | None) -> UUID | None:
    return entry.object_id if source and entry.object_type == source.object else entry.subject_id


def _unseen(asked: dict[str, list[tuple[UUID, UUID]]], member: Member) -> set[UUID]:
    """Return the entries whose key is not visible: one query a kind of record."""
    unseen: set[UUID] = set()
    for name, pairs in asked.items():
        source = history_source(name)
        seen = source.visible(member, {key for _entry, key in pairs}) if source else set()
        unseen |= {entry for entry, key in pairs if key not in seen}
    return unseen

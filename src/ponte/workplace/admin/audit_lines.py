"""Entries of the audit log as the pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from ponte.core.models import AuditEntry, Member, Role, Team, WebhookEndpoint
from ponte.core.rights import FieldAccess
from ponte.core.selectors.audit import ReadEntry, read_entries
from ponte.core.tenancy.models import ApiToken, Invitation
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.admin.audit_names import Names, named_in, names_of
from ponte.workplace.admin.audit_words import (
    KINDS,
    actor_of,
    field_of,
    icon_of,
    thing_of,
    value_of,
    verb_of,
)
from ponte.workplace.admin.history import is_hidden, rights_object_of
from ponte.workplace.admin.withholding import withheld_entries
from ponte.workplace.search import SearchHit
from ponte.workplace.search.sources import search_sources

SHOWN_CHANGES = 5


@dataclass(frozen=True)
class Change:
    """One field before and after; ``known`` is False for facts that have no before."""

    label: str
    before: str
    after: str
    known: bool


@dataclass(frozen=True)
class Target:
    """The record an entry is about, as far as the reader may know it."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """An entry in words. ``changes`` are shown, ``further`` on demand; ``withheld``: the reader may not view the record."""

    read: ReadEntry
    verb: str
    thing: str
    by: str
    target: Target | None
    changes: list[Change]
    further: list[Change]
    bulk: int
    icon: str
    withheld: bool = False

    @property
    def who(self) -> str:
        """Who acted; what acts without being a member is called in the reader's language."""
        entry = self.read.entry
        return actor_of(entry.actor_label) if entry.actor_kind == "system" else entry.actor_label

    @property
    def all_changes(self) -> list[Change]:
        return [*self.changes, *self.further]


def lines_of(
    entries: Sequence[AuditEntry], member: Member, access: Callable[[str], FieldAccess], *, named: bool = True
) -> list[Line]:
    """Return a page of entries in words, without the fields ``access`` hides and names the member may not see.

    Entries about records the member may not view tell only who did what kind of thing and when.
    """
    targets = _targets(entries, member) if named else {}
    withheld = withheld_entries(entries, member)
    found = read_entries(entries)
    names = named_in(found, member) if named else {}
    return [_line(read, access, targets, read.entry.id in withheld, names) for read in found]


def history_lines(
    entries: Sequence[AuditEntry], member: Member, access: Callable[[str], FieldAccess], *, record: UUID
) -> list[Line]:
    """Return a page of the record's history in words, without what the member may not view."""
    withheld = withheld_entries(entries, member, record=record)
    shown = read_entries([entry for entry in entries if entry.id not in withheld])
    names = named_in(shown, member)
    return [_line(read, access, {}, False, names) for read in shown]


def _line(
    read: ReadEntry,
    access: Callable[[str], FieldAccess],
    targets: dict[UUID, Target],
    withheld: bool,
    names: Names,
) -> Line:
    entry = read.entry
    rights_object = rights_object_of(entry.object_type)
    hidden = access(rights_object).hidden
    changes = [
        _change(entry.object_type, rights_object, name, names_of(value, names))
        for name, value in read.changes.items()
        if not withheld and not is_hidden(entry.object_type, name, hidden)
    ]
    cut = SHOWN_CHANGES if len(changes) > SHOWN_CHANGES + 1 else len(changes)
    return Line(
        read=read,
        verb=verb_of(entry.act),
        thing=thing_of(entry.object_type),
        by=str(KINDS.get(entry.actor_kind, "")),
        target=targets.get(entry.object_id or entry.id) or targets.get(entry.subject_id or entry.id),
        changes=changes[:cut],
        further=changes[cut:],
        bulk=len(entry.object_ids or ()),
        icon=icon_of(entry.act),
        withheld=withheld,
    )


def _change(object_type: str, rights_object: str, name: str, value: object) -> Change:
    label = field_of(object_type, rights_object, name)
    if isinstance(value, list) and len(value) == 2:
        before, after = (value_of(object_type, name, item) for item in value)
        return Change(label, before, after, known=True)
    return Change(label, "", value_of(object_type, name, value), known=False)


def _targets(entries: Sequence[AuditEntry], member: Member) -> dict[UUID, Target]:
    """Return names of the records of a page: one query a kind of record, customers as far as they are visible."""
    ids: dict[str, set[UUID]] = defaultdict(set)
    for entry in entries:
        if entry.object_id:
            ids[entry.object_type].add(entry.object_id)
        if entry.subject_id:
            ids["customer"].add(entry.subject_id)
    found: dict[UUID, Target] = {}
    for model, field in ((Role, "name"), (Team, "name"), (Member, "name"), (WebhookEndpoint, "name")):
        wanted = ids.get(str(model._meta.model_name), set())
        if wanted:
            names = model._default_manager.filter(pk__in=wanted).values_list("pk", field)
            found |= {key: Target(name) for key, name in names}
    found |= _shared_targets(ids)
    return found | {hit.id: Target(hit.title, hit.url) for hit in _hits(ids, member)}


def _shared_targets(ids: dict[str, set[UUID]]) -> dict[UUID, Target]:
    workspace = current_workspace()
    found: dict[UUID, Target] = {}
    if ids.get("apitoken"):
        tokens = ApiToken.objects.filter(workspace=workspace, id__in=ids["apitoken"])
        found |= {key: Target(name) for key, name in tokens.values_list("id", "name")}
    if ids.get("invitation"):
        invitations = Invitation.objects.filter(workspace=workspace, id__in=ids["invitation"])
        found |= {key: Target(email) for key, email in invitations.values_list("id", "email")}
    return found


def _hits(ids: dict[str, set[UUID]], member: Member) -> list[SearchHit]:
    hits: list[SearchHit] = []
    for source in search_sources:
        wanted = {
            key for name, keys in ids.items() if rights_object_of(name) == source.object for key in keys
        }
        if wanted and source.fetch is not None and source.visible(member):
            hits += source.fetch(member, sorted(wanted))
    return hits

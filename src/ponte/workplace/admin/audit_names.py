"""Who and what the ids among an entry's values are: a log says "Beatriz Lima", not the id of her."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, Model

from ponte.core.models import Member, Role, Team
from ponte.core.rights import registered_objects
from ponte.core.selectors.audit import ReadEntry
from ponte.workplace.admin.audit_words import stored_field
from ponte.workplace.admin.history import rights_object_of
from ponte.workplace.search.sources import search_sources

Names = Mapping[str, str]
ID_LENGTH = 36
ABOUT, ABOUT_KIND = "about_id", "about_type"


def named_in(entries: Sequence[ReadEntry], member: Member) -> dict[str, str]:
    """Return the names of records whose ids stand among the values, by id; one query a kind of record.

    Records with rights of their own are named only where the member may see them; an id nobody can name stays one.
    """
    ids: dict[str, set[UUID]] = defaultdict(set)
    models: dict[str, type[Model]] = {}
    for read in entries:
        for name, value in read.changes.items():
            found = set(_ids_in(value))
            if not found:
                continue
            model = _model_of(read.entry.object_type, name)
            kind = model._meta.model_name if model else _kind_beside(read.changes, name)
            ids[str(kind)] |= found
            if model is not None:
                models[str(kind)] = model
    return _plain_names(ids, models) | _visible_names(ids, member)


def names_of(value: Any, names: Names) -> Any:
    """Return a value of the log with names in place of the ids that have one."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [names_of(one, names) for one in value]
    return value


def _ids_in(value: Any) -> Iterator[UUID]:
    if isinstance(value, list):
        for one in value:
            yield from _ids_in(one)
    elif isinstance(value, str) and len(value) == ID_LENGTH and value.count("-") == 4:
        try:
            yield UUID(value)
        except ValueError:
            return


def _model_of(object_type: str, name: str) -> type[Model] | None:
    field = stored_field(object_type, name)
    related = field.related_model if isinstance(field, ForeignKey) else None
    return related if isinstance(related, type) else None


def _kind_beside(changes: Mapping[str, Any], name: str) -> str:
    """Return what a value about anything is about, as the entry says beside it; else a team or role by its name, or members."""
    plain = name if name in ("team", "role") else "member"
    kind = changes.get(ABOUT_KIND) if name == ABOUT else plain
    return str(kind[-1] if isinstance(kind, list) and kind else kind or "")


def _plain_names(ids: Mapping[str, set[UUID]], models: Mapping[str, type[Model]]) -> dict[str, str]:
    """Members, teams, roles, and what has a name and no rights of its own: a stage, a reason, a price list."""
    guarded = {known.name for known in registered_objects()}
    named: dict[str, type[Model]] = {"member": Member, "team": Team, "role": Role}
    for kind, model in models.items():
        if rights_object_of(kind) not in guarded and any(one.name == "name" for one in model._meta.fields):
            named.setdefault(kind, model)
    found: dict[str, str] = {}
    for kind, model in named.items():
        if ids.get(kind):
            rows = model._default_manager.filter(pk__in=ids[kind]).values_list("pk", "name")
            found |= {str(key): str(name) for key, name in rows}
    return found


def _visible_names(ids: Mapping[str, set[UUID]], member: Member) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in search_sources:
        wanted = {
            key for kind, keys in ids.items() if rights_object_of(kind) == source.object for key in keys
        }
        if wanted and source.fetch is not None and source.visible(member):
            found |= {str(hit.id): str(hit.title) for hit in source.fetch(member, sorted(wanted))}
    return found

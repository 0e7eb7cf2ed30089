"""Which rows of a chunk are about the same customer, and which customers are known already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from ponte.directory.models import IdentityKind
from ponte.directory.selectors.identities import Holder, rivals
from ponte.directory.selectors.normal import IdentityKey
from ponte.directory.services.creation import Draft

_PHONE = IdentityKind.PHONE.value
DEFAULT_MATCH = ("external", "cpf", "cnpj", "email", "whatsapp", "phone")


def matching_keys(draft: Draft, match: Sequence[str]) -> list[IdentityKey]:
    """Return the keys by which a row may be a known customer, the surest first."""
    return _sorter(tuple(match))(draft.keys)


@lru_cache(maxsize=32)
def _sorter(match: tuple[str, ...]) -> Callable[[list[IdentityKey]], list[IdentityKey]]:
    places = {kind: place for place, kind in enumerate(match)}

    def place(key: IdentityKey) -> int:
        return places[key[0]]

    return lambda keys: sorted([key for key in keys if key[0] in places], key=place)


def group_rows(drafts: Mapping[int, Draft], *, match: Sequence[str]) -> list[tuple[Draft, list[int]]]:
    """Return one draft per customer with the rows it came from; later rows complete and correct earlier ones."""
    groups: list[tuple[Draft, list[int]]] = []
    by_key: dict[tuple[IdentityKey, str], int] = {}
    for index in sorted(drafts):
        draft = drafts[index]
        name = draft.sorting or "~"
        keys = [(key, name if key[0] == _PHONE else "") for key in matching_keys(draft, match)]
        if by_key.keys().isdisjoint(keys):
            position = None
        else:
            position = next(by_key[key] for key in keys if key in by_key)
        if position is None:
            position = len(groups)
            groups.append((draft, [index]))
        else:
            merge(groups[position][0], draft)
            groups[position][1].append(index)
        for key in keys:
            by_key.setdefault(key, position)
    return groups


def match_groups(
    drafts: Sequence[Draft], held_by: Mapping[IdentityKey, Holder], *, kind: str, match: Sequence[str]
) -> dict[int, UUID]:
    """Return position → known customer outside the bin, of the same kind.

    Args:
        held_by: who holds the drafts' keys (``selectors.identities.held_by``).
    """
    held = {
        _with_name(key, holder.sort_name): holder.party_id
        for key, holder in held_by.items()
        if holder.kind == kind and not holder.in_bin
    }
    if not held or not match:
        return {}
    found = {}
    touched = {form for key in held_by for form in rivals(key)}
    for position, draft in enumerate(drafts):
        if touched.isdisjoint(draft.keys):
            continue
        name = draft.sorting or "~"
        forms = (_with_name(form, name) for key in matching_keys(draft, match) for form in rivals(key))
        known = next((held[form] for form in forms if form in held), None)
        if known is not None:
            found[position] = known
    return found


def merge(draft: Draft, later: Draft) -> None:
    """Complete ``draft`` with what a later row about the same customer gives."""
    draft.forget_keys()
    draft.party |= {name: value for name, value in later.party.items() if value not in ("", None)}
    draft.own |= {name: value for name, value in later.own.items() if value not in ("", None)}
    draft.custom.given = {**draft.custom.given, **later.custom.given}
    draft.external = list(dict.fromkeys([*draft.external, *later.external]))
    draft.tags = list(dict.fromkeys([*draft.tags, *later.tags]))
    for name, items in later.lists.items():
        draft.lists[name] = merge_items(name, draft.lists[name], items)


def merge_items(name: str, items: Sequence[object], later: Sequence[object]) -> list[object]:
    """Return ``items`` with those of ``later`` that are new; the primary stays."""
    from dataclasses import replace

    from ponte.directory.services.contacts import LISTS

    key = next(contacts.key for contacts in LISTS if contacts.name == name)
    known = {key(item) for item in items}
    merged = list(items)
    for item in later:
        if key(item) not in known:
            known.add(key(item))
            demoted = bool(items) and getattr(item, "is_primary", False)
            merged.append(replace(item, is_primary=False) if demoted else item)  # type: ignore[type-var]
    return merged


def _with_name(key: IdentityKey, name: str) -> tuple[IdentityKey, str]:
    """A number alone is shared by families: it counts with the name only."""
    return key, name if key[0] == _PHONE else ""

"""From a mark of identity to the customer, in one indexed look-up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from ponte.core.arrays import array_text
from ponte.directory.models import ClaimStatus, Identity, IdentityClaim
from ponte.directory.selectors.normal import SAME_NUMBER, IdentityKey, canonical

_OTHER_NUMBER = dict(zip(SAME_NUMBER, reversed(SAME_NUMBER), strict=True))


class Holder(NamedTuple):
    """The customer who holds a mark."""

    party_id: UUID
    kind: str
    sort_name: str
    in_bin: bool


def resolve(kind: str, value: str) -> UUID | None:
    """Return the id of the customer recognised by ``value``, None when nobody outside the bin is.

    Args:
        kind: "email", "phone", "whatsapp", "cpf", "cnpj", "external", "social", "cookie" or "device".
        value: as people or systems write it; external ids as ``source:id``.
    """
    key = canonical(kind, value)
    return resolve_keys([key]).get(key) if key else None


def resolve_many(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Return the customers of many (kind, value) pairs, as given; unknown ones are missing. One query."""
    keys = {pair: canonical(*pair) for pair in pairs}
    found = resolve_keys(key for key in keys.values() if key)
    return {pair: found[key] for pair, key in keys.items() if key in found}


def resolve_keys(keys: Iterable[IdentityKey]) -> dict[IdentityKey, UUID]:
    """Return the customers outside the bin that hold canonical ``keys``. One query.

    A number is looked for as a phone and as a WhatsApp account; the kind asked for goes first.
    """
    wanted = list(keys)
    held = {
        (kind, value): party_id
        for kind, value, party_id in holders(wanted)
        .filter(party__deleted_at=None)
        .values_list("kind", "value", "party_id")
    }
    found = {}
    for key in wanted:
        for rival in rivals(key):
            if rival in held:
                found[key] = held[rival]
                break
    return found


def rivals(key: IdentityKey) -> list[IdentityKey]:
    """Return the keys that stand for the same mark as ``key``, itself first."""
    other = _OTHER_NUMBER.get(key[0])
    return [key, (other, key[1])] if other else [key]


def holders(keys: Iterable[IdentityKey]) -> QuerySet[Identity]:
    """Return the rows that hold ``keys`` or the same numbers, bin included."""
    forms = set(keys)
    forms.update([(_OTHER_NUMBER[kind], value) for kind, value in forms if kind in _OTHER_NUMBER])
    wanted = sorted(forms)
    if not wanted:
        return Identity.objects.none()
    # one array for each column: ten thousand parameters would cost more than the look-ups
    kinds, values = (array_text(form[part] for form in wanted) for part in (0, 1))
    return Identity.objects.extra(
        where=[
            "(directory_identity.kind, directory_identity.value) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"
        ],
        params=[kinds, values],
    )


def held_by(keys: Iterable[IdentityKey]) -> dict[IdentityKey, Holder]:
    """Return who holds ``keys`` or the same numbers, bin included. One query."""
    rows = holders(keys).values_list(
        "kind", "value", "party_id", "party__kind", "party__sort_name", "party__deleted_at"
    )
    return {
        (kind, value): Holder(party_id, of, name, gone is not None)
        for kind, value, party_id, of, name, gone in rows
    }


def open_claims() -> QuerySet[IdentityClaim]:
    """Return the disputes that wait for somebody to decide, oldest first."""
    return (
        IdentityClaim.objects.filter(
            status=ClaimStatus.OPEN, holder__deleted_at=None, claimant__deleted_at=None
        )
        .select_related("holder", "claimant")
        .order_by("id")
    )

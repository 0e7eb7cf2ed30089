"""From a mark of identity to the customer, in one indexed look-up."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from ponte.directory.models import ClaimStatus, Identity, IdentityClaim
from ponte.directory.selectors.normal import SAME_NUMBER, IdentityKey, canonical


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
    kind, value = key
    if kind in SAME_NUMBER:
        return [key, *((other, value) for other in SAME_NUMBER if other != kind)]
    return [key]


def holders(keys: Iterable[IdentityKey]) -> QuerySet[Identity]:
    """Return the rows that hold ``keys`` or the same numbers, bin included."""
    by_kind: dict[str, set[str]] = {}
    for key in keys:
        for kind, value in rivals(key):
            by_kind.setdefault(kind, set()).add(value)
    condition = Q()
    for kind, values in by_kind.items():
        condition |= Q(kind=kind, value__in=sorted(values))
    return Identity.objects.filter(condition) if by_kind else Identity.objects.none()


def open_claims() -> QuerySet[IdentityClaim]:
    """Return the disputes that wait for somebody to decide, oldest first."""
    return (
        IdentityClaim.objects.filter(
            status=ClaimStatus.OPEN, holder__deleted_at=None, claimant__deleted_at=None
        )
        .select_related("holder", "claimant")
        .order_by("id")
    )

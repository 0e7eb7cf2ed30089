"""Who is recognised by what: claiming, releasing and deciding disputes. Nothing is ever silently stolen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.arrays import array_text
from ponte.core.errors import Invalid, Missing
from ponte.core.ids import uuid7_text
from ponte.core.services.audit import record
from ponte.core.services.events import publish
from ponte.core.setbased import insert_rows
from ponte.directory.models import ClaimStatus, Identity, IdentityClaim, Party
from ponte.directory.selectors.identities import Holder, held_by, holders, rivals
from ponte.directory.selectors.normal import SAME_NUMBER, IdentityKey, canonical
from ponte.directory.services.parties import note_edit
from ponte.events.directory import IdentityDisputed

_MANY = 200  # marks from which on COPY is worth a savepoint


def claim(*, actor: Actor, party_id: UUID, kind: str, value: str, source: str = "") -> IdentityClaim | None:
    """Let a customer be recognised by ``value``.

    Returns the open dispute when another customer outside the bin holds it already, else None.

    Raises:
        Invalid: ``value`` is no such thing.
        Missing: no such customer.
    """
    key = canonical(kind, value)
    if key is None:
        raise Invalid.on("value", "invalid", _("This is not a valid value for this kind of identity."))
    party = Party.objects.filter(id=party_id, deleted_at=None).first()
    if party is None:
        raise Missing("customer")
    claims = claim_keys(actor=actor, wanted={party_id: [key]}, source=source)
    if not claims:
        note_edit(actor=actor, party=party, changes={kind: (None, key[1])}, act="identity.claimed")
    return claims[0] if claims else None


def claim_keys(
    *,
    actor: Actor,
    wanted: Mapping[UUID, Iterable[IdentityKey]],
    source: str = "",
    known: Mapping[IdentityKey, Holder] | None = None,
) -> list[IdentityClaim]:
    """Give canonical keys to their customers where they are free; return the disputes over the rest.

    A customer in the bin loses the mark to a living one and claims it again when restored. The number of
    statements is the same for one customer and for a thousand. ``known`` is what ``held_by`` said of all these keys in this
    transaction; without it that is asked.
    """
    pairs = [(key, party_id) for party_id, keys in wanted.items() for key in dict.fromkeys(keys)]
    if not pairs:
        return []
    found = held_by(key for key, _party in pairs) if known is None else known
    held = {key: (holder.party_id, holder.in_bin) for key, holder in found.items()}
    free: list[tuple[IdentityKey, UUID]] = []
    from_bin, disputed = [], []
    for key, party_id in pairs:
        rival = held.get(key)
        if rival is None and key[0] in SAME_NUMBER:
            rival = next((held[form] for form in rivals(key) if form in held), None)
        if rival is None or (rival[0] == party_id and key not in held):
            held[key] = (party_id, False)
            free.append((key, party_id))
        elif rival[0] != party_id and rival[1]:
            held[key] = (party_id, False)
            from_bin.append((key, party_id))
        elif rival[0] != party_id:
            disputed.append((key, rival[0], party_id))
    _take_from_bin(from_bin, source)
    if free and _insert(free, source) < len(free):
        disputed += _lost_races(free)
    return _dispute(actor, disputed, source)


def _insert(pairs: Sequence[tuple[IdentityKey, UUID]], source: str) -> int:
    """Insert what is free still; returns how many that was. One statement, or two where somebody was quicker."""
    if len(pairs) >= _MANY and _copy(pairs, source):
        return len(pairs)
    columns = (
        [uuid7_text() for _pair in pairs],
        [key[0] for key, _party in pairs],
        [key[1] for key, _party in pairs],
        [party_id.hex for _key, party_id in pairs],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO directory_identity (id, kind, value, party_id, source, created_at, updated_at)"
            " SELECT given.id, given.kind, given.value, given.party, %s, now, now"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[]) AS given (id, kind, value, party),"
            " statement_timestamp() AS now ON CONFLICT DO NOTHING",
            [source, *map(array_text, columns)],
        )
        return int(cursor.rowcount)


def _copy(pairs: Sequence[tuple[IdentityKey, UUID]], source: str) -> bool:
    """Insert all of them with COPY, which looks for no conflicts first; returns False, nothing written, where one is taken by now."""
    rows = ((uuid7_text(), key[0], key[1], party_id) for key, party_id in pairs)
    try:
        with transaction.atomic():
            insert_rows(Identity, ("id", "kind", "value", "party_id"), rows, {"source": source})
    except IntegrityError:
        return False
    return True


def _take_from_bin(pairs: list[tuple[IdentityKey, UUID]], source: str) -> None:
    """Move marks from customers in the bin; each keeps an open claim for the day it is restored."""
    if not pairs:
        return
    takers = {form: party_id for key, party_id in pairs for form in rivals(key)}
    lost = list(holders(key for key, _party in pairs).filter(party__deleted_at__isnull=False))
    IdentityClaim.objects.bulk_create(
        [
            IdentityClaim(
                kind=i.kind,
                value=i.value,
                holder_id=takers[i.kind, i.value],
                claimant_id=i.party_id,
                source=i.source,
            )
            for i in lost
        ],
        ignore_conflicts=True,
    )
    Identity.objects.filter(id__in=[identity.id for identity in lost]).delete()
    Identity.objects.bulk_create(
        [Identity(kind=k, value=v, party_id=party_id, source=source) for (k, v), party_id in pairs],
        ignore_conflicts=True,
    )


def _lost_races(pairs: list[tuple[IdentityKey, UUID]]) -> list[tuple[IdentityKey, UUID, UUID]]:
    """What another transaction took between our look and our write."""
    now = held_by(key for key, _party in pairs)
    return [
        (key, now[key].party_id, party_id)
        for key, party_id in pairs
        if key in now and now[key].party_id != party_id
    ]


def _dispute(
    actor: Actor, disputed: list[tuple[IdentityKey, UUID, UUID]], source: str
) -> list[IdentityClaim]:
    claims = [
        IdentityClaim(kind=kind, value=value, holder_id=holder, claimant_id=claimant, source=source)
        for (kind, value), holder, claimant in disputed
    ]
    if not claims:
        return []
    known = {
        (c.kind, c.value, c.claimant_id): c
        for c in IdentityClaim.objects.filter(
            status=ClaimStatus.OPEN, claimant_id__in={c.claimant_id for c in claims}
        )
    }
    fresh = [c for c in claims if (c.kind, c.value, c.claimant_id) not in known]
    IdentityClaim.objects.bulk_create(fresh, ignore_conflicts=True)
    if len(fresh) == 1:  # a bulk act tells of its disputes in its own event
        publish(_disputed(fresh[0]), actor=actor)
    return [known.get((c.kind, c.value, c.claimant_id), c) for c in claims]


def _disputed(claim: IdentityClaim) -> IdentityDisputed:
    return IdentityDisputed(
        claim_id=str(claim.id),
        identity_kind=claim.kind,
        holder_id=str(claim.holder_id),
        claimant_id=str(claim.claimant_id),
    )


def reclaim(*, actor: Actor, party_ids: Sequence[UUID]) -> list[IdentityClaim]:
    """Let customers back from the bin claim again what they lost while there; returns what is disputed."""
    waiting = IdentityClaim.objects.filter(claimant_id__in=party_ids, status=ClaimStatus.OPEN)
    wanted: dict[UUID, list[IdentityKey]] = {}
    for lost in waiting:
        wanted.setdefault(lost.claimant_id, []).append((lost.kind, lost.value))
    waiting.delete()
    return claim_keys(actor=actor, wanted=wanted)


def release(*, actor: Actor, party_id: UUID, kind: str, value: str) -> bool:
    """Let a customer no longer be recognised by ``value``; the oldest open claimant takes it over.

    Returns whether the customer held it.
    """
    key = canonical(kind, value)
    return bool(key and release_keys(actor=actor, party_id=party_id, keys=[key]))


def release_keys(*, actor: Actor, party_id: UUID, keys: Iterable[IdentityKey]) -> int:
    """Take canonical keys from a customer (claims of theirs too); returns how many were held."""
    released = list(keys)
    if not released:
        return 0
    condition = Q()
    for kind, value in released:
        condition |= Q(kind=kind, value=value)
    count, _by_model = Identity.objects.filter(condition, party_id=party_id).delete()
    IdentityClaim.objects.filter(condition, claimant_id=party_id, status=ClaimStatus.OPEN).delete()
    successors = IdentityClaim.objects.filter(
        condition, holder_id=party_id, status=ClaimStatus.OPEN, claimant__deleted_at=None
    ).order_by("id")
    for successor in successors:
        _grant(actor, successor)
    return count


def decide_claim(*, actor: Actor, claim_id: UUID, move: bool) -> IdentityClaim:
    """Settle a dispute: ``move`` gives the identity to the claimant, otherwise it stays where it is.

    Raises:
        Missing: the dispute is settled already or never was.
    """
    claim = (
        IdentityClaim.objects.select_for_update(of=("self",))
        .select_related("claimant", "holder")
        .filter(id=claim_id, status=ClaimStatus.OPEN)
        .first()
    )
    if claim is None:
        raise Missing("claim")
    if move:
        for kind, value in rivals((claim.kind, claim.value)):
            Identity.objects.filter(kind=kind, value=value, party_id=claim.holder_id).delete()
        _grant(actor, claim)
    else:
        _settle(actor, claim, ClaimStatus.KEPT)
    return claim


def _grant(actor: Actor, claim: IdentityClaim) -> None:
    granted = Identity(kind=claim.kind, value=claim.value, party_id=claim.claimant_id, source=claim.source)
    if Identity.objects.filter(kind=claim.kind, value=claim.value).exists():
        return
    granted.save()
    still_open = IdentityClaim.objects.filter(kind=claim.kind, value=claim.value, status=ClaimStatus.OPEN)
    still_open.exclude(claimant_id=claim.claimant_id).update(holder_id=claim.claimant_id)
    _settle(actor, claim, ClaimStatus.MOVED)


def _settle(actor: Actor, claim: IdentityClaim, status: ClaimStatus) -> None:
    claim.status = status
    claim.resolved_at = timezone.now()
    claim.resolved_by = actor.member
    claim.save()
    record(
        actor=actor,
        act=f"identity.{status}",
        target=claim,
        object_type="customer",
        changes={claim.kind: (str(claim.holder_id), str(claim.claimant_id))},
    )

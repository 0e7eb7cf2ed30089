"""How the directory's own rows follow a merge: contacts, identities, roles, relations, tags, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ponte.core.models import Attachment
from ponte.directory.models import (
    Affiliation,
    ClaimStatus,
    Company,
    DuplicatePair,
    Identity,
    IdentityClaim,
    Party,
    PartyAddress,
    PartyEmail,
    PartyPhone,
    PartyTag,
    Relation,
    SocialHandle,
    StageChange,
    Validity,
)
from ponte.directory.services.contacts import ADDRESS_COLUMNS, copy_primary
from ponte.directory.services.merge_journal import Journal
from ponte.workplace.models import Favourite, RecentRecord

LISTS: tuple[tuple[str, str, Any], ...] = (
    ("email", "emails", PartyEmail),
    ("phone", "phones", PartyPhone),
    ("address", "addresses", PartyAddress),
)
SAME_ADDRESS = tuple(name for name in ADDRESS_COLUMNS if name not in ("kind", "is_primary", "reference"))


def move_directory(journal: Journal) -> None:
    """Move what the directory keeps about the loser; what the survivor has already stays with the tombstone."""
    if not journal.is_late:
        _agree(journal, PartyEmail, "address")
        _agree(journal, PartyPhone, "number")
        _settle_claims(journal)
        _carry_differences(journal)
    journal.move(PartyEmail, "party", unique=["address"], flag="is_primary")
    journal.move(PartyPhone, "party", unique=["number"], flag="is_primary")
    journal.move(PartyAddress, "party", unique=SAME_ADDRESS, flag="is_primary")
    journal.move(SocialHandle, "party", unique=["network", "handle"])
    journal.move(PartyTag, "party", unique=["tag"])
    journal.move(Identity, "party")
    claims = {"status": ClaimStatus.OPEN.value}
    journal.move(IdentityClaim, "holder", apart_from="claimant", where=claims)
    journal.move(
        IdentityClaim, "claimant", apart_from="holder", unique=["kind", "value", "status"], where=claims
    )
    _move_links(journal)
    journal.move(StageChange, "party")
    _move_around(journal)


def _move_links(journal: Journal) -> None:
    if journal.kind == "person":
        journal.move(
            Affiliation, "person", unique=["company", "role"], only_open="ended_on", flag="is_primary"
        )
    else:
        journal.move(Affiliation, "company", unique=["person", "role"], only_open="ended_on")
        journal.move(Company, "parent", apart_from="party")
    journal.move(Relation, "origin", unique=["target", "kind"], apart_from="target")
    journal.move(Relation, "target", unique=["origin", "kind"], apart_from="origin")


def _move_around(journal: Journal) -> None:
    """Move what lower layers keep of customers without knowing them: files, stars, what was last seen."""
    journal.move(Attachment, "party_id")
    journal.move(Attachment, "object_id", where={"object_type": "customer"})
    for model in (Favourite, RecentRecord):
        journal.move(model, "object_id", unique=["member", "object"], where={"object": "customer"})


def _agree(journal: Journal, model: Any, name: str) -> None:
    """Where both have an address, keep the stricter of what is known of it: an opt-out is never lost."""
    theirs = {getattr(row, name): row for row in model.objects.filter(party_id=journal.loser_id)}
    for row in model.objects.filter(party_id=journal.survivor_id, **{f"{name}__in": list(theirs)}):
        other = theirs[getattr(row, name)]
        moments = [moment for moment in (row.opted_out_at, other.opted_out_at) if moment]
        values: dict[str, Any] = {"opted_out_at": min(moments, default=None)}
        if row.validity == Validity.UNKNOWN:
            values["validity"] = other.validity
        if model is PartyPhone and row.has_whatsapp is None:
            values["has_whatsapp"] = other.has_whatsapp
        journal.change(row, values)


def _settle_claims(journal: Journal) -> None:
    """Close the disputes between the two: there is one customer now."""
    pair = (journal.survivor_id, journal.loser_id)
    claims = IdentityClaim.objects.filter(holder_id__in=pair, claimant_id__in=pair, status=ClaimStatus.OPEN)
    for claim in claims.order_by("id"):
        values = {"status": ClaimStatus.MERGED.value, "resolved_at": timezone.now()}
        journal.change(claim, {**values, "resolved_by_id": journal.merge.merged_by_id})


def _carry_differences(journal: Journal) -> None:
    """Whom somebody told from the loser is told from the survivor too."""
    of = (Q(first_id=journal.loser_id) | Q(second_id=journal.loser_id)) & Q(
        state=DuplicatePair.State.DIFFERENT
    )
    fresh = []
    for pair in DuplicatePair.objects.filter(of):
        other = pair.second_id if pair.first_id == journal.loser_id else pair.first_id
        if other == journal.survivor_id:
            continue
        first, second = sorted((other, journal.survivor_id))
        known = DuplicatePair.objects.filter(first_id=first, second_id=second)
        if known.exists():
            for row in known:
                journal.change(row, {"state": DuplicatePair.State.DIFFERENT.value})
            continue
        fresh.append(
            DuplicatePair(first_id=first, second_id=second, kind=pair.kind, score=pair.score, reasons=pair.reasons, state=pair.state,
                          decided_by_id=pair.decided_by_id, decided_at=pair.decided_at, checked_at=pair.checked_at)
        )  # fmt: skip
    journal.create(fresh)


def choose_primaries(parties: Sequence[Party], choices: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row that is to be primary in each list: the chosen customer's, else that of the first who has one.

    Call it before anything moves.
    """
    order = {party.id: position for position, party in enumerate(parties)}
    found = {}
    for name, _list, model in LISTS:
        rows = list(model.objects.filter(party_id__in=order, is_primary=True))
        rows.sort(key=lambda row: (row.party_id != choices.get(name), order[row.party_id]))
        if rows:
            found[name] = rows[0]
    roles = list(Affiliation.objects.filter(person_id__in=order, is_primary=True, ended_on=None))
    if roles:
        found["role"] = min(roles, key=lambda row: order[row.person_id])
    return found


def settle_primaries(journal: Journal, survivor: Party, primaries: Mapping[str, Any]) -> None:
    """Mark the chosen rows primary, now that they are the survivor's, and copy them to its own columns."""
    for name, list_name, model in LISTS:
        if name in primaries:
            rows = list(model.objects.filter(party_id=survivor.id).order_by("id"))
            keys = {"email": ("address",), "phone": ("number",), "address": SAME_ADDRESS}[name]
            chosen = _mark(journal, rows, primaries[name], keys)
            copy_primary(survivor, list_name, [chosen])
    if "role" in primaries:
        roles = list(Affiliation.objects.filter(person_id=survivor.id, ended_on=None).order_by("id"))
        _mark(journal, roles, primaries["role"], ("company_id", "role"))


def _mark(journal: Journal, rows: Sequence[Any], wanted: Any, keys: Sequence[str]) -> Any:
    """Mark ``wanted`` or, when it stayed with a tombstone, the survivor's row that says the same."""
    chosen = next((row for row in rows if row.pk == wanted.pk), None) or next(
        row for row in rows if all(getattr(row, key) == getattr(wanted, key) for key in keys)
    )
    for row in rows:  # off before on: only one may be marked at any moment
        if row.is_primary and row.pk != chosen.pk:
            journal.change(row, {"is_primary": False})
    journal.change(chosen, {"is_primary": True})
    return chosen


def restore_copies(party: Party) -> None:
    """Copy the primary e-mail, phone and place to the customer's own columns again, as after an undoing."""
    for _name, list_name, model in LISTS:
        rows = list(model.objects.filter(party_id=party.id, is_primary=True))
        copy_primary(party, list_name, rows)

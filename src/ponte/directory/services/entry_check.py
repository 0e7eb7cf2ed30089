"""Before somebody is added: who may be the same customer already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ponte.core.models import Member
from ponte.directory.data import PartyData
from ponte.directory.matching.profiles import Profile
from ponte.directory.matching.scoring import Verdict
from ponte.directory.models import Party
from ponte.directory.policies import customer_fields, visible_parties
from ponte.directory.selectors.identities import resolve_keys
from ponte.directory.selectors.match_profiles import make_profile
from ponte.directory.selectors.search import IDENTITY_FIELDS
from ponte.directory.services.cleaning import Cleaner
from ponte.directory.services.creation import Draft, draft_from
from ponte.directory.services.duplicate_pairs import similar_to

CERTAINLY = Verdict(1.0, ())


@dataclass(frozen=True)
class EntryCheck:
    """Customers that a new one may be: those the member may see with a verdict, and whom to ask about others.

    A customer the member may not see is hinted at only when it holds the very same e-mail, phone or document: names alone
    tell nothing about anybody hidden.
    """

    likely: list[tuple[Party, Verdict]] = field(default_factory=list)
    ask: list[str] = field(default_factory=list)

    @property
    def is_clear(self) -> bool:
        return not self.likely and not self.ask


def check_entry(*, member: Member, data: PartyData, kind: str) -> EntryCheck:
    """Return who may be the customer described by ``data`` already; wrong input is left to the creation itself."""
    draft = draft_from(Cleaner(), data, kind=kind, assignments=False)
    profile = _profile(draft, kind)
    scored = dict(similar_to(profile))
    exact = _exact(member, draft)
    wanted = {*scored, *exact}
    rows = visible_parties(member).filter(id__in=wanted).select_related("person", "company")
    seen = {party.id: party for party in rows}
    hidden = Party.objects.filter(id__in=exact - set(seen), deleted_at=None).select_related("owner")
    likely = [(party, scored.get(party_id, CERTAINLY)) for party_id, party in seen.items()]
    return EntryCheck(
        sorted(likely, key=lambda pair: -pair[1].score),
        sorted({party.owner.name if party.owner else "" for party in hidden}),
    )


def _exact(member: Member, draft: Draft) -> set[Any]:
    """Return who holds the same marks, as far as the member may read marks of that kind."""
    access = customer_fields(member)
    rights = {identity.value: name for identity, name in IDENTITY_FIELDS.items()}
    keys = [key for key in draft.keys if key[0] not in rights or access.can_read(rights[key[0]])]
    return set(resolve_keys(keys).values())


def _profile(draft: Draft, kind: str) -> Profile:
    own: dict[str, Any] = draft.own
    addresses: Sequence[Any] = draft.lists["addresses"]
    places = [f"{a.postal_code}:{a.number}" for a in addresses if len(a.postal_code) == 8 and a.number]
    return make_profile(
        None,
        kind,
        (draft.party.get("name") or "", own.get("legal_name") or ""),
        own.get("birthday"),
        own.get("cpf" if kind == "person" else "cnpj") or "",
        own.get("website") or "",
        addresses[0].city if addresses else "",
        [email.address for email in draft.lists["emails"]],
        [phone.number for phone in draft.lists["phones"]],
        places,
    )

"""The queue of possible duplicates as a member sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.directory.models import DuplicatePair, Party
from ponte.directory.policies import visible_parties

State = DuplicatePair.State
COUNT_CAP = 500

# reason → words, and the field whose right it needs
REASONS: dict[str, tuple[str | Promise, str]] = {
    "document:same": (_("same document"), "document"),
    "email:same": (_("same e-mail"), "email"),
    "phone:same": (_("same phone"), "phone"),
    "domain:same": (_("same site or e-mail domain"), "email"),
    "address:same": (_("same address"), "address"),
    "name:exact": (_("same name"), ""),
    "name:part": (_("name shortened"), ""),
    "name:close": (_("similar name"), ""),
    "name:nick": (_("nickname of the name"), ""),
    "name:loose": (_("vaguely similar name"), ""),
    "name:bare": (_("same first name"), ""),
    "name:first_only": (_("same first name, other surname"), ""),
    "birthday:same": (_("same birthday"), "birthday"),
    "birthday:near": (_("birthday with one slip"), "birthday"),
    "birthday:differs": (_("another birthday"), "birthday"),
    "email:local": (_("e-mail of the same name"), "email"),
    "email:near": (_("similar e-mail"), "email"),
    "phone:near": (_("phone with one digit changed"), "phone"),
    "document:near": (_("document with one digit changed"), "document"),
    "city:same": (_("same city"), "address"),
    "city:differs": (_("another city"), "address"),
}
AGAINST = frozenset({"birthday:differs", "city:differs", "name:first_only"})


@dataclass(frozen=True)
class Cluster:
    """Customers that may all be one, with the pairs that say so, the surest first."""

    parties: list[Party]
    pairs: list[DuplicatePair]

    @property
    def score(self) -> float:
        return max(pair.score for pair in self.pairs)


def list_pairs(member: Member, state: str = State.OPEN) -> QuerySet[DuplicatePair]:
    """Return the pairs of customers the member may both edit, the surest first. "open" includes those put off till now."""
    mine = visible_parties(member, "edit")
    wanted = Q(state=state)
    if state == State.OPEN:
        wanted |= Q(state=State.LATER, later_until__lte=timezone.now())
    rows = DuplicatePair.objects.filter(wanted, first__in=mine, second__in=mine)
    return rows.select_related("first", "second").order_by("-score", "-id")


def count_pairs(member: Member) -> int:
    """Return how many pairs wait for the member, ``COUNT_CAP`` + 1 for more than that."""
    return list_pairs(member).order_by()[: COUNT_CAP + 1].count()


def clusters_of(pairs: Sequence[DuplicatePair]) -> list[Cluster]:
    """Return pairs grouped where they share customers, in the order of their surest pair."""
    home: dict[UUID, list[DuplicatePair]] = {}
    for pair in pairs:
        joined = [pair]
        for group in {id(g): g for g in (home.get(pair.first_id), home.get(pair.second_id)) if g}.values():
            joined = [*group, *joined]
        for member in joined:
            home[member.first_id] = home[member.second_id] = joined
    clusters = []
    for group in {id(g): g for g in home.values()}.values():
        parties = {p.id: p for pair in group for p in (pair.first, pair.second)}
        clusters.append(Cluster(list(parties.values()), sorted(group, key=lambda pair: -pair.score)))
    return sorted(clusters, key=lambda cluster: -cluster.score)


def reason_words(reasons: Sequence[str], kind: str, access: FieldAccess) -> list[tuple[str, bool]]:
    """Return reasons as (words, whether it speaks for it), without those that tell a hidden field."""
    document = "cpf" if kind == "person" else "cnpj"
    words = []
    for reason in dict.fromkeys(reasons):
        text, right = REASONS.get(reason, ("", ""))
        right = document if right == "document" else right
        if text and (not right or access.can_read(right)):
            words.append((str(text), reason not in AGAINST))
    return words

"""Comparing customers with those they may be, and keeping the pairs found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from ponte.directory.matching.profiles import Profile
from ponte.directory.matching.scoring import PROBABLE, Scorer, Verdict
from ponte.directory.models import CommonKey, DuplicatePair, MatchKeys
from ponte.directory.selectors.match_profiles import load_profiles, scorer_for

MOST_CANDIDATES = 5000  # customers a batch is compared with
CHUNK = 500

_SAVE_KEYS = """
INSERT INTO directory_matchkeys AS m (party_id, kind, keys)
SELECT g.id, g.kind, g.keys::bigint[] FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS g(id, kind, keys)
JOIN directory_party p ON p.id = g.id
ON CONFLICT (party_id) DO UPDATE SET keys = excluded.keys WHERE m.keys <> excluded.keys
"""
_SAVE_PAIRS = """
INSERT INTO directory_duplicatepair AS d
  (id, created_at, updated_at, first_id, second_id, kind, score, reasons, state, checked_at)
SELECT gen_random_uuid(), %(now)s, %(now)s, g.a, g.b, %(kind)s, g.score, string_to_array(g.reasons, ','), 'open', %(now)s
FROM unnest(%(a)s::uuid[], %(b)s::uuid[], %(score)s::float[], %(reasons)s::text[]) AS g(a, b, score, reasons)
JOIN directory_party pa ON pa.id = g.a JOIN directory_party pb ON pb.id = g.b
ON CONFLICT (first_id, second_id) DO UPDATE SET score = excluded.score, reasons = excluded.reasons,
  checked_at = excluded.checked_at, updated_at = excluded.updated_at
"""


@dataclass(frozen=True)
class Found:
    """A pair that may be one customer; ``first`` has the smaller id."""

    first: UUID
    second: UUID
    verdict: Verdict


def save_keys(profiles: Sequence[Profile]) -> None:
    """Store the keys under which these customers are met. One statement."""
    if not profiles:
        return
    rows = sorted(profiles, key=lambda profile: str(profile.id))
    with connection.cursor() as cursor:
        cursor.execute(
            _SAVE_KEYS,
            [
                [profile.id for profile in rows],
                [profile.kind for profile in rows],
                ["{" + ",".join(map(str, sorted(profile.keys))) + "}" for profile in rows],
            ],
        )


def save_pairs(kind: str, pairs: Iterable[Found], now: datetime) -> int:
    """Store pairs, or their new scores; what somebody decided about them stays. Returns how many. One statement."""
    rows = sorted(pairs, key=lambda pair: (str(pair.first), str(pair.second)))
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _SAVE_PAIRS,
            {
                "now": now,
                "kind": kind,
                "a": [pair.first for pair in rows],
                "b": [pair.second for pair in rows],
                "score": [round(pair.verdict.score, 4) for pair in rows],
                "reasons": [",".join(pair.verdict.reasons) for pair in rows],
            },
        )
    return len(rows)


def compare(scorer: Scorer, one: Profile, other: Profile) -> Found | None:
    """Return the pair when the two may be one customer, else None."""
    verdict = scorer.score(one, other)
    if verdict.score < PROBABLE or one.id is None or other.id is None:
        return None
    first, second = sorted((one.id, other.id))
    return Found(first, second, verdict)


def match_customers(*, party_ids: Iterable[UUID]) -> int:
    """Compare customers that are new or changed with everybody they share a key with; returns how many pairs there are.

    Pairs of theirs that no longer hold go away; what somebody decided stays.
    """
    wanted, now, count = sorted(set(party_ids)), timezone.now(), 0
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        profiles = load_profiles(chunk)
        save_keys(profiles)
        gone = set(chunk) - {profile.id for profile in profiles}
        MatchKeys.objects.filter(party_id__in=gone).delete()
        for kind in ("person", "company"):
            mine = [profile for profile in profiles if profile.kind == kind]
            count += _match(kind, mine, now)
        _forget(chunk, now)
    return count


def _match(kind: str, profiles: Sequence[Profile], now: datetime) -> int:
    if not profiles:
        return 0
    near = neighbours(kind, profiles)
    others = {profile.id: profile for profile in load_profiles({one for ids in near.values() for one in ids})}
    scorer = scorer_for(kind, [*profiles, *others.values()])
    found: dict[tuple[UUID, UUID], Found] = {}
    for profile in profiles:
        for other_id in near.get(profile.id, ()):
            if other_id != profile.id and other_id in others:
                pair = compare(scorer, profile, others[other_id])
                if pair is not None:
                    found[pair.first, pair.second] = pair
    return save_pairs(kind, found.values(), now)


def neighbours(kind: str, profiles: Sequence[Profile]) -> dict[UUID | None, set[UUID]]:
    """Return whom each profile shares a telling key with. Two queries."""
    by_key: dict[int, list[UUID | None]] = defaultdict(list)
    for profile in profiles:
        for key in profile.keys:
            by_key[key].append(profile.id)
    common = set(CommonKey.objects.filter(key__in=list(by_key)).values_list("key", flat=True))
    telling = [key for key in by_key if key not in common]
    rows = MatchKeys.objects.filter(kind=kind, keys__overlap=telling).values_list("party_id", "keys")
    near: dict[UUID | None, set[UUID]] = defaultdict(set)
    for party_id, keys in rows[:MOST_CANDIDATES]:
        for key in keys:
            if key not in common:
                for mine in by_key.get(key, ()):
                    near[mine].add(party_id)
    return near


def _forget(party_ids: Sequence[UUID], now: datetime) -> None:
    """Delete the undecided pairs of these customers that a comparison just now didn't find again."""
    touched = Q(first_id__in=party_ids) | Q(second_id__in=party_ids)
    states = (DuplicatePair.State.OPEN, DuplicatePair.State.LATER)
    DuplicatePair.objects.filter(touched, state__in=states, checked_at__lt=now).delete()


def similar_to(profile: Profile, *, most: int = 5) -> list[tuple[UUID, Verdict]]:
    """Return the customers that one who isn't stored yet may be, the surest first."""
    near = neighbours(profile.kind, [profile]).get(profile.id, set())
    if not near:
        return []
    others = load_profiles(sorted(near)[:200])
    scorer = scorer_for(profile.kind, [profile, *others])
    scored = [(other.id, scorer.score(profile, other)) for other in others if other.id is not None]
    likely = [pair for pair in scored if pair[1].score >= PROBABLE]
    return sorted(likely, key=lambda pair: -pair[1].score)[:most]


def shares_of(counts: Mapping[str, int], total: int, *, least: float = 2e-5) -> dict[str, float]:
    """Return the shares of the sounds common enough to be worth keeping."""
    return {sound: n / total for sound, n in counts.items() if n / total >= least and len(sound) <= 60}

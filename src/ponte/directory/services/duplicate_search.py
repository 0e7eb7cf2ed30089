"""Looking for duplicates in the whole base: keys, then blocks, in slices that can be resumed, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue
from ponte.core.models import BackgroundRun
from ponte.core.services.runs import advance_run, finish_run, start_run
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.matching.profiles import Profile
from ponte.directory.matching.scoring import Scorer
from ponte.directory.models import CommonKey, DuplicatePair, NameShare, Party
from ponte.directory.selectors.match_profiles import estimate_size, load_profiles, scorer_for
from ponte.directory.services.duplicate_pairs import Found, compare, save_keys, save_pairs, shares_of

KIND = "directory.duplicates"
READ_CHUNK = 5_000  # customers whose keys are made together
SLICE_SIZE = 20_000  # customers per slice of the key space: bounds what is in memory
BATCH = 4_000  # customers whose profiles are loaded together
LARGEST_BLOCK = 40  # customers under one key from which the key tells nothing
SPAN = 2**64
STALE_AFTER = timedelta(hours=6)

_COMMON = """
INSERT INTO directory_commonkey (key) SELECT key FROM (SELECT unnest(keys) AS key FROM directory_matchkeys) k
GROUP BY key HAVING count(*) > %s ON CONFLICT DO NOTHING
"""
_BLOCKS = """
SELECT key, array_agg(party_id) FROM (SELECT unnest(keys) AS key, party_id FROM directory_matchkeys WHERE kind = %s) k
WHERE key >= %s AND key <= %s GROUP BY key HAVING count(*) BETWEEN 2 AND %s
"""


def start_search(*, actor: Actor) -> BackgroundRun:
    """Let the whole base be searched in the background; a search that is on already is returned instead."""
    running = (BackgroundRun.State.QUEUED, BackgroundRun.State.RUNNING)
    current = BackgroundRun.objects.filter(
        kind=KIND, state__in=running, updated_at__gt=timezone.now() - STALE_AFTER
    ).first()
    if current is not None:
        return current
    run = start_run(kind=KIND, title=_("Looking for duplicates"), member=actor.member)
    enqueue("directory.find_duplicates", run_id=str(run.id))
    return run


def search_everybody(run_id: UUID) -> None:
    """Search the whole base. Call it outside a transaction: each chunk is one of its own, a killed run goes on where it was."""
    with _scope():
        run = BackgroundRun.objects.filter(id=run_id).first()
        if run is None or run.state in (BackgroundRun.State.DONE, BackgroundRun.State.CANCELLED):
            return
        size = estimate_size()
    state = dict(run.result)
    state.setdefault("began", timezone.now().isoformat())
    if not state.get("keys_done"):
        _make_keys(run, state, size)
    slices = max(1, size // SLICE_SIZE)
    for kind in ("person", "company"):
        with _scope():
            scorer = scorer_for(kind)
            common = set(CommonKey.objects.values_list("key", flat=True))
        for number in range(state.get(f"{kind}_slice", 0), slices):
            with _scope():
                count = _search_slice(kind, scorer, common, number, slices)
                state[f"{kind}_slice"] = number + 1
                state["pairs"] = state.get("pairs", 0) + count
                _note(run, state, done=size + size * (number + 1) // slices, total=2 * size)
    with _scope():
        began = datetime.fromisoformat(state["began"])
        DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN, checked_at__lt=began).delete()
        finish_run(run, result=state)


def _scope() -> AbstractContextManager[Any]:
    return workspace_scope(named_workspace())


def _note(run: BackgroundRun, state: dict[str, Any], *, done: int, total: int) -> None:
    run.result = state
    run.save(update_fields=["result", "updated_at"])
    advance_run(run, done=min(done, total), total=total)


def _make_keys(run: BackgroundRun, state: dict[str, Any], size: int) -> None:
    """Store everybody's keys and count the names; the count begins anew after a crash, the keys are kept."""
    names: dict[str, Counter[str]] = {"person": Counter(), "company": Counter()}
    totals: Counter[str] = Counter()
    after, done = UUID(int=0), 0
    while True:
        with _scope():
            ids = list(
                Party.objects.filter(deleted_at=None, id__gt=after)
                .order_by("id")
                .values_list("id", flat=True)[:READ_CHUNK]
            )
            if not ids:
                break
            profiles = load_profiles(ids)
            save_keys(profiles)
            after, done = ids[-1], done + len(ids)
            _note(run, state, done=done, total=2 * size)
        for profile in profiles:
            names[profile.kind].update({sound for name in profile.names for sound in name.sounds})
            totals[profile.kind] += 1
    with _scope():
        for kind, counts in names.items():
            _keep_shares(kind, counts, totals[kind])
        CommonKey.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(_COMMON, [LARGEST_BLOCK])
        state["keys_done"] = True
        _note(run, state, done=size, total=2 * size)


def _keep_shares(kind: str, counts: Counter[str], total: int) -> None:
    NameShare.objects.filter(kind=kind).delete()
    if total >= 1000:  # fewer say little about how common a name is
        shares = shares_of(counts, total)
        NameShare.objects.bulk_create(
            (NameShare(kind=kind, sound=sound, share=share) for sound, share in shares.items()),
            batch_size=2000,
        )


def _search_slice(kind: str, scorer: Scorer, common: set[int], number: int, slices: int) -> int:
    """Compare everybody who meets under a key of this slice; a pair that meets under several is compared under the least."""
    low = -(SPAN // 2) + SPAN * number // slices
    high = -(SPAN // 2) + SPAN * (number + 1) // slices - 1
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKS, [kind, low, high, LARGEST_BLOCK])
        blocks = cursor.fetchall()
    now, count = timezone.now(), 0
    for batch in _batches(blocks):
        profiles = {
            profile.id: profile for profile in load_profiles({one for _key, ids in batch for one in ids})
        }
        found = [pair for key, ids in batch for pair in _pairs(scorer, common, key, ids, profiles)]
        count += save_pairs(kind, found, now)
    return count


def _batches(blocks: Sequence[tuple[int, list[UUID]]]) -> Iterator[list[tuple[int, list[UUID]]]]:
    batch: list[tuple[int, list[UUID]]] = []
    size = 0
    for block in blocks:
        batch.append(block)
        size += len(block[1])
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _pairs(
    scorer: Scorer, common: set[int], key: int, ids: Sequence[UUID], profiles: dict[UUID | None, Profile]
) -> Iterator[Found]:
    here = [profiles[one] for one in ids if one in profiles]
    for one, other in combinations(here, 2):
        if min((one.keys & other.keys) - common, default=None) == key:
            pair = compare(scorer, one, other)
            if pair is not None:
                yield pair

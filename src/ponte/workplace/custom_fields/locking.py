"""Locks that keep writers of values and changes of definitions apart, and two equal values of a unique field."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from hashlib import blake2b

from django.db import connection

from ponte.core.tenancy.scope import current_workspace


def hold_definitions(object_name: str) -> None:
    """Keep an object's definitions from changing until the transaction ends; writers don't hinder each other."""
    _lock("pg_advisory_xact_lock_shared", [_key(f"fields:{object_name}")])


def own_definitions(object_name: str) -> None:
    """Wait for writers of values and keep new ones waiting until the transaction ends."""
    _lock("pg_advisory_xact_lock", [_key(f"fields:{object_name}")])


def hold_values(object_name: str, values: Iterable[tuple[str, str]]) -> None:
    """Make writers of the same unique value (slot, text) wait for each other; always taken in the same order."""
    keys = sorted({_key(f"value:{object_name}:{slot}:{value}") for slot, value in values})
    _lock("pg_advisory_xact_lock", keys)


def _lock(function: str, keys: list[int]) -> None:
    if keys:
        with connection.cursor() as cursor:
            # one after the other, in the order given: the order is what keeps two writers from blocking each other
            cursor.execute(
                f"SELECT {function}(key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS k (key, n) ORDER BY n",
                [keys],
            )


def _key(name: str) -> int:
    whole = f"{zlib.crc32(current_workspace().schema_name.encode())}:{name}"
    return int.from_bytes(blake2b(whole.encode(), digest_size=8).digest(), signed=True)

"""The API speaks of customers where the services speak of parties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ponte.core.errors import FieldProblem, Invalid


def api_name(field: str) -> str:
    """Return a service's field name as callers of the API know it."""
    return "customer_id" if field == "party_id" else field


@contextmanager
def in_api_words() -> Iterator[None]:
    """Rename the fields of a refusal raised inside."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid(
            FieldProblem(api_name(one.field), one.code, one.message) for one in refusal.problems
        ) from refusal

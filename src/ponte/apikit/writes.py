"""What write operations share: ``If-Match`` versions and bulk upserts answered item by item."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import Field, ValidationError, WrapValidator

from ponte.apikit import problems
from ponte.apikit.problems import FieldError
from ponte.apikit.schemas import INT32_MAX, ErrorOut, In
from ponte.apikit.translating import field_error, to_problem
from ponte.core.errors import Denied, DomainError

BULK_LIMIT = 1000
ItemType = TypeVar("ItemType", bound=In)
ItemStatus = Literal["created", "updated", "unchanged", "failed"]
_VERSION = re.compile(r'(?:W/)?"?(\d{1,10})"?')


def if_match(request: HttpRequest) -> int | None:
    """Return the version in ``If-Match`` (``"3"``, ``W/"3"`` or ``3``; None for absent or ``*``).

    Raises a 400 problem for anything else.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    match = _VERSION.fullmatch(header.strip())
    if match is None or int(match[1]) > INT32_MAX:
        message = _('If-Match must be a version such as "3".')
        raise problems.bad_request(
            "bad_if_match", message, [FieldError("If-Match", "invalid", message, "header")]
        )
    return int(match[1])


def _unread(value: Any, handler: Any) -> Any:
    return value


def bulk_items(schema: type[In]) -> Any:
    """Return the type of a bulk body's ``items``: documented as ``schema``, read one by one by ``upsert_each``."""
    item = Annotated[schema, WrapValidator(_unread)]  # type: ignore[valid-type]
    return Annotated[list[item], Field(min_length=1, max_length=BULK_LIMIT)]


class BulkItemOut(In):
    """What became of one item, in the order sent."""

    index: int
    status: ItemStatus
    id: UUID | None = None
    external_id: str | None = None
    errors: list[ErrorOut] = []


class BulkOut(In):
    """The answer to a bulk upsert: counts and one entry an item."""

    created: int
    updated: int
    unchanged: int
    failed: int
    items: list[BulkItemOut]


@dataclass
class Outcome:
    """What a handler did with one item."""

    id: UUID | None
    status: ItemStatus
    errors: list[FieldError] = field(default_factory=list)


def read_items(
    items: Sequence[Any], schema: type[ItemType]
) -> tuple[list[tuple[int, ItemType]], dict[int, Outcome]]:
    """Validate each item by itself; return the good ones with their index and the refusals by index."""
    good: list[tuple[int, ItemType]] = []
    refused: dict[int, Outcome] = {}
    for index, raw in enumerate(items):
        try:
            good.append((index, schema.model_validate(raw)))
        except ValidationError as error:
            errors = [field_error(dict(one), location="body") for one in error.errors(include_url=False)]
            refused[index] = Outcome(None, "failed", errors)
    return good, refused


def upsert_each(
    items: Sequence[Any], schema: type[ItemType], handle: Callable[[ItemType], Outcome]
) -> dict[str, Any]:
    """Run ``handle`` for each item in a savepoint of its own; a refused item leaves the others alone.

    Returns the body of the answer (``BulkOut``).
    """
    good, outcomes = read_items(items, schema)
    for index, item in good:
        try:
            with transaction.atomic():
                outcomes[index] = handle(item)
        except DomainError as error:
            outcomes[index] = Outcome(None, "failed", _errors_of(error))
    return bulk_body(items, outcomes)


def bulk_body(items: Sequence[Any], outcomes: dict[int, Outcome]) -> dict[str, Any]:
    """Return the answer to a bulk call from the outcome of each index."""
    counts = {"created": 0, "updated": 0, "unchanged": 0, "failed": 0}
    answers = []
    for index, raw in enumerate(items):
        outcome = outcomes[index]
        counts[outcome.status] += 1
        external_id = raw.get("external_id") if isinstance(raw, dict) else None
        answers.append(
            {
                "index": index,
                "status": outcome.status,
                "id": str(outcome.id) if outcome.id else None,
                "external_id": external_id if isinstance(external_id, str) else None,
                "errors": [error.as_json() for error in outcome.errors],
            }
        )
    return {**counts, "items": answers}


def _errors_of(error: DomainError) -> list[FieldError]:
    problem = to_problem(error)
    if problem.errors:
        return list(problem.errors)
    code = "not_found" if isinstance(error, Denied) else problem.code
    return [FieldError("", code, problem.detail or problem.title)]

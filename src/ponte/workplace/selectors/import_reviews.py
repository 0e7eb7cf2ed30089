"""The rows of an import that wait for a decision, each beside its record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.functional import Promise

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.tenancy.models import Workspace
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.reviewing import Difference, differences
from ponte.workplace.importing.targets import targets
from ponte.workplace.models import ImportReview, ImportRun
from ponte.workplace.selectors.import_undo import field_words, named_records

PAGE = 20
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Side:
    """A field as it is stored and as the file has it, in words."""

    field: str
    label: str
    stored: str
    given: str


@dataclass(frozen=True)
class ShownReview:
    """A row that waits: its record (without label where the reader doesn't see it) and what it would change."""

    row: int
    record_id: UUID
    label: str
    url: str | Promise
    sides: Sequence[Side]


def waiting_rows(
    run: ImportRun, actor: Actor, workspace: Workspace, *, after: int = 0, limit: int = PAGE
) -> list[ShownReview]:
    """Return the first rows that wait for a decision, in the order of the file, those below row ``after``."""
    reviews = list(run.reviews.filter(outcome="", decision="", row__gt=after).order_by("row")[:limit])
    return show_reviews(run, reviews, actor, workspace)


def show_reviews(
    run: ImportRun, reviews: Sequence[ImportReview], actor: Actor, workspace: Workspace
) -> list[ShownReview]:
    """Return rows as the page and the API show them."""
    if not reviews:
        return []
    found = differences(run, reviews, actor, workspace)
    named = named_records(run, actor.member, {review.object_id for review in reviews})
    words = field_words(run, actor.member)
    say = _speaker(run, actor)
    shown = []
    for review in reviews:
        label, url = named.get(review.object_id, ("", ""))
        sides = [_side(one, words, say) for one in found[review.row]]
        shown.append(ShownReview(review.row, review.object_id, label, url, sides))
    return shown


def _side(difference: Difference, words: dict[str, str], say: Callable[[str, Any], str]) -> Side:
    name = difference.field
    return Side(name, words.get(name, name), say(name, difference.stored), say(name, difference.given))


def _speaker(run: ImportRun, actor: Actor) -> Callable[[str, Any], str]:
    """Return how values are said: members by name, choices by their first word, dates as the reader writes them."""
    target = targets.get(run.target)
    fields = extended(target, actor.member).fields if target else ()
    choices = {each.key: each.choices for each in fields if each.choices}
    members: dict[str, str] = {}

    def say(name: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, list):
            return ", ".join(say(name, one) for one in value)
        if name == "owner":
            if not members:
                members.update((str(pk), told) for pk, told in Member.objects.values_list("id", "name"))
            return members.get(value, "")
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        return str(next(iter(choices.get(name, {}).get(value, ())), value))

    return say

"""The builder inside any form: a rule's condition is made of the same lines as a list's filter.

A form includes ``conditions/_builder.html`` with the context ``builder_context`` gives, and reads what was built with
``read_built``. The views behind it (``conditions:builder_tree``, ``conditions:builder_preview``) know any listed subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from ponte.conditions.building.drafts import Group, Row, Writing, draft_of
from ponte.conditions.building.reading import drop_empty, read_draft
from ponte.conditions.building.showing import Showing
from ponte.conditions.catalogue import Catalogue, catalogue_of, may_use, subject_named
from ponte.conditions.nodes import Condition
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member


class Unbuilt(Exception):
    """What was built can't be asked. ``draft`` is what to show again, ``problems`` messages by place of the form."""

    def __init__(self, draft: Group, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.draft = draft
        self.problems = problems


def catalogue_named(subject: str, member: Member) -> Catalogue:
    """Return what a member may ask about a subject.

    Raises:
        Missing: no such subject for this member.
    """
    found = subject_named(subject)
    if found is None or not may_use(member, found):
        raise Missing("condition")
    return catalogue_of(found, member)


def builder_context(
    subject: str,
    member: Member,
    where: Any = None,
    *,
    unbuilt: Unbuilt | None = None,
) -> dict[str, Any]:
    """Return what ``conditions/_builder.html`` needs.

    Args:
        subject: key of what the condition is about.
        where: the tree of the condition so far (its JSON under "where"); None for a new one.
        unbuilt: what was posted and refused, shown again instead.
    """
    catalogue = catalogue_named(subject, member)
    draft = unbuilt.draft if unbuilt else draft_of(where) if where else Group()
    if not draft.items:
        draft.items.append(Row())
    return {
        "tree": Showing(unbuilt.problems if unbuilt else {}).group(draft, catalogue),
        "tree_url": reverse("conditions:builder_tree", args=[subject]),
        "preview_url": reverse("conditions:builder_preview", args=[subject]),
    }


def read_built(posted: QueryDict, *, subject: str, member: Member) -> Condition | None:
    """Return the condition somebody built, None when no line was filled in.

    Raises:
        Unbuilt: a line can't be asked.
        Missing: no such subject for this member.
    """
    draft, writing = read_draft(posted), Writing(catalogue_named(subject, member))
    if not drop_empty(draft):
        return None
    try:
        return read_condition(writing.condition(draft), subject=subject, reader=member)
    except Invalid as refusal:
        places = {writing.place_of(one.field): str(one.message) for one in reversed(refusal.problems)}
        raise Unbuilt(draft, places) from refusal

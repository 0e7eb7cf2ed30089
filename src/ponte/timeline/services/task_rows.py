"""Rows about tasks from files and programs: what they tell, and what is wrong with it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.timeline.models import Task
from ponte.timeline.policies import task_fields
from ponte.timeline.subjects import Key

COLUMNS = (
    "title", "description", "kind", "priority", "due_at", "due_all_day", "remind_at", "assignee_id", "party_id", "done_at",
)  # fmt: skip
ABOUT = ("about_type", "about_id")  # what it is a step of; told together
_NEVER_FILLED = frozenset({"kind", "priority", "due_all_day", "done_at"})
Policy = Literal["update", "fill", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task of another system.

    Args:
        external_id: its id there.
        values: what is told about it, named as ``COLUMNS`` and ``ABOUT`` (see ``TaskData``); the rest stays as it is. ``done_at`` is the aware
            instant it was done, None while it is to do.
        custom: custom fields by their keys.
        is_done: it is done, but nobody knows when: a known one keeps its moment, else it is when it was due, or now.
    """

    external_id: str
    values: Mapping[str, Any]
    custom: Mapping[str, Any] = field(default_factory=dict)
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What became of a row: "created", "updated", "unchanged", "skipped" (policy, or in the bin) or "rejected" with problems."""

    outcome: str
    task_id: UUID | None = None
    problems: tuple[FieldProblem, ...] = ()


def told_of(row: TaskRow, task: Task | None, policy: Policy, holder: UUID | None) -> dict[str, Any]:
    """Return what counts of a row's values; a new task that names nobody is the ``holder``'s."""
    if task is None or policy != "fill":
        told = {**({"assignee_id": holder} if task is None else {}), **row.values}
        if row.is_done and "done_at" not in told:
            told["done_at"] = (task.done_at if task is not None else None) or _end_of(told)
        return told
    told = {
        name: value
        for name, value in row.values.items()
        if name not in _NEVER_FILLED and getattr(task, name) in (None, "")
    }
    if "about_id" not in told:
        told.pop("about_type", None)
    if "due_at" in told and "due_all_day" in row.values:
        told["due_all_day"] = row.values["due_all_day"]
    return told


def _end_of(told: Mapping[str, Any]) -> datetime:
    now, due = timezone.now(), told.get("due_at")
    return due if due is not None and due < now else now


def about_of(values: Mapping[str, Any]) -> Key | None:
    """Return the record a row makes a task a step of."""
    return (values.get("about_type", ""), values["about_id"]) if values.get("about_id") else None


def customer_problems(
    told: dict[str, Any], task: Task | None, customers: Mapping[Key, UUID], policy: Policy
) -> list[FieldProblem]:
    """Put into ``told`` the customer of the record a task is to be a step of; return what is wrong with the two together."""
    if (key := about_of(told)) is None:
        return []
    if (party_id := customers.get(key)) is None:
        return [FieldProblem("about_id", "missing", _("There is no such record."))]
    kept = task.party_id if task is not None and policy == "fill" else None
    if {told.get("party_id", party_id), kept or party_id} != {party_id}:
        return [FieldProblem("about_id", "other_customer", _("This record belongs to another customer."))]
    told["party_id"] = party_id
    return []


def end_problems(told: Mapping[str, Any]) -> list[FieldProblem]:
    """Return what is wrong with when it was done."""
    done_at = told.get("done_at")
    if done_at is None or (timezone.is_aware(done_at) and done_at.year >= 1970 and done_at <= timezone.now()):
        return []
    message = _("A task can't be done in the future. Give the date, time and time zone it was done.")
    return [FieldProblem("done_at", "invalid", message)]


def locked_fields(actor: Actor, told: Mapping[str, Any], task: Task | None) -> list[FieldProblem]:
    """Refuse what the role may not write, where it would change something."""
    if actor.member is None:
        return []
    access, message = task_fields(actor.member), _("Your role can't change this field.")
    before = {name: getattr(task, name) if task is not None else None for name in told}
    differing = [name for name, value in told.items() if (value or None) != (before[name] or None)]
    return [FieldProblem(name, "read_only", message) for name in differing if not access.can_write(name)]

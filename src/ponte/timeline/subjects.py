"""What a task can be a step of besides being about a customer: records of higher modules, registered by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.workplace.custom_fields.objects import Named
from ponte.workplace.registry import Registry


@dataclass(frozen=True)
class TaskSubject:
    """One kind of record tasks can be steps of.

    Attributes:
        key: stable name, stored (``Task.about_type``).
        label: what one such record is called.
        party_of: the customer of a record, None where there is no such record; for a member only of those they see.
        names: what tells name and page of records, those the member may see.
        refresh: computes anew what records of these customers keep of their tasks (the next step). Called in the transaction
            that writes tasks, with the customers' figures locked.
    """

    key: str
    label: str | Promise
    party_of: Callable[[Member | None, UUID], UUID | None]
    names: Callable[[Member | None, Collection[UUID]], Mapping[UUID, Named]]
    refresh: Callable[[Collection[UUID]], None]
    order: int = 100


task_subjects: Registry[TaskSubject] = Registry()


def register_task_subject(subject: TaskSubject) -> None:
    """Let tasks be steps of a kind of record."""
    task_subjects.register(subject)


def customer_of(member: Member | None, about_type: str, about_id: UUID | None) -> UUID | None:
    """Return the customer of the record a task is a step of, None where there is none the member sees."""
    subject = task_subjects.get(about_type)
    return subject.party_of(member, about_id) if subject is not None and about_id is not None else None


def names_of(member: Member | None, about: Collection[tuple[str, UUID]]) -> Mapping[tuple[str, UUID], Named]:
    """Return name and page of records tasks are steps of, as far as the member sees them: one query a kind."""
    found: dict[tuple[str, UUID], Named] = {}
    for subject in task_subjects:
        ids = {record_id for kind, record_id in about if kind == subject.key}
        if ids:
            found |= {(subject.key, key): named for key, named in subject.names(member, ids).items()}
    return found


def refresh_subjects(party_ids: Collection[UUID]) -> None:
    """Let every kind of record see that tasks of these customers changed."""
    for subject in task_subjects:
        subject.refresh(party_ids)

"""What tasks and meetings can be about besides a customer: records of higher modules, registered by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member
from ponte.workplace.custom_fields.objects import Named
from ponte.workplace.registry import Registry

if TYPE_CHECKING:
    from ponte.timeline.models import Meeting, Task

Key = tuple[str, UUID]  # kind and id of a record
NOTHING: Mapping[str, Any] = {"about_type": "", "about_id": None}


@dataclass(frozen=True)
class TaskSubject:
    """One kind of record tasks can be steps of, and meetings be about.

    Attributes:
        key: stable name, stored (``Task.about_type``, ``Meeting.about_type``).
        label: what one such record is called.
        parties_of: the customer of each record there is; for a member only of those they see.
        names: what tells name and page of records, those the member may see.
        refresh: computes anew what records of these customers keep of their tasks (the next step). Called in the transaction
            that writes tasks, with the customers' figures locked.
        pick_url: name of the address that answers pickers, "" where people don't choose one in forms. may_pick: who is asked.
        by_keys: ``(member, source, external ids)`` → the records other systems call so, those the member may see.
    """

    key: str
    label: str | Promise
    parties_of: Callable[[Member | None, Collection[UUID]], Mapping[UUID, UUID]]
    names: Callable[[Member | None, Collection[UUID]], Mapping[UUID, Named]]
    refresh: Callable[[Collection[UUID]], None]
    order: int = 100
    pick_url: str = ""
    may_pick: Callable[[Member], bool] = lambda member: True
    by_keys: Callable[[Member | None, str, Collection[str]], Mapping[str, UUID]] | None = None


task_subjects: Registry[TaskSubject] = Registry()


def register_task_subject(subject: TaskSubject) -> None:
    """Let tasks be steps of a kind of record, and meetings be about it."""
    task_subjects.register(subject)


def customer_of(member: Member | None, about_type: str, about_id: UUID | None) -> UUID | None:
    """Return the customer of the record something is about, None where there is none the member sees."""
    if about_id is None:
        return None
    return customers_of(member, [(about_type, about_id)]).get((about_type, about_id))


def customers_of(member: Member | None, about: Collection[Key]) -> Mapping[Key, UUID]:
    """Return the customers of records, of those the member sees: one query a kind."""
    found: dict[Key, UUID] = {}
    for subject in task_subjects:
        ids = {record_id for kind, record_id in about if kind == subject.key}
        if ids:
            found |= {(subject.key, one): party for one, party in subject.parties_of(member, ids).items()}
    return found


def keyed(member: Member | None, source: str, keys: Collection[str]) -> Mapping[str, Key]:
    """Return the records people choose from that ``source`` calls so, those the member may see."""
    found: dict[str, Key] = {}
    for subject in task_subjects:
        if subject.by_keys is not None and keys:
            found |= {text: (subject.key, one) for text, one in subject.by_keys(member, source, keys).items()}
    return found


def with_customer(details: Mapping[str, Any], row: Task | Meeting | None = None) -> dict[str, Any]:
    """Return the details with the customer of the record a task or meeting is about; another customer ends being about it."""
    about_id = details.get("about_id")
    if about_id is not None:
        return {**details, "party_id": customer_of(None, details.get("about_type", ""), about_id)}
    if row is not None and row.about_id and details.get("party_id", row.party_id) != row.party_id:
        return {**details, **NOTHING}
    return dict(details)


def about_problems(about_type: str, about_id: UUID | None, party_id: UUID | None) -> list[FieldProblem]:
    """Return what is wrong with the record something is about: there is none, or it is another customer's."""
    if about_id is None:
        return []
    owner = customer_of(None, about_type, about_id)
    if owner is not None and owner == party_id:
        return []
    return [FieldProblem("about_id", "missing", _("There is no such record of this customer."))]


def check_about(member: Member, told: Mapping[str, Any]) -> UUID | None:
    """Return the customer of the record that is told (``about_type``, ``about_id``), None where none is.

    Raises:
        Invalid: there is no such record for the member.
    """
    if told.get("about_id") is None:
        return None
    party_id = customer_of(member, told.get("about_type", ""), told["about_id"])
    if party_id is None:
        raise Invalid.on("about_id", "missing", _("There is no such record."))
    return party_id


def names_of(member: Member | None, about: Collection[Key]) -> Mapping[Key, Named]:
    """Return name and page of records, as far as the member sees them: one query a kind."""
    found: dict[Key, Named] = {}
    for subject in task_subjects:
        ids = {record_id for kind, record_id in about if kind == subject.key}
        if ids:
            found |= {(subject.key, key): named for key, named in subject.names(member, ids).items()}
    return found


def name_of(member: Member | None, row: Task | Meeting) -> Named | None:
    """Return name and page of what one task or meeting is about, None where the member doesn't see it."""
    if row.about_id is None:
        return None
    return names_of(member, [(row.about_type, row.about_id)]).get((row.about_type, row.about_id))


def refresh_subjects(party_ids: Collection[UUID]) -> None:
    """Let every kind of record see that tasks of these customers changed."""
    for subject in task_subjects:
        subject.refresh(party_ids)

"""Keeping customers' important dates."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import FieldProblem, Invalid
from ponte.core.services.audit import Changes, diff
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import ImportantDateChanged
from ponte.timeline.content import clean_line
from ponte.timeline.models import DateKind, PartyDate
from ponte.timeline.services.parties import get_party

MAX_DATES = 50
_YEARS = range(1900, 2101)
FIELDS = ("kind", "label", "day", "yearly")
PERSONAL = frozenset({"label", "day"})


class DateDetails(TypedDict, total=False):
    """What can be told of a date."""

    kind: str
    label: str
    day: date
    yearly: bool


@transaction.atomic
def add_date(*, actor: Actor, party_id: UUID, **details: Unpack[DateDetails]) -> PartyDate:
    """Add a date to a customer. Who may is asked by the caller: it is an edit of the customer.

    Raises:
        Invalid: unknown customer or kind, an impossible date, too many.
    """
    party = get_party(party_id)
    row = PartyDate(party=party, **_clean(details, new=True))
    if PartyDate.objects.filter(party=party).count() >= MAX_DATES:
        raise Invalid.on("day", "too_many", _("A customer holds at most 50 dates."))
    row.save(force_insert=True)
    changes = {name: (None, getattr(row, name)) for name in FIELDS}
    _announce(actor, row, "added", changes)
    return row


@transaction.atomic
def update_date(
    *, actor: Actor, row: PartyDate, version: int | None = None, **details: Unpack[DateDetails]
) -> PartyDate:
    """Change a date. Raises ``Conflict`` and ``Invalid`` as the others do."""
    locked = PartyDate.objects.select_for_update().get(id=row.id)
    check_version(locked, version)
    changes = diff({name: getattr(locked, name) for name in FIELDS}, _clean(details))
    if not changes:
        return locked
    for name, (_old, new) in changes.items():
        setattr(locked, name, new)
    locked.version += 1
    locked.save()
    _announce(actor, locked, "changed", changes)
    return locked


@transaction.atomic
def remove_date(*, actor: Actor, row: PartyDate) -> None:
    """Take a date away; tasks planned for it stay."""
    _announce(actor, row, "removed", {name: (getattr(row, name), None) for name in FIELDS})
    row.delete()


def _clean(details: DateDetails, *, new: bool = False) -> DateDetails:
    told = details.copy()
    problems = []
    if "label" in told:
        told["label"] = clean_line(told["label"])[:120]
    if told.get("kind", "other") not in DateKind.values:
        problems.append(FieldProblem("kind", "invalid", _("There is no such kind of date.")))
    if (new and "day" not in told) or ("day" in told and told["day"].year not in _YEARS):
        problems.append(FieldProblem("day", "invalid", _("Say a date between 1900 and 2100.")))
    if problems:
        raise Invalid(problems)
    return told


def _announce(actor: Actor, row: PartyDate, what: str, changes: Changes) -> None:
    audit(
        actor=actor,
        act=f"date.{what}",
        target=row,
        changes=changes,
        subject_id=row.party_id,
        personal=PERSONAL,
    )
    publish(
        ImportantDateChanged(
            date_id=str(row.id),
            party_id=str(row.party_id),
            kind=row.kind,
            day="" if what == "removed" else row.day.isoformat(),
        ),
        actor=actor,
    )

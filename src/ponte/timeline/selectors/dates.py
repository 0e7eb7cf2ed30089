"""Reading customers' important dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.directory.models import Party, Person
from ponte.directory.policies import customer_fields
from ponte.timeline.date_rules import next_date
from ponte.timeline.due import today
from ponte.timeline.models import PartyDate
from ponte.timeline.policies import customer_condition


@dataclass(frozen=True, slots=True)
class NextDate:
    """One date as a customer's panel shows it. ``row`` is None for a birthday; ``when`` None when it is over."""

    label: str
    when: date | None
    day: date
    yearly: bool
    row: PartyDate | None = None

    @property
    def days_left(self) -> int | None:
        """How many days are left; None when it is over."""
        return None if self.when is None else (self.when - today()).days


def dates_of(member: Member, party: Party) -> list[NextDate]:
    """Return a customer's dates, the next first, those over last; the birthday unless it is hidden from the member."""
    now = today()
    found = [
        NextDate(str(row), next_date(row.day, row.yearly, now), row.day, row.yearly, row)
        for row in PartyDate.objects.filter(party=party).order_by("day", "id")
    ]
    if party.is_person and customer_fields(member).can_read("birthday"):
        birthday = Person.objects.filter(party_id=party.id).values_list("birthday", flat=True).first()
        if birthday:
            found.append(NextDate(_("Birthday"), next_date(birthday, True, now), birthday, True))
    return sorted(found, key=lambda one: (one.when is None, one.when or one.day))


def visible_dates(member: Member) -> QuerySet[PartyDate]:
    """Return the dates of the customers the member may see."""
    reach = customer_condition(member)
    rows = PartyDate.objects.filter(party__deleted_at__isnull=True)
    return rows.none() if reach is None else rows.filter(reach)


def get_date(member: Member, date_id: UUID) -> PartyDate:
    """Return a date of a customer the member may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    row = visible_dates(member).select_related("party").filter(id=date_id).first()
    if row is None:
        raise Missing
    return row

"""People who can be named in an interaction: colleagues, and the customer's own people."""

from collections.abc import Sequence

from django.db.models import Q

from ponte.core.models import Member
from ponte.core.text import sort_key
from ponte.directory.models import Affiliation, Party
from ponte.directory.policies import visible_parties
from ponte.timeline.participant import Participant

MAX_SUGGESTIONS = 8
MAX_AROUND = 200


def find_colleagues(text: str, limit: int = MAX_SUGGESTIONS) -> list[Member]:
    """Return active members one of whose names begins with ``text``; all of them by name when it is empty."""
    wanted = sort_key(text)
    rows = Member.objects.filter(is_active=True)
    if wanted:
        rows = rows.filter(Q(sort_name__startswith=wanted) | Q(sort_name__contains=f" {wanted}"))
    return list(rows.select_related("role").order_by("sort_name", "id")[:limit])


def people_around(member: Member, party: Party) -> list[Party]:
    """Return the people of a company, or those of the companies a person is at, as far as visible."""
    current = Affiliation.objects.filter(ended_on__isnull=True)
    companies = [party.id]
    if party.is_person:
        companies = list(current.filter(person_id=party.id).values_list("company_id", flat=True))
    people = current.filter(company_id__in=companies).exclude(person_id=party.id).values("person_id")
    return list(visible_parties(member).filter(id__in=people).order_by("sort_name", "id")[:MAX_AROUND])


def suggest_participants(member: Member, party: Party, text: str) -> list[tuple[str, str]]:
    """Return (name, what they are) of people whose name has ``text`` at the beginning of a word."""
    wanted = sort_key(text)
    around = [
        (one.label, "customer")
        for one in people_around(member, party)
        if f" {wanted}" in f" {sort_key(one.label)}"
    ]
    colleagues = [(one.name, "colleague") for one in find_colleagues(text)]
    return [*around, *colleagues][: MAX_SUGGESTIONS * 2]


def participants_named(member: Member, party: Party, names: Sequence[str]) -> list[Participant]:
    """Return who is meant by these names: the customer's people, colleagues, or just the name."""
    if not names:
        return []
    known = {one.name.casefold(): Participant(member_id=one.id) for one in _named(names)}
    known |= {one.label.casefold(): Participant(party_id=one.id) for one in people_around(member, party)}
    return [known.get(name.casefold(), Participant(label=name)) for name in names]


def _named(names: Sequence[str]) -> list[Member]:
    return list(Member.objects.filter(is_active=True, sort_name__in=[sort_key(name) for name in names]))

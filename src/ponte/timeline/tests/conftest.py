"""Customers for the timeline's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ponte.directory.models import Affiliation, Company, Party, PartyFacts, Person


def make_party(kind: str, name: str, **fields: Any) -> Party:
    """Create a bare customer with its facts."""
    party = Party.objects.create(kind=kind, name=name, sort_name=name.lower(), **fields)
    PartyFacts.objects.create(party=party, kind=kind)
    (Person if kind == "person" else Company).objects.create(party=party)
    return party


@pytest.fixture
def ana(workspace: Any) -> Party:
    """Return a person."""
    return make_party("person", "Ana Souza")


@pytest.fixture
def acme(workspace: Any) -> Party:
    """Return a company."""
    return make_party("company", "Acme Ltda")


@pytest.fixture
def employ(workspace: Any) -> Callable[[Party, Party], Affiliation]:
    """Return a function that gives a person a role at a company."""

    def employ(person: Party, company: Party) -> Affiliation:
        return Affiliation.objects.create(person_id=person.id, company_id=company.id, is_primary=True)

    return employ


def facts_of(party: Party) -> PartyFacts:
    """Return the customer's facts as they are now."""
    return PartyFacts.objects.get(party=party)

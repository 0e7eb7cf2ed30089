"""Customers for the tests of the privacy module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ponte.directory.data import EmailData, PersonData, PhoneData
from ponte.directory.models import Party
from ponte.directory.services.people import create_person
from ponte.privacy.data import ConsentData
from ponte.privacy.models import ConsentRecord
from ponte.privacy.services.consents import record_consent


@pytest.fixture
def make_party(actor: Any) -> Callable[..., Party]:
    """Return a factory of people with an e-mail and a mobile: ``make_party("Ana", emails=[…])``."""

    def make(name: str = "Ana Souza", **fields: Any) -> Party:
        number = Party.objects.count()
        fields.setdefault("emails", [EmailData(address=f"pessoa{number}@x.com.br")])
        fields.setdefault("phones", [PhoneData(number=f"+551199000{number:04d}")])
        return create_person(actor=actor, data=PersonData(name=name, **fields)).party

    return make


@pytest.fixture
def say(actor: Any) -> Callable[..., ConsentRecord]:
    """Return what writes down a consent: ``say(party, "marketing", channels=["email"])``."""

    def write(party: Party, purpose: str = "marketing", **fields: Any) -> ConsentRecord:
        return record_consent(actor=actor, data=ConsentData(party_id=party.id, purpose=purpose, **fields))

    return write

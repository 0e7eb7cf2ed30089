"""Customers, leads and opportunities for the tests of sales."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ponte.sales.data import LeadData, OpportunityData
from ponte.sales.models import Pipeline
from ponte.sales.services.leads import create_lead
from ponte.sales.services.opportunities import create_opportunity


@pytest.fixture
def make_party(actor):
    from ponte.directory.data import PersonData
    from ponte.directory.services.people import create_person

    def make(name="Ana Souza", **fields):
        return create_person(actor=actor, data=PersonData(name=name, **fields)).party

    return make


@pytest.fixture
def pipeline(workspace):
    """The pipeline a workspace starts with."""
    return Pipeline.objects.get()


@pytest.fixture
def make_lead(actor, make_party):
    def make(party=None, **fields):
        return create_lead(actor=actor, data=LeadData(party_id=(party or make_party()).id, **fields))

    return make


@pytest.fixture
def make_opportunity(actor, make_party):
    def make(party=None, amount="1000.00", **fields):
        data = OpportunityData(party_id=(party or make_party()).id, amount=Decimal(amount), **fields)
        return create_opportunity(actor=actor, data=data)

    return make

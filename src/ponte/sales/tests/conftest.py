"""Customers, leads and opportunities for the tests of sales."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ponte.sales.data import LeadData, OpportunityData
from ponte.sales.models import Lead, Pipeline
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
        if party is None and fields.get("lead_id"):
            party = Lead.objects.get(id=fields["lead_id"]).party
        data = OpportunityData(party_id=(party or make_party()).id, amount=Decimal(amount), **fields)
        return create_opportunity(actor=actor, data=data)

    return make


@pytest.fixture
def make_product(actor):
    from ponte.commerce.data import ProductData
    from ponte.commerce.services.products import create_product

    def make(name="Café especial", price="30.00", **fields):
        fields.setdefault("cost", Decimal("12.00"))
        return create_product(actor=actor, data=ProductData(name=name, price=Decimal(price), **fields))

    return make


@pytest.fixture
def make_quote(actor, make_party):
    from ponte.sales.quote_data import QuoteData, QuoteLineData
    from ponte.sales.services.quotes import create_quote

    def make(party=None, *, lines=None, by=None, **fields):
        if lines is None:
            lines = [QuoteLineData(description="Máquina", quantity=Decimal(2), unit_price=Decimal("100.00"))]
        data = QuoteData(party_id=(party or make_party()).id, lines=lines, **fields)
        return create_quote(actor=by or actor, data=data)

    return make


@pytest.fixture
def make_contract(actor, make_party):
    from ponte.sales.contract_data import ContractData, SignerData
    from ponte.sales.services.contracts import create_contract

    def make(party=None, *, by=None, signers=("Ana Souza",), **fields):
        if not fields.keys() & {"quote_id", "opportunity_id"}:
            fields.setdefault("party_id", (party or make_party()).id)
        fields.setdefault("body", "# Objeto\n\nFornecimento a {{customer.name}} por {{contract.amount}}.")
        fields.setdefault("title", "Fornecimento de café")
        people = None if signers is None else [SignerData(name=name) for name in signers]
        return create_contract(actor=by or actor, data=ContractData(signers=people, **fields))

    return make


@pytest.fixture
def send(actor):
    """Bring a contract out to its signers."""
    from ponte.sales.services.contract_approval import decide_contract, submit_contract
    from ponte.sales.services.contract_sending import send_contract

    def act(contract, **options):
        submit_contract(actor=actor, contract_id=contract.id)
        decide_contract(actor=actor, contract_id=contract.id, approved=True)
        return send_contract(actor=actor, contract_id=contract.id, **options)

    return act


@pytest.fixture
def sign():
    """Sign as a contract's signers, one after the other."""
    from ponte.core.actors import Actor
    from ponte.sales.contract_data import SigningData
    from ponte.sales.services.contract_signing import sign_contract

    def act(contract, *signers):
        made = []
        for signer in signers or contract.signers.order_by("position"):
            data = SigningData(
                name=signer.name, cpf="529.982.247-25", agreed=True, evidence={"address": "203.0.113.9"}
            )
            made.append(sign_contract(actor=Actor.system("Signer"), signer_id=signer.id, data=data))
        contract.refresh_from_db()
        return made

    return act

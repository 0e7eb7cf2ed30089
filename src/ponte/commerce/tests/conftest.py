"""Products, customers and orders for the tests of commerce."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ponte.commerce.data import LineData, OrderData, ProductData
from ponte.commerce.services.orders import create_order
from ponte.commerce.services.products import create_product


@pytest.fixture
def make_party(actor):
    from ponte.directory.data import PersonData
    from ponte.directory.services.people import create_person

    def make(name="Ana Souza", **fields):
        return create_person(actor=actor, data=PersonData(name=name, **fields)).party

    return make


@pytest.fixture
def make_product(actor):
    def make(name="Café especial", price="30.00", **fields):
        fields.setdefault("cost", Decimal("12.00"))
        price = None if price is None else Decimal(price)
        return create_product(actor=actor, data=ProductData(name=name, price=price, **fields))

    return make


@pytest.fixture
def make_order(actor, make_party):
    def make(party=None, *, lines=None, **fields):
        lines = lines if lines is not None else [line("Café", "2", "30.00")]
        party = party or make_party()
        return create_order(actor=actor, data=OrderData(party_id=party.id, lines=lines, **fields))

    return make


def line(description="Café", quantity="1", price="10.00", **fields):
    """Return a line's data from texts."""
    return LineData(description=description, quantity=Decimal(quantity), unit_price=Decimal(price), **fields)

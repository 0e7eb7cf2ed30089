"""History tabs, audit page and CSV tell no more than the records themselves: real records of all modules."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from ponte.commerce.data import LineData, OrderData, ProductData
from ponte.commerce.services.orders import create_order
from ponte.commerce.services.products import create_product, update_product
from ponte.core.models import Role
from ponte.core.services.workspaces import save_team
from ponte.directory.data import AddressData, EmailData, PersonData, PhoneData
from ponte.directory.services.contacts import set_addresses, set_emails, set_phones
from ponte.directory.services.customers import assign_owner
from ponte.directory.services.identities import claim
from ponte.directory.services.people import create_person, update_person
from ponte.timeline.services.comments import comment_interaction
from ponte.timeline.services.interaction_edits import edit_interaction
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.tasks import create_task

ALL = dict.fromkeys(("view", "create", "edit", "delete", "export"), "all")
OWN = dict.fromkeys(ALL, "own")
EVERYTHING = dict.fromkeys(("customer", "interaction", "task", "file", "order", "product"), ALL)


@pytest.fixture
def reader_of(member_with, client_for):
    """Return a factory of what a reader with these rights sees: history tab, audit page, CSV."""

    def make(party, *, objects=None, fields=None):
        number = Role.objects.count()
        rights = {"objects": objects or EVERYTHING, "areas": ["audit"], "fields": fields or {}}
        client = client_for(member_with(Role.objects.create(name=f"Papel {number}", rights=rights)))
        csv = b"".join(client.get("/teste/settings/audit/export.csv").streaming_content)
        return {
            "history": client.get(f"/teste/history/customer/{party.pk}/").content.decode(),
            "audit": client.get("/teste/settings/audit/").content.decode(),
            "csv": csv.decode(),
        }

    return make


@pytest.fixture
def ana(actor, member_with):
    """A customer of whom much was changed, by every way that writes into the log."""
    data = PersonData(
        name="Ana",
        emails=[EmailData(address="primeiro@ana.com.br")],
        phones=[PhoneData(number="+55 11 98888-7701")],
        addresses=[AddressData(street="Rua das Acácias", city="Sorocaba", state="SP")],
    )
    party = create_person(actor=actor, data=data)
    set_emails(actor=actor, party_id=party.pk, emails=[EmailData(address="segundo@ana.com.br")])
    set_phones(actor=actor, party_id=party.pk, phones=[PhoneData(number="+55 11 98888-7702")])
    moved = [AddressData(street="Rua dos Ipês", city="Jundiaí", state="SP")]
    set_addresses(actor=actor, party_id=party.pk, addresses=moved)
    claim(actor=actor, party_id=party.pk, kind="whatsapp", value="5511988887703@s.whatsapp.net")
    return party


SECRETS = {
    "email": ["primeiro@ana", "segundo@ana"],
    "phone": ["98888-", "988887701", "988887702", "988887703"],
    "address": ["Acácias", "Ipês", "Sorocaba", "Jundiaí"],
}


@pytest.mark.parametrize("field", SECRETS)
def test_hidden_contacts_are_hidden_in_every_log(field, ana, reader_of):
    open_to_all = reader_of(ana)
    assert all(any(secret in page for secret in SECRETS[field]) for page in open_to_all.values())
    for place, page in reader_of(ana, fields={"customer": {field: "hidden"}}).items():
        for secret in SECRETS[field]:
            assert secret not in page, place


def test_hidden_owner_hides_the_team_too(ana, actor, member_with, reader_of):
    team = save_team(actor=actor, name="Equipe Serrana")
    owner = member_with("salesperson", team=team)
    update_person(actor=actor, party_id=ana.pk, changes={"owner_id": owner.id, "team_id": team.id})
    assign_owner(actor=actor, party_ids=[ana.pk], owner_id=None, team_id=team.id)
    shown = reader_of(ana)["history"]
    assert owner.name in shown
    assert team.name in shown
    told = {owner.name, team.name, str(owner.id), str(team.id)}
    hidden = reader_of(ana, fields={"customer": {"owner": "hidden"}})
    assert not [secret for secret in told if secret in hidden["history"]]
    changed = [row for row in hidden["csv"].splitlines() if "person." in row or "customers." in row]
    assert changed
    assert not [row for row in changed if any(secret in row for secret in told)]


def test_hidden_text_of_interactions_is_hidden_in_every_log(ana, actor, reader_of):
    row = record_interaction(actor=actor, party_id=ana.pk, kind="note", body="texto sigiloso um")
    edit_interaction(actor=actor, interaction=row, body="texto sigiloso dois")
    comment_interaction(actor=actor, interaction=row, body="comentário sigiloso")
    assert all("sigiloso" in page for page in reader_of(ana).values())
    for place, page in reader_of(ana, fields={"interaction": {"body": "hidden"}}).items():
        assert "sigiloso" not in page, place


def _order(actor, party):
    line = LineData(description="Café sigiloso", quantity=Decimal(1), unit_price=Decimal("77.31"))
    return create_order(actor=actor, data=OrderData(party_id=party.pk, lines=[line], notes="nota sigilosa"))


@pytest.mark.parametrize("right", [None, OWN])
def test_orders_one_may_not_view_are_in_no_log(right, ana, actor, reader_of):
    order = _order(actor, ana)
    assert all("sigiloso" in page for page in reader_of(ana).values())
    objects = {name: acts for name, acts in EVERYTHING.items() if name != "order"}
    pages = reader_of(ana, objects={**objects, "order": right} if right else objects)
    for place, page in pages.items():
        assert "sigilos" not in page, place
        assert not re.search("77[.,]31", page), place
        assert str(order.pk) not in page, place
    assert "order.created" in pages["audit"], "that somebody created one is still told"
    assert "não" in pages["audit"]


def test_tasks_and_interactions_one_may_not_view_are_in_no_log(ana, actor, reader_of):
    record_interaction(actor=actor, party_id=ana.pk, kind="note", body="x")
    comment_interaction(
        actor=actor,
        interaction=record_interaction(actor=actor, party_id=ana.pk, kind="call", body="y"),
        body="comentário sigiloso",
    )
    create_task(actor=actor, title="tarefa sigilosa", party_id=ana.pk)
    pages = reader_of(ana, objects={"customer": ALL})
    for place, page in pages.items():
        assert "sigilos" not in page, place
    assert "primeiro@ana" in pages["history"]


def test_customers_one_may_not_view_give_no_values_away(ana, actor, reader_of):
    _order(actor, ana)
    create_task(actor=actor, title="tarefa sigilosa", party_id=ana.pk)
    record = record_interaction(actor=actor, party_id=ana.pk, kind="note", body="a")
    edit_interaction(actor=actor, interaction=record, body="corpo sigiloso")
    pages = reader_of(ana, objects={**EVERYTHING, "customer": OWN})
    for place, page in pages.items():
        for secret in ("sigilos", "primeiro@ana", "segundo@ana", "Ipês"):
            assert secret not in page, (place, secret)


def test_hidden_cost_of_products_is_hidden(actor, ana, reader_of):
    product = create_product(actor=actor, data=ProductData(name="Café", cost=Decimal("31.77")))
    update_product(actor=actor, product_id=product.pk, changes={"cost": Decimal("32.88")})
    assert "32,88" in reader_of(ana)["csv"]
    pages = reader_of(ana, fields={"product": {"cost": "hidden"}})
    assert not [place for place, page in pages.items() if re.search("3[12][.,](77|88)", page)]

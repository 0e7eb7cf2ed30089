"""Merging customers with custom fields: a choice per field, unique values there once, exact undoing."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.models import AuditEntry, Role
from ponte.core.services.subject_keys import open_for
from ponte.directory.data import PersonData
from ponte.directory.models import Merge, Party
from ponte.directory.services.merging import merge_customers, unmerge_customers
from ponte.directory.services.people import create_person, update_person
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.services.custom_fields import create_field

pytestmark = pytest.mark.usefixtures("workspace")
PETS = ({"label": "Cão", "tone": "blue"}, {"label": "Gato", "tone": "red"})


@pytest.fixture
def two(actor: Any) -> tuple[Party, Party]:
    """Return two people who differ in a pet, agree in nothing, and one of whom alone has a nickname."""
    for label, kind, more in (
        ("Pet", "choice", {"choices": PETS}),
        ("Lote", "text", {"is_unique": True}),
        ("Apelido", "text", {}),
    ):
        create_field(actor=actor, object_name="person", data=FieldData(label=label, kind=kind, **more))
    one = {"pet": "cao", "lote": "L1"}
    other = {"pet": "gato", "lote": "L2", "apelido": "Zu"}
    made = [
        create_person(actor=actor, data=PersonData(name=name, custom=custom)).party
        for name, custom in (("Ana", one), ("Ana P.", other))
    ]
    return made[0], made[1]


def custom(party: Party) -> dict[str, Any]:
    return dict(Party.objects.get(id=party.id).custom)


def test_the_survivor_keeps_its_values_and_gets_what_it_lacks(actor: Any, two: Any) -> None:
    ana, other = two
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    assert custom(ana) == {"pet": "cao", "lote": "L1", "apelido": "Zu"}
    assert custom(other) == {}
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert custom(ana) == {"pet": "cao", "lote": "L1"}
    assert custom(other) == {"pet": "gato", "lote": "L2", "apelido": "Zu"}


def test_each_field_is_chosen_by_itself(actor: Any, two: Any) -> None:
    ana, other = two
    choices = {"custom.pet": other.id, "custom.lote": other.id, "custom.apelido": ana.id}
    merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id], choices=choices)
    assert custom(ana) == {"pet": "gato", "lote": "L2"}
    entry = AuditEntry.objects.filter(act="person.merged").latest("id")
    assert entry.sealed is not None
    told = open_for(ana.id, bytes(entry.sealed))
    assert told is not None
    assert told["custom.pet"] == ["Cão", "Gato"]
    assert "custom" not in told


def test_the_page_asks_and_the_api_takes_choices(
    client_for: Any, admin: Any, api_for: Any, two: Any, member_with: Any
) -> None:
    ana, other = two
    page = client_for(admin).get(f"/teste/customers/merge/?id={ana.id}&id={other.id}").content.decode()
    assert 'name="value.custom.pet"' in page
    assert "Gato" in page
    body = {"survivor_id": ana.id, "loser_ids": [other.id], "values": {"custom.pet": other.id}}
    seller = member_with("salesperson")
    role = Role.objects.get(key="salesperson")
    role.rights["objects"]["customer"] = dict.fromkeys(role.rights["objects"]["customer"], "all")
    role.rights["fields"] = {"customer": {"custom.pet": "hidden"}}
    role.save()
    assert api_for(seller).post("/merges", body).status_code == 404
    hidden = client_for(seller).get(f"/teste/customers/merge/?id={ana.id}&id={other.id}").content.decode()
    assert "value.custom.pet" not in hidden
    wrong = api_for(admin).post("/merges", {**body, "values": {"custom.nada": other.id}})
    assert wrong.status_code == 422
    assert api_for(admin).post("/merges", body).status_code == 201
    assert custom(ana)["pet"] == "gato"
    assert Merge.objects.count() == 1


def test_a_value_somebody_took_meanwhile_stays_theirs(actor: Any, two: Any) -> None:
    ana, other = two
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[other.id])
    third = create_person(actor=actor, data=PersonData(name="Bia", custom={"lote": "L2"})).party
    update_person(actor=actor, party_id=third.id, changes={"custom": {"pet": "cao"}})
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert custom(third)["lote"] == "L2"
    assert custom(other)["pet"] == "gato"

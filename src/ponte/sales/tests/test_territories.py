"""Territories: which customer belongs where, drawing them, assigning them in the background."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ponte.core.errors import Conflict, Invalid
from ponte.core.models import AuditEntry, StoredEvent
from ponte.directory.data import AddressData, CompanyData, PersonData
from ponte.directory.models import Party
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person
from ponte.sales.models import Territory, TerritoryPlacement, TerritoryRun
from ponte.sales.selectors.territories import (
    find_territories,
    list_territories,
    members_of,
    territory_of,
)
from ponte.sales.services.territories import (
    create_territory,
    delete_territory,
    place_customer,
    update_territory,
)
from ponte.sales.services.territory_runs import carry_on, start_run
from ponte.sales.territory_matching import Place, fits_place

pytestmark = pytest.mark.usefixtures("workspace")


def address(state="", city="", postal_code=""):
    return {"addresses": [AddressData(state=state, city=city, postal_code=postal_code, is_primary=True)]}


@pytest.fixture
def somebody(actor):
    def make(name="Ana", **place):
        return create_person(
            actor=actor, data=PersonData(name=name, **(address(**place) if place else {}))
        ).party

    return make


@pytest.fixture
def tree(actor):
    """South-east with São Paulo (its capital apart) and Minas; big accounts before them all."""
    big = create_territory(
        actor=actor,
        name="Grandes contas",
        condition={"about": "customer", "where": {"field": "kind", "op": "is", "value": ["company"]}},
    )
    south_east = create_territory(actor=actor, name="Sudeste", states=["SP", "MG", "RJ"])
    sao_paulo = create_territory(actor=actor, name="São Paulo", parent_id=south_east.id, states=["SP"])
    capital = create_territory(
        actor=actor, name="Capital", parent_id=sao_paulo.id, postal_ranges=[["01000-000", "05999-999"]]
    )
    campinas = create_territory(actor=actor, name="Campinas", parent_id=sao_paulo.id, cities=["Campinas/SP"])
    return {row.name: row for row in (big, south_east, sao_paulo, capital, campinas)}


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ({"state": "SP", "city": "São Paulo", "postal_code": "01310-100"}, "Capital"),
        ({"state": "SP", "city": "CAMPINAS", "postal_code": "13010-000"}, "Campinas"),
        ({"state": "SP", "city": "Santos", "postal_code": "11010-000"}, "São Paulo"),
        ({"state": "MG", "city": "Campinas"}, "Sudeste"),
        ({"state": "BA", "city": "Salvador"}, None),
    ],
)
def test_the_deepest_that_fits(tree, somebody, place, name):
    found = territory_of(somebody(**place))
    assert (found.name if found else None) == name


def test_without_a_place_nobody_but_those_for_everywhere(tree, somebody, actor):
    assert territory_of(somebody()) is None
    rest = create_territory(actor=actor, name="Resto")
    assert territory_of(somebody()) == rest


def test_a_condition_and_the_order_decide(tree, actor):
    company = create_company(actor=actor, data=CompanyData(name="Mercado Sul", **address(state="SP"))).party
    assert territory_of(company) == tree["Grandes contas"]
    update_territory(actor=actor, territory=tree["Sudeste"], position=0)
    update_territory(actor=actor, territory=tree["Grandes contas"], position=9)
    assert territory_of(company) == tree["São Paulo"]


def test_people_without_an_address_are_where_their_company_is(tree, actor, somebody):
    from ponte.directory.services.affiliations import start_affiliation

    company = create_company(actor=actor, data=CompanyData(name="Mercado", **address(state="MG"))).party
    person = somebody()
    start_affiliation(actor=actor, person_id=person.id, company_id=company.id)
    assert territory_of(person) == tree["Sudeste"]


def test_a_cep_known_to_its_first_five_digits():
    row = Territory(postal_ranges=[["01310100", "01310999"]])
    assert not fits_place(row, Place(postal_code="01310"))
    assert fits_place(Territory(postal_ranges=[["01310000", "01310999"]]), Place(postal_code="01310"))
    assert not fits_place(row, Place(postal_code="K1A0B1"))


def test_new_customers_come_in_by_themselves_and_moving_moves_them(tree, actor, run_jobs):
    from ponte.directory.services.contacts import set_addresses

    person = create_person(actor=actor, data=PersonData(name="Bia", **address(state="MG")))
    run_jobs()
    assert TerritoryPlacement.objects.get(party=person.party).territory == tree["Sudeste"]
    set_addresses(actor=actor, party_id=person.pk, **address(state="SP"))
    run_jobs()
    assert TerritoryPlacement.objects.get(party=person.party).territory == tree["São Paulo"]
    set_addresses(actor=actor, party_id=person.pk, **address(state="BA"))
    run_jobs()
    assert not TerritoryPlacement.objects.filter(party=person.party).exists()
    assert StoredEvent.objects.filter(name="sales.customers_placed").count() == 3


def test_by_hand_stays_until_given_back(tree, actor, somebody):
    party = somebody(state="MG")
    place_customer(actor=actor, party=party, territory=tree["Capital"])
    assert territory_of(party) == tree["Capital"]
    start_run(actor=actor, is_preview=False)
    carry_on(TerritoryRun.objects.get().id)
    assert TerritoryPlacement.objects.get(party=party).territory == tree["Capital"]
    place_customer(actor=actor, party=party, territory=None)
    assert TerritoryPlacement.objects.get(party=party).territory == tree["Sudeste"]
    assert AuditEntry.objects.filter(act="customer.placed", subject_id=party.id).count() == 1


def test_a_preview_counts_and_writes_nothing(tree, actor, somebody, member_with):
    bia = member_with("salesperson", name="Bia")
    update_territory(actor=actor, territory=tree["Sudeste"], member_ids=[bia.id])
    parties = [somebody(name=f"P{number}", state="MG") for number in range(3)] + [somebody(state="BA")]
    Party.objects.exclude(id=parties[0].id).update(owner=None)
    run = start_run(actor=actor, is_preview=True, gives_owners=True)
    carry_on(run.id)
    run.refresh_from_db()
    assert (run.state, run.seen, run.moved, run.given) == ("done", 4, 3, 2)
    assert run.counts == {"": [4, 1], str(tree["Sudeste"].id): [0, 3]}
    assert len(run.moves) == 3
    assert not TerritoryPlacement.objects.exists()


def test_assigning_goes_on_where_a_killed_worker_stopped(tree, actor, somebody, member_with, monkeypatch):
    from ponte.sales.services import territory_runs

    ana, bia = member_with("salesperson", name="Ana"), member_with("salesperson", name="Bia")
    update_territory(actor=actor, territory=tree["Sudeste"], member_ids=[ana.id, bia.id])
    parties = [somebody(name=f"P{number}", state="MG") for number in range(5)]
    Party.objects.update(owner=None)
    monkeypatch.setattr(territory_runs, "CHUNK", 2)
    run = start_run(actor=actor, is_preview=False, gives_owners=True)
    assert territory_runs._next_chunk(run.id)
    assert TerritoryPlacement.objects.count() == 2
    carry_on(run.id)
    carry_on(run.id)
    run.refresh_from_db()
    assert (run.state, run.seen, run.moved, run.given) == ("done", 5, 5, 5)
    owners = list(Party.objects.filter(id__in=[one.id for one in parties]).values_list("owner_id", flat=True))
    assert sorted((owners.count(ana.id), owners.count(bia.id))) == [2, 3]


def test_one_run_of_a_kind_at_a_time(tree, actor):
    start_run(actor=actor, is_preview=True)
    with pytest.raises(Invalid) as refusal:
        start_run(actor=actor, is_preview=True)
    assert refusal.value.problems[0].code == "running"
    start_run(actor=actor, is_preview=False)


def test_moving_a_branch_keeps_paths_and_refuses_circles(tree, actor):
    with pytest.raises(Invalid, match="parent_id"):
        update_territory(actor=actor, territory=tree["Sudeste"], parent_id=tree["Capital"].id)
    south = create_territory(actor=actor, name="Sul", states=["PR"])
    update_territory(actor=actor, territory=tree["São Paulo"], parent_id=south.id)
    capital = Territory.objects.get(name="Capital")
    assert capital.path.split("/") == [str(south.id), str(tree["São Paulo"].id), str(capital.id)]
    assert [row.territory.name for row in list_territories()] == [
        "Grandes contas", "Sudeste", "Sul", "São Paulo", "Capital", "Campinas",
    ]  # fmt: skip


def test_members_are_those_of_the_nearest_territory_with_some(tree, actor, member_with):
    bia = member_with("salesperson", name="Bia")
    assert members_of(tree["Capital"]) == []
    update_territory(actor=actor, territory=tree["Sudeste"], member_ids=[bia.id])
    assert members_of(tree["Capital"]) == [bia]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"states": ["XX"]}, "states"),
        ({"cities": ["Campinas/ZZ"]}, "cities"),
        ({"postal_ranges": [["abc", "def"]]}, "postal_ranges"),
        ({"postal_ranges": [["09000-000", "01000-000"]]}, "postal_ranges"),
        ({"parent_id": uuid4()}, "parent_id"),
        ({"member_ids": [uuid4()]}, "member_ids"),
        ({"condition": {"where": {"field": "nothing", "op": "is", "value": 1}}}, "condition.where.field"),
    ],
)
def test_bad_input_names_its_field(actor, given, field):
    with pytest.raises(Invalid) as refusal:
        create_territory(actor=actor, **({"name": "Sul"} | given))
    assert refusal.value.problems[0].field == field


def test_two_people_drawing_and_deleting(tree, actor):
    with pytest.raises(Conflict):
        update_territory(actor=actor, territory=tree["Capital"], version=7, name="X")
    with pytest.raises(Invalid) as refusal:
        delete_territory(actor=actor, territory=tree["Sudeste"])
    assert refusal.value.problems[0].code == "has_children"
    delete_territory(actor=actor, territory=tree["Capital"])
    assert not Territory.objects.filter(name="Capital").exists()


def test_many_customers_cost_as_many_queries_as_few(tree, somebody, django_assert_num_queries):
    few = [somebody(name=f"A{n}", state="SP").id for n in range(2)]
    many = few + [somebody(name=f"B{n}", state="MG").id for n in range(20)]
    with django_assert_num_queries(4):
        find_territories(few)
    with django_assert_num_queries(4):
        find_territories(many)


def test_conditions_ask_for_the_territory(tree, somebody, actor):
    from ponte.conditions.compiling import satisfies
    from ponte.conditions.parsing import read_condition

    party = somebody(state="MG")
    place_customer(actor=actor, party=party, territory=tree["Sudeste"])
    asked = {"where": {"field": "territory", "op": "is", "value": [str(tree["Sudeste"].id)]}}
    assert satisfies(read_condition(asked, subject="person", reader=actor.member), party.id)
    other = somebody(state="MG")
    assert not satisfies(read_condition(asked, subject="person", reader=actor.member), other.id)

"""Stages, facts, the bin's end, links between customers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.models import AuditEntry, StoredEvent
from ponte.core.subscriptions import EventContext
from ponte.directory.data import CompanyData, PersonData
from ponte.directory.models import Affiliation, Party, PartyFacts, StageChange, Tag
from ponte.directory.selectors.affiliations import list_family
from ponte.directory.services.affiliations import (
    add_relation,
    end_affiliation,
    start_affiliation,
    update_affiliation,
)
from ponte.directory.services.companies import create_company
from ponte.directory.services.deletion import delete_parties, purge_expired, restore_parties
from ponte.directory.services.facts import set_facts, set_facts_bulk
from ponte.directory.services.people import create_person
from ponte.directory.services.stages import advance_stage, change_stage, change_stages
from ponte.directory.services.tags import change_tags, create_tag
from ponte.directory.subscribers import customer_by_paid_order, customers_by_imported_orders
from ponte.events.commerce import OrderPaid, OrdersImported

pytestmark = pytest.mark.usefixtures("workspace")


def person(actor: Any, name: str = "Ana", **values: Any) -> UUID:
    return create_person(actor=actor, data=PersonData(name=name, **values)).id


def context(actor: Any) -> EventContext:
    return EventContext(actor.member_id, timezone.now(), actor)


def test_a_step_leaves_history_and_event(actor: Any) -> None:
    ana = person(actor)
    change_stage(actor=actor, party_id=ana, stage="lost", reason="Preço", version=1)
    step = StageChange.objects.filter(party_id=ana).latest("at")
    assert (step.from_stage, step.to_stage, step.reason) == ("lead", "lost", "Preço")
    event = StoredEvent.objects.get(name="directory.stage_changed")
    assert event.payload["to_stage"] == "lost"
    with pytest.raises(Conflict):
        change_stage(actor=actor, party_id=ana, stage="sql", version=1)
    with pytest.raises(Invalid):
        change_stage(actor=actor, party_id=ana, stage="nope")


def test_events_move_forward_only(actor: Any) -> None:
    ana = person(actor, stage="promoter")
    assert not advance_stage(actor=actor, party_id=ana, stage="customer")
    bia = person(actor, "Bia", stage="lost")
    event = OrderPaid(order_id="x", party_id=str(bia), total="1", currency="BRL")
    customer_by_paid_order(event, context(actor))
    customer_by_paid_order(event, context(actor))
    assert Party.objects.get(id=bia).stage == "customer"
    assert StageChange.objects.filter(party_id=bia, to_stage="customer").count() == 1


def test_imported_orders_make_customers(actor: Any) -> None:
    buyer, looker, lost = person(actor, "A"), person(actor, "B"), person(actor, "C", stage="lost")
    set_facts_bulk({buyer: {"orders_count": 1}, lost: {"orders_count": 2}})
    event = OrdersImported(source="olist", order_ids=[], party_ids=[str(i) for i in (buyer, looker, lost)])
    customers_by_imported_orders(event, context(actor))
    assert dict(Party.objects.values_list("id", "stage")) == {buyer: "customer", looker: "lead", lost: "lost"}


def test_many_move_with_one_event(actor: Any, django_assert_max_num_queries: Any) -> None:
    ids = [person(actor, f"P{n}") for n in range(30)]
    with django_assert_max_num_queries(8):
        assert len(change_stages(actor=actor, party_ids=ids, stage="mql")) == 30
    assert StoredEvent.objects.filter(name="directory.stages_changed").count() == 1


def test_facts(actor: Any) -> None:
    ana, bia = person(actor), person(actor, "Bia")
    set_facts(party_id=ana, revenue=Decimal("10.50"), last_order_at=timezone.now())
    assert set_facts_bulk({ana: {"orders_count": 2}, bia: {"orders_count": 3}}) == 2
    facts = PartyFacts.objects.get(party_id=ana)
    assert (facts.revenue, facts.orders_count) == (Decimal("10.50"), 2)
    assert facts.last_order_sort == facts.last_order_at
    assert PartyFacts.objects.get(party_id=bia).last_order_sort.year == 1970
    with pytest.raises(TypeError):
        set_facts(party_id=ana, nonsense=1)


def test_the_bin_empties_after_thirty_days(actor: Any) -> None:
    ana, bia, caio = (person(actor, name) for name in ("Ana", "Bia", "Caio"))
    delete_parties(actor=actor, party_ids=[ana, bia])
    Party.objects.filter(id=ana).update(deleted_at=timezone.now() - timedelta(days=31))
    assert purge_expired(actor=actor) == 1
    assert set(Party.objects.values_list("id", flat=True)) == {bia, caio}
    assert AuditEntry.objects.filter(act="customers.purged").get().object_ids == [ana]
    assert restore_parties(actor=actor, party_ids=[bia, caio]) == 1
    with pytest.raises(Missing):
        delete_parties(actor=actor, party_ids=[ana])


def test_roles_at_companies(actor: Any) -> None:
    ana = person(actor)
    one, two = (create_company(actor=actor, data=CompanyData(name=name)).id for name in ("Um", "Dois"))
    first = start_affiliation(
        actor=actor, person_id=ana, company_id=one, role="Sócia", started_on=date(2020, 1, 1)
    )
    second = start_affiliation(actor=actor, person_id=ana, company_id=two, role="Sócia", is_primary=True)
    assert list(Affiliation.objects.filter(is_primary=True)) == [second]
    with pytest.raises(Invalid):
        start_affiliation(actor=actor, person_id=ana, company_id=one, role="Sócia")
    with pytest.raises(Invalid):
        end_affiliation(actor=actor, affiliation_id=first.id, ended_on=date(2019, 1, 1))
    update_affiliation(actor=actor, affiliation_id=first.id, changes={"is_primary": True, "role": "Diretora"})
    assert Affiliation.objects.get(is_primary=True).role == "Diretora"
    end_affiliation(actor=actor, affiliation_id=first.id)
    start_affiliation(actor=actor, person_id=ana, company_id=one, role="Diretora")
    with pytest.raises(Missing):
        start_affiliation(actor=actor, person_id=one, company_id=two)


def test_the_family_of_a_company(actor: Any, admin: Any) -> None:
    head = create_company(actor=actor, data=CompanyData(name="Matriz", cnpj="11222333000181"))
    branch = create_company(actor=actor, data=CompanyData(name="Filial", cnpj="11222333000262"))
    child = create_company(actor=actor, data=CompanyData(name="Outra", parent_id=head.id))
    assert [party.id for party in list_family(admin, head)] == [child.id, branch.id]
    assert [party.id for party in list_family(admin, branch)] == [head.id]
    assert [party.id for party in list_family(admin, child)] == [head.id]
    assert head.is_headquarters
    assert not branch.is_headquarters


def test_relations_and_tags(actor: Any) -> None:
    ana, bia = person(actor), person(actor, "Bia")
    relation = add_relation(actor=actor, origin_id=ana, target_id=bia, kind="parent")
    assert add_relation(actor=actor, origin_id=ana, target_id=bia, kind="parent").id == relation.id
    for arguments in ({"target_id": ana, "kind": "parent"}, {"target_id": bia, "kind": "nope"}):
        with pytest.raises(Invalid):
            add_relation(actor=actor, origin_id=ana, **arguments)
    create_tag(actor=actor, name="Café")
    change_tags(actor=actor, party_ids=[ana, bia], add=["CAFE", "Novo 🎉"])
    assert Tag.objects.count() == 2
    with pytest.raises(Invalid):
        create_tag(actor=actor, name="cafe")
    with pytest.raises(Invalid):
        change_tags(actor=actor, party_ids=[ana], add=["x" * 61])

"""Many workers route leads at once: turns stay fair, no lead is given away twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytestmark = pytest.mark.committing
LEADS, WORKERS = 30, 5


@pytest.fixture
def business(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A workspace whose rows are committed, with three salespeople in one rule."""
    from django.db import transaction

    from ponte.core.actors import Actor
    from ponte.core.services.workspaces import add_member, create_workspace
    from ponte.core.tenancy.models import User
    from ponte.core.tenancy.schemas import drop_schema
    from ponte.core.tenancy.scope import workspace_scope
    from ponte.sales.services.routing_rules import RuleData, SeatData, create_routing_rule

    with django_db_blocker.unblock():
        workspace = create_workspace(name="Juntos", slug="juntos")
        users = [
            User.objects.create(
                email=f"{name}@juntos.example", name=name, language="pt-br", password="!unusable"
            )
            for name in ("Bruna", "Caio", "Davi")
        ]
        actor = Actor.system("test")
        with workspace_scope(workspace):
            members = [add_member(user=user, role="salesperson", actor=actor) for user in users]
            seats = [SeatData(member_id=one.id) for one in members]
            create_routing_rule(actor=actor, data=RuleData(name="Rodízio", seats=seats, is_active=True))
        yield workspace
        with transaction.atomic():
            drop_schema(workspace.schema_name)
            workspace.delete()
        User.objects.filter(id__in=[user.id for user in users]).delete()


def test_turns_are_fair_and_each_lead_is_given_once(business: Any) -> None:
    from django.db import connections

    from ponte.core.actors import Actor
    from ponte.core.tenancy.scope import workspace_scope
    from ponte.directory.data import PersonData
    from ponte.directory.services.people import create_person
    from ponte.sales.data import LeadData
    from ponte.sales.models import Lead, RoutingEntry
    from ponte.sales.services.leads import create_lead
    from ponte.sales.services.routing import route_lead

    actor = Actor.system("test")
    with workspace_scope(business):
        ids = [
            create_lead(
                actor=actor,
                data=LeadData(party_id=create_person(actor=actor, data=PersonData(name=f"P{number}")).id),
            ).id
            for number in range(LEADS)
        ]

    def route(lead_id: Any) -> None:
        try:
            with workspace_scope(business):
                route_lead(lead=Lead.objects.get(id=lead_id), actor=actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:  # each lead twice: as an event delivered again would
        list(pool.map(route, [one for one in ids for _ in range(2)]))
    with workspace_scope(business):
        owners = Counter(Lead.objects.values_list("owner__name", flat=True))
        assert owners == {"Bruna": 10, "Caio": 10, "Davi": 10}
        assert RoutingEntry.objects.count() == LEADS

"""Recording many interactions at once."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.ids import uuid7
from ponte.core.models import AuditEntry, StoredEvent
from ponte.timeline.models import Interaction
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.tests.conftest import facts_of, make_party


def item(party, key=None, **told):
    return InteractionData(**{"party_id": party.id, "kind": "note", "body": "x", "external_key": key, **told})


def test_twice_changes_nothing(actor, ana):
    items = [item(ana, str(number)) for number in range(10)]
    first = bulk_record(actor=actor, items=items, source="olist")
    second = bulk_record(actor=actor, items=items, source="olist")

    assert (first.created, first.existing) == (10, 0)
    assert (second.created, second.existing) == (0, 10)
    assert first.ids == second.ids
    assert facts_of(ana).interactions_count == 10
    assert AuditEntry.objects.filter(act="interaction.recorded").count() == 1
    assert StoredEvent.objects.filter(name="timeline.interactions_recorded").count() == 1


def test_a_key_that_comes_twice_in_one_call_is_one_row(actor, ana):
    result = bulk_record(actor=actor, items=[item(ana, "1"), item(ana, "1", body="y")], source="olist")

    assert (result.created, result.existing) == (1, 1)
    assert result.ids[0] == result.ids[1]
    assert Interaction.objects.get().body == "x"


def test_without_keys_every_item_is_a_row(actor, ana):
    assert bulk_record(actor=actor, items=[item(ana), item(ana)], source="olist").created == 2


def test_faulty_items_are_answered_and_hinder_no_other(actor, ana):
    gone = make_party("person", "Zé", deleted_at=timezone.now())
    result = bulk_record(
        actor=actor,
        source="olist",
        items=[
            item(ana, "1", body=""),
            item(ana, "2"),
            item(gone, "3"),
            item(ana, "4", occurred_at=timezone.now() + timedelta(days=1)),
            InteractionData(party_id=uuid7(), kind="note", body="x"),
        ],
    )

    assert result.created_at == {1}
    assert {place: one[0].code for place, one in result.problems.items()} == {
        0: "required", 2: "missing", 3: "in_future", 4: "missing",
    }  # fmt: skip
    assert result.ids[0] is None


def test_facts_of_people_and_their_companies_follow(actor, ana, acme, employ):
    employ(ana, acme)
    now = timezone.now()
    times = [now - timedelta(days=days) for days in (3, 9, 1)]
    bulk_record(actor=actor, items=[item(ana, occurred_at=time) for time in times], source="olist")

    for party in (ana, acme):
        facts = facts_of(party)
        assert (facts.first_interaction_at, facts.last_interaction_at) == (times[1], times[2])
        assert facts.interactions_count == 3
    assert set(Interaction.objects.values_list("company", flat=True)) == {acme.id}


def test_the_number_of_statements_does_not_grow(actor):
    parties = [make_party("person", f"P{number}") for number in range(50)]

    def count(items):
        with CaptureQueriesContext(connection) as captured:
            bulk_record(actor=actor, items=items, source="olist")
        return len(captured)

    few = count([item(party, f"a{place}") for place, party in enumerate(parties[:2])])
    many = count([item(party, f"b{place}") for place, party in enumerate(parties * 10)])
    assert many == few <= 16


def test_nothing_to_do_is_no_event(actor):
    assert bulk_record(actor=actor, items=[], source="olist").created == 0
    assert not StoredEvent.objects.filter(name__startswith="timeline").exists()

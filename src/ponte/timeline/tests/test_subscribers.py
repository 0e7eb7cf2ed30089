"""Entries that write themselves."""

from ponte.core.models import StoredEvent
from ponte.core.services.events import dispatch, publish
from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person
from ponte.directory.services.stages import change_stage
from ponte.events.directory import PartiesUpserted, StagesChanged
from ponte.timeline.models import Interaction
from ponte.timeline.services.automatic import show_on_company
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.tests.conftest import facts_of


def deliver(name):
    for stored in StoredEvent.objects.filter(name=name):
        dispatch(stored.id)


def kinds():
    return sorted(Interaction.objects.values_list("kind", flat=True))


def test_a_new_customer_has_a_first_entry_however_often_it_is_told(actor):
    create_person(actor=actor, data=PersonData(name="Ana"))
    for _ in range(2):
        deliver("directory.person_created")
    assert kinds() == ["customer_created"]
    assert Interaction.objects.get().author == actor.member


def test_a_change_of_stage_is_written_with_from_and_to(actor, ana):
    change_stage(actor=actor, party_id=ana.id, stage="customer", reason="Comprou")
    deliver("directory.stage_changed")
    entry = Interaction.objects.get()
    assert entry.data == {"from": "lead", "to": "customer"}
    assert entry.body == "Comprou"
    assert facts_of(ana).last_interaction_at is None


def test_imported_and_moved_together(actor, ana, acme):
    ids = [str(ana.id), str(acme.id)]
    publish(PartiesUpserted(kind="person", created_ids=ids, updated_ids=[], source="olist"), actor=actor)
    publish(StagesChanged(party_ids=ids, from_stages=["lead", "lead"], to_stage="mql"), actor=actor)
    deliver("directory.customers_upserted")
    deliver("directory.stages_changed")
    assert kinds() == ["customer_created"] * 2 + ["stage_change"] * 2


def test_a_customer_gone_in_the_meantime_is_no_error(actor, ana):
    change_stage(actor=actor, party_id=ana.id, stage="customer")
    ana.refresh_from_db()
    ana.delete()
    deliver("directory.stage_changed")
    assert kinds() == []


def test_a_persons_earlier_history_shows_on_their_first_company(actor, ana, acme, employ):
    call = record_interaction(actor=actor, party_id=ana.id, kind="call")
    employ(ana, acme)
    assert show_on_company(person_id=ana.id) == 1
    assert show_on_company(person_id=ana.id) == 0
    call.refresh_from_db()
    assert call.company == acme
    assert facts_of(acme).interactions_count == 1
    assert facts_of(acme).last_interaction_at == call.occurred_at

"""Deals leave the bin for good; moves of many are taken back; territories follow merged customers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ponte.core.ids import uuid7
from ponte.core.models import Attachment, AuditEntry
from ponte.core.services.files import attach
from ponte.directory.services.merging import merge_customers, unmerge_customers
from ponte.sales.models import Opportunity, StageEntry, TerritoryPlacement
from ponte.sales.services.opportunities import update_opportunity
from ponte.sales.services.opportunity_bin import delete_opportunity, purge_opportunities
from ponte.sales.services.opportunity_bulk import move_many
from ponte.sales.services.opportunity_undo import undo_moves
from ponte.sales.services.territories import create_territory, place_customer
from ponte.timeline.services.tasks import create_task
from ponte.workplace.models import BulkChange


def test_the_bin_is_emptied_after_its_time(make_opportunity, make_quote, actor):
    old, young, kept = (make_opportunity(title=name) for name in ("Velha", "Nova", "Fica"))
    task = create_task(actor=actor, title="Ligar", about_type="opportunity", about_id=old.id)
    file = SimpleUploadedFile("a.txt", b"abc")
    attach(actor=actor, upload=file, object_type="opportunity", object_id=old.id, party_id=old.party_id)
    quote = make_quote(old.party, opportunity_id=old.id)
    for deal in (old, young):
        delete_opportunity(actor=actor, opportunity_id=deal.id)
    Opportunity.objects.filter(id=old.id).update(deleted_at=timezone.now() - timedelta(days=31))
    before = timezone.now() - timedelta(days=30)
    assert (purge_opportunities(before=before), purge_opportunities(before=before)) == (1, 0)
    assert set(Opportunity.objects.values_list("id", flat=True)) == {young.id, kept.id}
    task.refresh_from_db()
    assert (task.about_type, task.about_id, task.party_id) == ("", None, old.party_id)
    assert not Attachment.objects.exists()
    quote.refresh_from_db()
    assert quote.opportunity_id is None
    assert AuditEntry.objects.filter(act="opportunity.purged").count() == 1


def test_moves_of_many_are_taken_back(make_opportunity, pipeline, actor):
    first, second = pipeline.stages.order_by("position")[:2]
    deals = [make_opportunity(title=str(number)) for number in range(3)]
    moved = move_many(actor=actor, opportunity_ids=[one.id for one in deals], stage_id=second.id)
    assert len(moved) == 3
    update_opportunity(actor=actor, opportunity_id=deals[2].id, changes={"title": "Mudou"})
    undone = undo_moves(actor=actor, versions=moved)
    assert set(undone) == {deals[0].id, deals[1].id}
    stages = dict(Opportunity.objects.values_list("id", "stage_id"))
    assert stages == {deals[0].id: first.id, deals[1].id: first.id, deals[2].id: second.id}
    assert StageEntry.objects.filter(opportunity=deals[0]).count() == 1
    assert undo_moves(actor=actor, versions=moved) == []


def test_the_list_takes_them_back_with_its_toast(make_opportunity, pipeline, admin, client_for, run_jobs):
    first, second = pipeline.stages.order_by("position")[:2]
    deal = make_opportunity()
    browser = client_for(admin)
    form = {"all": "1", "query": "?", "stage": str(second.id), "once": str(uuid7())}
    browser.post("/teste/lists/opportunities/bulk/move/", form)
    run_jobs()
    assert Opportunity.objects.get(id=deal.id).stage_id == second.id
    change = BulkChange.objects.get()
    browser.post(f"/teste/lists/opportunities/bulk/move/undo/{change.id}/")
    run_jobs()
    assert Opportunity.objects.get().stage_id == first.id


@pytest.fixture
def territories(actor):
    return [create_territory(actor=actor, name=name) for name in ("Sul", "Norte")]


def placement(party):
    return (
        TerritoryPlacement.objects.filter(party_id=party.id)
        .values_list("territory__name", "is_fixed")
        .first()
    )


def test_the_survivor_takes_the_losers_territory(actor, make_party, territories):
    ana, bia = make_party("Ana"), make_party("Bia")
    place_customer(actor=actor, party=bia, territory=territories[0])
    TerritoryPlacement.objects.filter(party_id=ana.id).delete()
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[bia.id])
    assert placement(ana) == ("Sul", True)
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert placement(ana) is None
    assert placement(bia) == ("Sul", True)


def test_set_by_hand_beats_the_rules_but_not_the_survivors_own(actor, make_party, territories):
    south, north = territories
    ana, bia, caio = make_party("Ana"), make_party("Bia"), make_party("Caio")
    TerritoryPlacement.objects.create(party_id=ana.id, territory=south, since=timezone.now())
    place_customer(actor=actor, party=bia, territory=north)
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[bia.id])
    assert placement(ana) == ("Norte", True)
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert placement(ana) == ("Sul", False)
    place_customer(actor=actor, party=caio, territory=south)
    merge_customers(actor=actor, survivor_id=caio.id, loser_ids=[bia.id])
    assert placement(caio) == ("Sul", True)

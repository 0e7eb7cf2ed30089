"""Building pipelines: stages, rules, order, deleting, reasons and competitors."""

from __future__ import annotations

import pytest

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid
from ponte.sales.models import Competitor, Opportunity, Pipeline, Reason, Stage, StageEntry
from ponte.sales.services.opportunities import win_opportunity
from ponte.sales.services.pipeline_settings import (
    archive_pipeline,
    create_pipeline,
    create_stage,
    delete_stage,
    update_stage,
)
from ponte.sales.services.sales_words import save_reason

PAGE = "/teste/settings/pipelines/"


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


def test_a_pipeline_is_built_and_refused_where_it_makes_no_sense(actor, pipeline):
    made = create_pipeline(actor=actor, name="Contratos", stages=["Um", " ", "Dois"])
    assert [one.name for one in made.stages.order_by("position")] == ["Um", "Dois"]
    with pytest.raises(Invalid, match="name"):
        create_pipeline(actor=actor, name="contratos")
    stage = create_stage(
        actor=actor,
        pipeline_id=made.id,
        values={
            "name": "Três",
            "probability": 80,
            "required_fields": ["contact", "amount"],
            "checklist": [{"text": "Ligar"}],
        },
    )
    assert stage.required_fields == ["amount", "contact"], "in the order they are offered"
    key = stage.checklist[0]["key"]
    kept = update_stage(
        actor=actor,
        stage_id=stage.id,
        values={"checklist": [{"key": key, "text": "Ligar já"}, {"text": "Visitar"}]},
        version=1,
    )
    assert kept.checklist[0] == {"key": key, "text": "Ligar já"}
    with pytest.raises(Conflict):
        update_stage(actor=actor, stage_id=stage.id, values={"name": "x"}, version=1)
    with pytest.raises(Invalid) as refused:
        update_stage(
            actor=actor,
            stage_id=stage.id,
            values={"probability": 101, "max_days": 0, "required_fields": ["nonsense"]},
        )
    assert {one.field for one in refused.value.problems} == {"probability", "max_days", "required_fields"}


def test_deleting_a_stage_moves_what_stands_there(actor, make_opportunity, pipeline):
    first, second = pipeline.stages.order_by("position")[:2]
    deal, won = make_opportunity(), make_opportunity()
    win_opportunity(actor=actor, opportunity_id=won.id)
    with pytest.raises(Invalid, match="move_to"):
        delete_stage(actor=actor, stage_id=first.id)
    assert delete_stage(actor=actor, stage_id=first.id, move_to=second.id) == 2
    assert set(Opportunity.objects.values_list("stage_id", flat=True)) == {second.id}
    assert StageEntry.objects.filter(opportunity=deal, left_at=None).count() == 1
    assert not Stage.objects.filter(id=first.id).exists()


def test_archiving_needs_an_empty_pipeline_and_another_one(actor, make_opportunity, pipeline):
    with pytest.raises(Invalid):
        archive_pipeline(actor=actor, pipeline_id=pipeline.id)
    create_pipeline(actor=actor, name="Outro")
    make_opportunity()
    with pytest.raises(Invalid):
        archive_pipeline(actor=actor, pipeline_id=pipeline.id)
    Opportunity.objects.all().delete()
    assert archive_pipeline(actor=actor, pipeline_id=pipeline.id).archived_at is not None


def test_only_who_has_the_area_may(member_with, client_for, pipeline):
    seller = member_with("salesperson")
    with pytest.raises(Denied):
        save_reason(actor=Actor.for_member(seller), name="Porque sim")
    assert client_for(seller).get(PAGE).status_code == 404


def test_the_page_as_an_administrator_uses_it(browser, pipeline):
    stage = pipeline.stages.order_by("position").first()
    page = browser.get(PAGE).content.decode()
    assert stage.name in page
    assert browser.post(f"{PAGE}new/", {"name": "Parcerias", "stages": "A\nB"}).status_code == 302
    assert browser.post(f"{PAGE}new/", {"name": "Parcerias"}).status_code == 422
    other = Pipeline.objects.get(name="Parcerias")
    assert browser.get(f"{PAGE}{other.id}/stages/new/").status_code == 200
    sent = {"name": "C", "probability": "70", "goal": "10.000,00", "checklist": "Um passo\nOutro passo",
            "required_fields": ["amount"]}  # fmt: skip
    assert browser.post(f"{PAGE}{other.id}/stages/new/", sent).status_code == 302
    third = other.stages.get(name="C")
    assert (third.goal, len(third.checklist)) == (10000, 2)
    assert browser.get(f"/teste/settings/stages/{third.id}/edit/").status_code == 200
    assert browser.post(f"/teste/settings/stages/{third.id}/up/").status_code == 302
    assert [one.name for one in other.stages.order_by("position")] == ["A", "C", "B"]
    assert browser.post(f"/teste/settings/stages/{third.id}/delete/", {}).status_code == 302
    assert browser.post(f"{PAGE}{other.id}/up/").status_code == 302
    assert Pipeline.objects.order_by("position").first() == other
    assert browser.post(f"{PAGE}{other.id}/archive/", {"archived": "1"}).status_code == 302
    assert browser.post("/teste/settings/reasons/new/", {"name": "Sumiu"}).status_code == 302
    reason = Reason.objects.get(name="Sumiu")
    assert browser.post(f"/teste/settings/reasons/{reason.id}/archive/", {"archived": "1"}).status_code == 302
    assert browser.post("/teste/settings/competitors/new/", {"name": "Rival"}).status_code == 302
    assert browser.post("/teste/settings/competitors/new/", {"name": "rival"}).status_code == 422
    assert Competitor.objects.get().name == "Rival"

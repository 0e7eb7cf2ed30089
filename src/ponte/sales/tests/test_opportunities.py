"""Opening, moving and ending opportunities."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.models import AuditEntry, StoredEvent
from ponte.sales.data import OpportunityData
from ponte.sales.models import DealStatus, Opportunity, Reason, ReasonKind, StageEntry
from ponte.sales.services.opportunities import (
    create_opportunity,
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    update_opportunity,
    win_opportunity,
)


def test_it_opens_in_the_first_stage(make_opportunity, pipeline):
    deal = make_opportunity(title="Troca do moinho")
    assert deal.stage == pipeline.stages.order_by("position").first()
    assert deal.status == DealStatus.OPEN
    assert StageEntry.objects.get(opportunity=deal).left_at is None
    assert StoredEvent.objects.filter(name="sales.opportunity_opened").count() == 1
    assert AuditEntry.objects.filter(act="opportunity.created", object_id=deal.id).exists()


def test_an_untitled_one_bears_the_customers_name(make_opportunity, make_party):
    assert make_opportunity(make_party("Carla Nunes")).title == "Carla Nunes"


def test_it_moves_and_its_stays_are_timed(make_opportunity, pipeline, actor):
    deal, (first, second) = make_opportunity(), pipeline.stages.order_by("position")[:2]
    move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=second.id, version=1)
    stays = list(StageEntry.objects.filter(opportunity=deal).order_by("entered_at", "id"))
    assert [stay.stage_id for stay in stays] == [first.id, second.id]
    assert stays[0].left_at == stays[1].entered_at
    assert stays[1].left_at is None
    with pytest.raises(Conflict):
        move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=first.id, version=1)


def test_no_such_stage(make_opportunity, actor):
    with pytest.raises(Invalid, match="stage_id"):
        move_opportunity(actor=actor, opportunity_id=make_opportunity().id, stage_id=uuid4())


def test_won_lost_and_reopened(make_opportunity, actor):
    deal, reason = make_opportunity(), Reason.objects.filter(kind=ReasonKind.LOST).first()
    win_opportunity(actor=actor, opportunity_id=deal.id, note="Fechado por telefone")
    with pytest.raises(Invalid, match="status"):
        lose_opportunity(actor=actor, opportunity_id=deal.id, reason_id=reason.id)
    reopen_opportunity(actor=actor, opportunity_id=deal.id)
    lost = lose_opportunity(actor=actor, opportunity_id=deal.id, reason_id=reason.id)
    assert (lost.status, lost.reason) == (DealStatus.LOST, reason)
    acts = (
        StageEntry.objects.filter(opportunity=deal).order_by("entered_at", "id").values_list("act", flat=True)
    )
    assert list(acts) == ["opened", "won", "reopened", "lost"]


def test_what_cannot_be_accepted_is_told_whole(actor, make_party):
    data = OpportunityData(party_id=uuid4(), amount=Decimal(-1), category="hope", owner_id=uuid4())
    with pytest.raises(Invalid) as refused:
        create_opportunity(actor=actor, data=data)
    assert {problem.field for problem in refused.value.problems} == {
        "party_id",
        "amount",
        "category",
        "owner_id",
    }
    assert not Opportunity.objects.exists()


def test_who_may_not_see_it_cannot_touch_it(make_opportunity, member_with):
    role = {"objects": {"customer": {"view": "own"}, "opportunity": {"view": "own", "edit": "own"}}}
    from ponte.core.models import Role

    stranger = member_with(Role.objects.create(name="Só os meus", rights=role))
    deal = make_opportunity()
    with pytest.raises(Missing):
        update_opportunity(
            actor=Actor.for_member(stranger), opportunity_id=deal.id, changes={"title": "Meu agora"}
        )
    assert Opportunity.objects.get().title != "Meu agora"

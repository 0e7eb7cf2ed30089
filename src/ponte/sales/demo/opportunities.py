"""The demo's pipelines and opportunities: two years of sales won and lost, and what is being worked today."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from ponte.commerce.data import BulkRow
from ponte.commerce.models import Product
from ponte.core.actors import Actor
from ponte.sales.models import (
    Competitor,
    DealStatus,
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
    Pipeline,
    Reason,
    ReasonKind,
    Stage,
    StageAct,
    StageEntry,
)
from ponte.sales.selectors.pipelines import forget_pipelines
from ponte.sales.services.bulk_opportunities import upsert_opportunities
from ponte.timeline.services.meetings import create_meeting
from ponte.timeline.services.tasks import create_task
from ponte.workplace.demo import DemoContext, DemoPart

SOURCE = "demo"
NUMBER, OPEN_NUMBER, DAYS = 84, 34, 700
SECOND = "Contratos e assinaturas"
STAGES = (
    ("Diagnóstico", 20, 10),
    ("Proposta enviada", 50, 14),
    ("Revisão do contrato", 80, 10),
)
CHECKLIST = [
    {"key": "decisor", "text": "Confirmar quem decide"},
    {"key": "orcamento", "text": "Confirmar orçamento e prazo"},
]
TITLES = (
    "Troca do moinho", "Fornecimento mensal de café", "Máquina de espresso para o escritório", "Reforma da área de degustação",
    "Kit de boas-vindas para clientes", "Treinamento de baristas", "Renovação do contrato anual", "Expansão para a filial",
    "Manutenção preventiva", "Evento de fim de ano", "Assinatura de grãos especiais", "Projeto piloto", "Aluguel de equipamentos",
    "Compra de embalagens", "Consultoria de cardápio",
)  # fmt: skip
DISCOUNTS = (0, 4, 8, 14, 18)  # per cent
RIVALS = ("Café do Porto", "Torra Certa", "Grão Nobre")
STEPS = (
    "Ligar para saber a decisão",
    "Enviar a proposta revisada",
    "Marcar visita",
    "Confirmar o orçamento",
    "Apresentar amostras",
)


def make(context: DemoContext) -> None:
    """Add a second pipeline, competitors and opportunities, denser towards today, with their stays and next steps."""
    context.say("oportunidades")
    stages = _pipelines()
    rivals = [Competitor.objects.get_or_create(name=name)[0] for name in RIVALS]
    reasons = list(Reason.objects.filter(kind=ReasonKind.LOST).order_by("position"))
    parties = [*context.made["companies"], *context.made["people"][:40]]
    rows = [_row(context, number, parties, stages, reasons, rivals) for number in range(NUMBER)]
    results = upsert_opportunities(actor=context.actor, rows=rows, source=SOURCE, is_demo=True)
    if any(one.outcome == "rejected" for one in results):
        raise RuntimeError("the demo's own opportunities were refused")
    for deal in Opportunity.objects.filter(is_demo=True).select_related("stage").order_by("external_id"):
        _walk(context, deal, stages)
        if deal.status == DealStatus.OPEN:
            _plan(context, deal)
            if context.random.random() < 0.3:
                OpportunityCompetitor.objects.create(
                    opportunity=deal, competitor=context.random.choice(rivals)
                )
    _offer()


def remove(actor: Actor) -> None:
    """Take the demo's opportunities, and the pipeline nobody else uses, away for good."""
    Opportunity.objects.filter(is_demo=True).delete()
    mine = Pipeline.objects.filter(name=SECOND, opportunities=None)
    Stage.objects.filter(pipeline__in=mine).delete()
    mine.delete()
    Competitor.objects.filter(name__in=RIVALS, opportunities=None).exclude(
        id__in=Opportunity.objects.exclude(competitor=None).values("competitor_id")
    ).delete()
    forget_pipelines()


def _pipelines() -> dict[UUID, list[Stage]]:
    """Return the stages of each pipeline, the second one made where it isn't there."""
    pipeline, is_new = Pipeline.objects.get_or_create(name=SECOND, defaults={"position": 2})
    if is_new:
        Stage.objects.bulk_create(
            Stage(pipeline=pipeline, name=name, position=place, probability=chance, max_days=days)
            for place, (name, chance, days) in enumerate(STAGES, 1)
        )
    first = Pipeline.objects.filter(archived_at=None).order_by("position", "id").first()
    if first is not None:
        Stage.objects.filter(pipeline=first, position=2, checklist=[]).update(
            checklist=CHECKLIST, version=F("version") + 1
        )
    forget_pipelines()
    found: dict[UUID, list[Stage]] = {}
    for stage in Stage.objects.filter(pipeline__archived_at=None).order_by("pipeline__position", "position"):
        found.setdefault(stage.pipeline_id, []).append(stage)
    return found


def _row(
    context: DemoContext,
    number: int,
    parties: list[UUID],
    stages: dict[UUID, list[Stage]],
    reasons: list[Reason],
    rivals: list[Competitor],
) -> BulkRow:
    pick = context.random
    mine = list(stages.values())[1 if number % 4 == 3 and len(stages) > 1 else 0]
    is_open = number < OPEN_NUMBER
    opened = _moment(context, pick.randrange(2, 45) if is_open else int(40 + DAYS * pick.random() ** 1.4))
    values: dict[str, Any] = {
        "party_id": pick.choice(parties),
        "title": TITLES[number % len(TITLES)],
        "owner_id": pick.choice(context.made["members"]).id,
        "stage_id": (pick.choice(mine) if is_open else mine[-1]).id,
        "amount": Decimal(pick.choice((1800, 2500, 4200, 7900, 12500, 18900, 32000, 64000))),
        "monthly": Decimal(pick.choice((0, 0, 0, 290, 480, 1200))) if number % 4 == 3 else Decimal(0),
        "origin": pick.choice(
            ("recommendation", "organic_search", "outbound", "event", "whatsapp", "paid_search")
        ),
        "category": pick.choice(("pipeline", "pipeline", "best_case", "commit")),
        "opened_at": opened,
        "expected_close": context.today + timedelta(days=pick.randrange(-6, 60)) if is_open else None,
    }
    if not is_open:
        won = pick.random() < 0.45
        closed = min(opened + timedelta(days=pick.randrange(6, 70)), _moment(context, 1))
        values |= {"status": "won" if won else "lost", "closed_at": closed}
        if not won:
            reason = pick.choice(reasons)
            values |= {"reason_id": reason.id, "stage_id": pick.choice(mine).id}
            if pick.random() < 0.4:
                values["competitor_id"] = pick.choice(rivals).id
    return BulkRow(external_id=f"deal-{number:03}", values=values)


def _walk(context: DemoContext, deal: Opportunity, stages: dict[UUID, list[Stage]]) -> None:
    """Give a deal its stays in the stages before the one it is in."""
    passed = [one for one in stages[deal.pipeline_id] if one.position <= deal.stage.position]
    end = deal.closed_at or timezone.now()
    first = StageEntry.objects.get(opportunity=deal, act=StageAct.OPENED)
    cuts = sorted(context.random.random() * 0.9 for _stage in passed[1:])
    moments = [deal.opened_at, *(deal.opened_at + (end - deal.opened_at) * cut for cut in cuts)]
    first.stage, first.left_at = passed[0], (*moments[1:], deal.closed_at)[0]
    first.save(update_fields=["stage", "left_at"])
    StageEntry.objects.bulk_create(
        StageEntry(
            opportunity=deal,
            act=StageAct.MOVED,
            stage=stage,
            entered_at=moments[place],
            left_at=moments[place + 1] if place + 1 < len(moments) else deal.closed_at,
            member_id=deal.owner_id,
            amount=deal.amount,
        )
        for place, stage in enumerate(passed[1:], 1)
    )
    Opportunity.objects.filter(id=deal.id).update(stage_since=moments[-1])


def _offer() -> None:
    """Give what has ended the product it was about, two of three the same one, and the discount that led to its value."""
    products = list(Product.objects.filter(is_demo=True, price__range=(50, 200)).order_by("name", "id")[:2])
    if not products:
        return
    ended = Opportunity.objects.filter(is_demo=True, lines=None).exclude(status=DealStatus.OPEN)
    lines = []
    for number, deal in enumerate(ended.order_by("external_id")):
        product = products[1 if number % 3 == 2 else 0]
        price = product.price or Decimal(1)
        share = Decimal(DISCOUNTS[number % len(DISCOUNTS)]) / 100
        quantity = Decimal(ceil(deal.amount / (price * (1 - share))))
        lines.append(
            OpportunityLine(
                opportunity=deal,
                product=product,
                description=product.name,
                quantity=quantity,
                unit_price=price,
                discount=quantity * price - deal.amount,
                total=deal.amount,
            )
        )
    OpportunityLine.objects.bulk_create(lines)


def _plan(context: DemoContext, deal: Opportunity) -> None:
    """Plan the next step of most open deals; some are left without, as in life."""
    if context.random.random() < 0.25:
        return
    day = context.today + timedelta(days=context.random.randrange(-3, 12))
    if deal.external_id.endswith(("1", "6")):
        starts_at = timezone.make_aware(datetime.combine(context.today + timedelta(days=3), time(15)))
        create_meeting(
            actor=context.actor,
            title="Apresentação da proposta",
            starts_at=starts_at,
            organiser_id=deal.owner_id,
            about_type="opportunity",
            about_id=deal.id,
            source=SOURCE,
            external_key=f"visit-{deal.external_id}",
        )
    create_task(
        actor=context.actor,
        title=context.random.choice(STEPS),
        due_at=timezone.make_aware(datetime.combine(day, time(12))),
        assignee_id=deal.owner_id,
        about_type="opportunity",
        about_id=deal.id,
        source=SOURCE,
        external_key=f"step-{deal.external_id}",
    )


def _moment(context: DemoContext, days: int) -> datetime:
    day = context.today - timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(context.random.randrange(9, 18), 15)))


PART = DemoPart(key="opportunities", order=40, make=make, remove=remove)

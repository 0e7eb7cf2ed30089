"""Making and removing the demo's cadences, territories and account plan."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.business_time import load_business_calendar
from ponte.core.models import Member
from ponte.directory.models import Affiliation
from ponte.sales.models import (
    AccountPlan,
    Cadence,
    CadenceStep,
    EndReason,
    Enrolment,
    EnrolmentState,
    PlanGoal,
    PlanPerson,
    RunState,
    StepRun,
    Territory,
)
from ponte.sales.selectors.territories import find_territories
from ponte.sales.services.cadence_steps import StepDetails, add_step
from ponte.sales.services.cadences import create_cadence, live_steps, set_cadence_state
from ponte.sales.services.territories import create_territory, place_customers
from ponte.workplace.demo import SEED, DemoContext, DemoPart

ENROLLED = 36
FOLLOW_UP: tuple[StepDetails, ...] = (
    {
        "channel": "email",
        "variants": [
            {
                "subject": "{{ primeiro_nome|Olá }}, tudo certo com o seu pedido de cotação?",
                "body": "Oi, {{ primeiro_nome|tudo bem }}?\n\nSou {{ vendedor }}, da {{ minha_empresa }}. Vi o seu interesse e separei algumas sugestões. Qual o melhor horário para conversarmos?",
            },
            {
                "subject": "Uma sugestão para {{ empresa|a sua empresa }}",
                "body": "Olá, {{ primeiro_nome|tudo bem }}!\n\nAqui é {{ vendedor }}. Preparei uma sugestão curta para {{ empresa|vocês }}. Posso enviar hoje?",
            },
        ],
    },
    {"channel": "call", "wait_days": 2, "variants": [{"subject": "Ligar para {{ primeiro_nome|o cliente }}", "body": "Perguntar quem decide, o prazo e o que pesa mais: preço, entrega ou atendimento."}]},
    {"channel": "whatsapp", "wait_days": 2, "variants": [{"body": "Oi, {{ primeiro_nome|tudo bem }}! Aqui é {{ vendedor }}, da {{ minha_empresa }}. Conseguiu ver o e-mail que enviei?"}]},
    {"channel": "task", "wait_days": 5, "variants": [{"subject": "Decidir se vale insistir com {{ nome|o cliente }}"}]},
)  # fmt: skip
AFTER_QUOTE: tuple[StepDetails, ...] = (
    {"channel": "call", "wait_days": 1, "variants": [{"subject": "Confirmar se a proposta chegou"}]},
    {"channel": "email", "wait_days": 3, "variants": [{"subject": "Alguma dúvida sobre a proposta?", "body": "Olá, {{ primeiro_nome|tudo bem }}!\n\nFicou alguma dúvida sobre a proposta de {{ negocio|que enviei }}?"}]},
)  # fmt: skip


def make(context: DemoContext) -> None:
    """Add two cadences with people in them, territories with their customers, and a plan for one company."""
    context.say("cadências e territórios")
    pick = random.Random(SEED)  # noqa: S311
    members: list[Member] = list(context.made["members"])
    cadence = _cadence(
        context.actor, "Primeiro contato", "Quem pediu cotação e ainda não falou conosco.", FOLLOW_UP
    )
    _enrol(context, pick, cadence, members)
    _cadence(context.actor, "Depois da proposta", "Acompanha a proposta enviada até a resposta.", AFTER_QUOTE)
    _territories(context, members)
    _plan(context, members)


def remove(actor: Actor) -> None:
    """Take the demo's cadences, territories and plan away for good."""
    Cadence.objects.filter(is_demo=True).delete()
    AccountPlan.objects.filter(is_demo=True).delete()
    for row in sorted(Territory.objects.filter(is_demo=True), key=lambda one: -one.depth):
        row.delete()


def _cadence(actor: Actor, name: str, words: str, steps: tuple[StepDetails, ...]) -> Cadence:
    row = create_cadence(actor=actor, name=name, description=words)
    for step in steps:
        add_step(actor=actor, cadence=row, **step)
    Cadence.objects.filter(id=row.id).update(is_demo=True)
    return set_cadence_state(actor=actor, cadence=row, state="active")


def _enrol(context: DemoContext, pick: random.Random, cadence: Cadence, members: list[Member]) -> None:
    """Write customers at every stage of the cadence, as if it had worked for some weeks."""
    calendar, steps = load_business_calendar(), live_steps(cadence.id)
    ahead = calendar.add_business_days(context.today, 2)
    for number, party_id in enumerate(pick.sample(context.made["people"], ENROLLED)):
        done = number % (len(steps) + 1)
        began = timezone.now() - timedelta(days=9 + number)
        row = Enrolment.objects.create(
            cadence=cadence, party_id=party_id, sender=members[number % len(members)], enrolled_by=members[0]
        )
        runs = [
            _run(row, step, began + timedelta(days=2 * place), number)
            for place, step in enumerate(steps[:done])
        ]
        _finish(row, runs, number)
        if row.is_open:
            row.next_step = steps[done]
            row.next_at = timezone.make_aware(datetime.combine(ahead + timedelta(days=number % 3), time(10)))
            if not calendar.is_open(row.next_at):
                row.next_at = calendar.add_business_time(row.next_at, timedelta())
        row.save()
        Enrolment.objects.filter(id=row.id).update(created_at=began)


def _run(row: Enrolment, step: CadenceStep, at: datetime, number: int) -> StepRun:
    state, reason = (RunState.SKIPPED, "no_address") if number % 11 == 5 else (RunState.DONE, "")
    letter = "AB"[number % 2] if step.variants.count() > 1 else "A"
    run = StepRun.objects.create(
        enrolment=row, step=step, sender=row.sender, channel=step.channel, letter=letter, state=state, reason=reason,
        ended_at=at,
    )  # fmt: skip
    StepRun.objects.filter(id=run.id).update(created_at=at)
    return run


def _finish(row: Enrolment, runs: list[StepRun], number: int) -> None:
    """Some answered, a few met, who had every step is through."""
    if not runs:
        return
    last = runs[-1].ended_at or timezone.now()
    if number % 4 == 1:
        row.replied_at, row.answered_run = last + timedelta(hours=5), runs[-1]
        row.state, row.reason, row.ended_at = EnrolmentState.STOPPED, EndReason.REPLIED, row.replied_at
    elif number % 13 == 2:
        row.meeting_at, row.meeting_run = last + timedelta(days=1), runs[-1]
        row.state, row.reason, row.ended_at = EnrolmentState.STOPPED, EndReason.MEETING, row.meeting_at
    elif len(runs) == len(FOLLOW_UP):
        row.state, row.reason, row.ended_at = EnrolmentState.FINISHED, EndReason.COMPLETED, last


def _territories(context: DemoContext, members: list[Member]) -> None:
    actor, ids, began = context.actor, [one.id for one in members], timezone.now()
    sao_paulo = create_territory(actor=actor, name="São Paulo", states=["SP"], member_ids=ids[:2])
    create_territory(
        actor=actor, name="Capital", parent_id=sao_paulo.id, postal_ranges=[["01000-000", "05999-999"]], member_ids=ids[:1]
    )  # fmt: skip
    create_territory(actor=actor, name="Sul", states=["PR", "SC", "RS"], member_ids=ids[2:3])
    create_territory(actor=actor, name="Demais estados", member_ids=ids[-1:])
    Territory.objects.filter(created_at__gte=began).update(is_demo=True)
    parties = [*context.made["companies"], *context.made["people"]]
    place_customers(actor=actor, found=find_territories(parties))


def _plan(context: DemoContext, members: list[Member]) -> None:
    party_id, people = _key_company(context)
    plan = AccountPlan.objects.create(
        party_id=party_id,
        owner=members[0],
        summary="Cliente desde 2022, compra por trimestre. Quer reduzir o número de fornecedores.",
        strengths="Entrega no prazo; bom relacionamento com a operação.",
        risks="O financeiro compara preço a cada renovação.",
        reviewed_on=context.today - timedelta(days=20),
        is_demo=True,
    )
    PlanGoal.objects.create(
        plan=plan, title="Dobrar o faturamento anual", target=Decimal(240000), reached=Decimal(150000), unit="reais",
        due_on=context.today + timedelta(days=200),
    )  # fmt: skip
    PlanGoal.objects.create(
        plan=plan, title="Entrar nas filiais do interior", target=Decimal(6), reached=Decimal(2), unit="filiais",
        due_on=context.today + timedelta(days=120),
    )  # fmt: skip
    places = (("decides", 3, "friendly"), ("influences", 2, "ally"), ("approves", 3, "critical"))
    for person_id, (role, influence, attitude) in zip(people, places, strict=False):
        PlanPerson.objects.create(
            plan=plan, person_id=person_id, role=role, influence=influence, attitude=attitude
        )


def _key_company(context: DemoContext) -> tuple[UUID, list[UUID]]:
    """Return the demo company with the most people, and some of them."""
    companies: dict[UUID, list[UUID]] = {one: [] for one in context.made["companies"]}
    rows = Affiliation.objects.filter(company_id__in=companies, ended_on=None).order_by("id")
    for company_id, person_id in rows.values_list("company_id", "person_id"):
        companies[company_id].append(person_id)
    found = max(companies, key=lambda one: len(companies[one]))
    return found, companies[found][:3]


PART = DemoPart(key="cadences", order=60, make=make, remove=remove)

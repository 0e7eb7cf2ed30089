"""The demo's contracts: a template with a conditional clause, and contracts in every state. Deterministic, some dozen rows."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.sales.contract_data import ContractData, SignerData, SigningData
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.models import Opportunity
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_template import ContractTemplate
from ponte.sales.services.contract_approval import decide_contract, submit_contract
from ponte.sales.services.contract_sending import send_contract
from ponte.sales.services.contract_signing import sign_contract
from ponte.sales.services.contract_templates import ClauseData, TemplateData, create_template
from ponte.sales.services.contracts import create_contract
from ponte.sales.services.document_comments import comment_contract
from ponte.workplace.demo import DemoContext, DemoPart

STATES = ("signed", "out", "draft", "approval", "signed", "approved", "signed", "out")
CPFS = ("52998224725", "11144477735")
OPENING = """{{business.name}}, doravante CONTRATADA, e {{customer.legal_name}}, doravante CONTRATANTE, celebram o presente contrato \
nº {{contract.number}}, que se regerá pelas cláusulas a seguir."""
CLAUSES = (
    ("Objeto", "A CONTRATADA fornece à CONTRATANTE o que consta de “{{contract.title}}”, conforme negociado com {{member.name}}."),
    (
        "Preço",
        "O valor deste contrato é de {{contract.amount}} ({{contract.amount_in_words}}), cobrado na forma "
        "{{contract.charged}}.",
    ),
    ("Vigência", "Este contrato vigora de {{contract.starts_on}} até {{contract.ends_on}}."),
    ("Reajuste", "O valor será reajustado a cada doze meses pela variação do {{contract.index}}."),
    ("Rescisão", "Qualquer parte pode encerrar este contrato com aviso de {{contract.notice_days}} dias."),
)  # fmt: skip
BIG = ("Atendimento dedicado", "A CONTRATANTE terá um gerente de conta dedicado durante a vigência.")
BIG_DEAL = {"field": "amount", "op": "at_least", "value": "10000"}
CLOSING = "E, por estarem de acordo, as partes assinam eletronicamente em {{today_in_words}}."


def make(context: DemoContext) -> None:
    """Add the template and contracts with companies, by their own random so that other parts stay as they are."""
    context.say("contratos")
    actor, pick = context.actor, random.Random(20261127)  # noqa: S311
    template = _template(actor)
    members = context.made.get("members", [])
    for number, party_id in enumerate(context.made.get("companies", [])[24:40]):
        state = STATES[number % len(STATES)]
        deal = (
            Opportunity.objects.filter(party_id=party_id, is_demo=True, deleted_at=None)
            .order_by("id")
            .first()
        )
        member = members[pick.choice((1, 2, 3))] if len(members) > 3 else None
        contract = create_contract(actor=actor, data=_data(context, pick, template, party_id, deal, member))
        _live(actor, contract, state, member)


def remove(actor: Actor) -> None:
    """Take the demo's contracts and template away for good."""
    Contract.objects.filter(is_demo=True).delete()
    ContractTemplate.objects.filter(is_demo=True).delete()


def _template(actor: Actor) -> ContractTemplate:
    data = TemplateData(
        name="Prestação de serviços",
        title="Contrato de fornecimento e prestação de serviços",
        opening=OPENING,
        closing=CLOSING,
        is_default=not ContractTemplate.objects.filter(archived_at=None).exists(),
        is_demo=True,
    )
    clauses = [ClauseData(title=title, body=body) for title, body in CLAUSES]
    clauses.insert(3, ClauseData(title=BIG[0], body=BIG[1], where=BIG_DEAL))
    return create_template(actor=actor, data=data, clauses=clauses)


def _data(
    context: DemoContext,
    pick: random.Random,
    template: ContractTemplate,
    party_id: Any,
    deal: Any,
    member: Any,
) -> ContractData:
    starts = context.today - timedelta(days=pick.randrange(10, 340))
    signers = [SignerData(name=pick.choice(("Paula Andrade Lima", "Sérgio Prado Neves")), role="customer")]
    if member is not None:
        signers.append(SignerData(name=member.name, email=member.email, role="business"))
    return ContractData(
        party_id=party_id,
        opportunity_id=deal.id if deal else None,
        owner_id=member.id if member else None,
        template_id=template.id,
        starts_on=starts,
        ends_on=starts + timedelta(days=364),
        amount=Decimal(pick.choice((890, 1490, 2350, 4200))),
        billing="monthly",
        renewal=pick.choice(("manual", "automatic")),
        price_index=pick.choice(("ipca", "igpm")),
        signers=signers,
        is_demo=True,
    )


def _live(actor: Actor, contract: Contract, state: str, member: Member | None) -> None:
    if state == "draft":
        return
    sees = member is not None and visible_contracts(member).filter(id=contract.id).exists()
    submit_contract(actor=Actor.for_member(member) if member and sees else actor, contract_id=contract.id)
    if state == "approval":
        return
    # nobody approves their own: where there is no colleague in charge, the demo does
    decider = actor if member and sees else Actor.system("Demo")
    decide_contract(actor=decider, contract_id=contract.id, approved=True, note="De acordo.")
    if state == "approved":
        return
    send_contract(actor=actor, contract_id=contract.id)
    customer = Actor(member=None, kind="system", label="Signer (contract page)")
    signers = list(contract.signers.order_by("position"))
    for place, signer in enumerate(signers if state == "signed" else signers[1:]):
        data = SigningData(name=signer.name, cpf=CPFS[place], agreed=True)
        sign_contract(actor=customer, signer_id=signer.id, data=data)
    if state == "out":
        seen = timezone.now() - timedelta(hours=5)
        contract.signers.filter(id=signers[0].id).update(views=1, first_viewed_at=seen, last_viewed_at=seen)
        body = "O pagamento pode ser no dia 10 em vez do dia 5?"
        comment_contract(actor=customer, contract_id=contract.id, body=body, signer_id=signers[0].id)


PART = DemoPart(key="contracts", order=62, make=make, remove=remove)

"""The demo's forms and leads: interests of the last months in every status, with their history."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.directory.data import EmailData, PersonData, PhoneData
from ponte.sales.data import LeadData
from ponte.sales.form_fields import FormField, Shown
from ponte.sales.models import Conversion, Form, Lead, LeadEntry, LeadStatus, Origin, Reason, ReasonKind
from ponte.sales.services.capture import NOBODY, Capture, capture_leads
from ponte.sales.services.forms import FormData, create_form
from ponte.workplace.demo import DemoContext, DemoPart

SOURCE, NUMBER, DAYS = "demo", 62, 120
FIRST = (
    "Aline",
    "Bruno",
    "Carla",
    "Davi",
    "Elaine",
    "Fábio",
    "Gisele",
    "Heitor",
    "Iara",
    "Jonas",
    "Karina",
    "Leandro",
)
LAST = (
    "Moraes",
    "Teixeira",
    "Duarte",
    "Pacheco",
    "Brandão",
    "Siqueira",
    "Fonseca",
    "Amaral",
    "Queiroz",
    "Vilela",
)
INTERESTS = (
    "Café para o escritório", "Máquina de espresso", "Assinatura de grãos", "Curso de barista", "Moinho profissional",
    "Revenda na minha loja", "Cestas de fim de ano", "Visita à torrefação",
)  # fmt: skip
COMPANIES = ("Empório da Serra", "Hotel Boa Vista", "Padaria Central", "Clínica Vida", "", "", "")
ORIGINS = (
    Origin.ORGANIC_SEARCH, Origin.PAID_SEARCH, Origin.SOCIAL, Origin.EVENT, Origin.RECOMMENDATION, Origin.EMAIL, Origin.DIRECT,
    Origin.WHATSAPP,
)  # fmt: skip
WAYS = (
    (LeadStatus.NEW,),
    (LeadStatus.NEW, LeadStatus.WORKING),
    (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.MQL),
    (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.MQL, LeadStatus.SQL),
    (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.MQL, LeadStatus.SQL, LeadStatus.CONVERTED),
    (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.DISQUALIFIED),
)  # fmt: skip
WEIGHTS = (14, 14, 10, 9, 8, 7)


def make(context: DemoContext) -> None:
    """Add two forms and some sixty leads, of new people and of known customers."""
    context.say("formulários e leads")
    site, fair = _forms(context.actor)
    sellers = list(Member.objects.filter(is_active=True).order_by("sort_name")[:4])
    items = [_item(context, number, site, fair, sellers) for number in range(NUMBER)]
    results = capture_leads(actor=context.actor, items=items, source=SOURCE)
    if any(one.lead_id is None for one in results):
        raise RuntimeError("the demo's own leads were refused")
    leads = Lead.objects.in_bulk([one.lead_id for one in results if one.lead_id])
    _walk(context, [leads[one.lead_id] for one in results if one.lead_id])


def _forms(actor: Actor) -> tuple[Form, Form]:
    name = FormField(key="name", type="name", input="text", label="Nome", required=True)
    email = FormField(key="email", type="email", input="email", label="E-mail", required=True)
    phone = FormField(key="phone", type="phone", input="tel", label="Telefone ou WhatsApp")
    options = tuple((text, text) for text in INTERESTS[:5])
    kind = FormField(
        key="q_interesse", type="q_choice", input="select", label="O que você procura?", options=options
    )
    people = FormField(
        key="q_pessoas", type="q_number", input="number", label="Quantas pessoas tomam café?",
        shown=Shown("q_interesse", INTERESTS[0]),
    )  # fmt: skip
    message = FormField(key="message", type="message", input="textarea", label="Mensagem")
    consents = [{"purpose": "marketing", "channels": ["email", "whatsapp"], "required": False}]
    site = FormData(
        name="Contato do site", title="Fale com a Serra Azul", intro="Respondemos no mesmo dia útil.",
        fields=(name, email, phone, kind, people, message), consents=consents,
    )  # fmt: skip
    fair = FormData(
        name="Feira Semana do Café", title="Vamos continuar a conversa?", fields=(name, phone, email, kind),
        consents=consents, origin=Origin.EVENT, most_per_hour=2000,
    )  # fmt: skip
    return create_form(actor=actor, data=site, is_demo=True), create_form(
        actor=actor, data=fair, is_demo=True
    )


def _item(context: DemoContext, number: int, site: Form, fair: Form, sellers: list[Member]) -> Capture:
    pick = context.random
    origin = pick.choice(ORIGINS)
    at = timezone.make_aware(datetime.combine(context.today, time(9))) - timedelta(
        days=pick.randrange(1, DAYS), minutes=pick.randrange(0, 540)
    )
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
    company = pick.choice(COMPANIES)
    known = context.made["people"][number % 40] if number % 3 == 0 and context.made.get("people") else NOBODY
    typed: dict[str, Any] = {} if known != NOBODY else {"name": name}
    if company:
        typed["company"] = company
    form = (
        fair
        if origin == Origin.EVENT
        else site
        if origin not in (Origin.WHATSAPP, Origin.RECOMMENDATION)
        else None
    )
    lead = LeadData(
        party_id=known,
        owner_id=pick.choice(sellers).id if sellers and pick.random() < 0.75 else None,
        title=pick.choice(INTERESTS),
        message=pick.choice(
            ("", "Podem me mandar valores?", "Gostaria de agendar uma conversa.", "Qual o prazo de entrega?")
        ),
        origin=origin,
        campaign="Semana do Café"
        if origin == Origin.EVENT
        else "Natal"
        if origin == Origin.PAID_SEARCH
        else "",
        marks={"utm_source": "google", "utm_medium": "cpc"} if origin == Origin.PAID_SEARCH else {},
        typed=typed,
        captured_at=at,
        source=SOURCE,
        external_id=f"lead-{number + 1}",
        is_demo=True,
    )
    person = PersonData(
        name=name,
        emails=[EmailData(address=f"lead{number + 1}@exemplo.example")],
        phones=[PhoneData(number=f"+551198{7000000 + number * 137:07d}")],
        source="form",
        is_demo=True,
    )
    return Capture(lead=lead, party=None if known != NOBODY else person, form=form)


def _walk(context: DemoContext, leads: list[Lead]) -> None:
    """Give leads a past: how they went from status to status. The past has happened, so nothing is told of it."""
    pick, now = context.random, timezone.now()
    reasons = list(Reason.objects.filter(kind=ReasonKind.DISQUALIFIED).order_by("position"))
    members = list(Member.objects.filter(is_active=True).order_by("sort_name")[:4])
    LeadEntry.objects.filter(lead__in=leads).delete()
    entries: list[LeadEntry] = []
    conversions: list[Conversion] = []
    for lead in leads:
        way = pick.choices(WAYS, WEIGHTS)[0]
        moment = lead.captured_at
        for place, status in enumerate(way):
            entry = LeadEntry(
                lead=lead, before=way[place - 1] if place else "", status=status, entered_at=moment,
                member=pick.choice(members) if members and place else None,
            )  # fmt: skip
            if place + 1 < len(way):
                moment = min(moment + timedelta(hours=pick.randrange(2, 120)), now)
                entry.left_at = moment
            elif status == LeadStatus.DISQUALIFIED and reasons:
                entry.reason = lead.reason = pick.choice(reasons)
            entries.append(entry)
        lead.status, lead.status_since = way[-1], moment
        if LeadStatus.MQL in way:
            lead.handed_at = moment
        if lead.status == LeadStatus.MQL:
            # most wait until tomorrow, some should have been answered; nobody is told of the demo's past
            lead.handoff_due_at = now + timedelta(hours=pick.choice((-30, 5, 20)))
            lead.handoff_warned_at = now
        lead.converted_at = moment if lead.status == LeadStatus.CONVERTED else None
        if lead.converted_at:
            conversions.append(_conversion(lead, entries[-1].before, entries[-1].member))
    LeadEntry.objects.bulk_create(entries)
    Conversion.objects.bulk_create(conversions)
    for one in conversions:  # it happened then, and can be taken back for 30 days
        Conversion.objects.filter(id=one.id).update(created_at=one.lead.converted_at)
    columns = [
        "status",
        "status_since",
        "handed_at",
        "handoff_due_at",
        "handoff_warned_at",
        "converted_at",
        "reason",
    ]
    Lead.objects.bulk_update(leads, columns)


def _conversion(lead: Lead, before: str, member: Member | None) -> Conversion:
    """What became of a converted lead: its own customer, no new one."""
    party = lead.party
    return Conversion(
        lead=lead,
        person=party if party.is_person else None,
        company=None if party.is_person else party,
        party_before=party,
        status_before=before,
        member=member,
        actor_label=member.name if member else "",
    )


def remove(actor: Actor) -> None:
    """Take the demo's leads and forms away; the people who came with them go with the directory's."""
    Lead.objects.filter(is_demo=True).delete()
    Form.objects.filter(is_demo=True).delete()


DEMO = DemoPart("leads", make, remove, order=58)

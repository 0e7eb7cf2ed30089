"""Answers given by phone, on paper …: put down by a member they do what the page does, and say that they were put down."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ponte.commerce.models import Order
from ponte.core.errors import Denied, Invalid
from ponte.core.models import Attachment, AuditEntry, Role
from ponte.core.services.files import remove_file
from ponte.sales.documents.content import canonical, sha256
from ponte.sales.models import DocumentAnswer, Opportunity, Quote, SealedDocument
from ponte.sales.quote_data import QuoteLineData, RecordData
from ponte.sales.services.bulk_quotes import upsert_quotes
from ponte.sales.services.quote_links import current_link
from ponte.sales.services.quote_recording import record_acceptance, record_refusal
from ponte.sales.services.quote_sending import revise_quote, send_quote
from ponte.timeline.models import Interaction

pytestmark = pytest.mark.usefixtures("workspace")
CPF = "529.982.247-25"


def told(**fields):
    return RecordData(**{"means": "phone", "name": "Ana Souza", **fields})


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


def paper():
    return SimpleUploadedFile("aceite.pdf", b"%PDF-1.4 assinado", "application/pdf")


@pytest.fixture
def out(make_quote, make_party, make_opportunity, actor):
    """A quote that is out, with an optional line, of an open opportunity."""
    ana = make_party()
    quote = make_quote(
        ana,
        opportunity_id=make_opportunity(ana).id,
        lines=[
            QuoteLineData(description="Máquina", unit_price=Decimal(500)),
            QuoteLineData(
                description="Suporte",
                unit_price=Decimal(40),
                billing="monthly",
                is_optional=True,
                is_chosen=False,
            ),
        ],
    )
    send_quote(actor=actor, quote_id=quote.id)
    return Quote.objects.get(id=quote.id)


def test_an_acceptance_put_down_wins_and_orders_and_names_who_put_it_down(out, actor, run_jobs):
    support = out.lines.get(is_optional=True)
    data = told(means="paper", cpf=CPF, note="Assinou na feira.", chosen=[str(support.id)], proof=paper())
    answer = record_acceptance(actor=actor, quote_id=out.id, data=data)
    again = record_acceptance(actor=actor, quote_id=out.id, data=told(means="paper", note="de novo"))
    assert again == answer
    out.refresh_from_db()
    deal = Opportunity.objects.get(id=out.opportunity_id)
    assert (out.status, deal.status, deal.amount, deal.monthly) == ("accepted", "won", 500, 40)
    assert [line.description for line in out.order.lines.order_by("position")] == [
        "Máquina",
        "Suporte (Mensal)",
    ]
    assert Order.objects.count() == 1
    file = Attachment.objects.get()
    assert answer.evidence["proof"] == {"file": str(file.id), "name": "aceite.pdf", "sha256": file.sha256}
    assert (answer.means, answer.evidence["recorded_by"], answer.member) == (
        "paper",
        actor.label,
        actor.member,
    )
    assert "agreement" not in answer.evidence
    assert answer.seal == sha256(canonical(answer.evidence))
    with pytest.raises(Invalid):
        remove_file(attachment=file, actor=actor)
    assert AuditEntry.objects.filter(act="quote.accepted").count() == 1
    run_jobs()
    entry = Interaction.objects.get(kind="quote_accepted_told")
    assert (entry.data["means"], entry.data["note"]) == ("paper", "Ana Souza")
    assert not Interaction.objects.filter(kind="quote_accepted").exists()
    with pytest.raises(Invalid) as refusal:
        record_refusal(actor=actor, quote_id=out.id, data=told(reason="Caro"))
    assert codes(refusal) == {"status": "closed"}


def test_what_cant_be_put_down_says_why(out, make_quote, actor, member_with):
    today = timezone.localdate()
    with pytest.raises(Invalid) as refusal:
        record_acceptance(
            actor=actor,
            quote_id=out.id,
            data=told(means="page", name=" ", cpf="1", day=today + timedelta(days=1)),
        )
    assert codes(refusal) == {"means": "choice", "name": "required", "cpf": "invalid", "day": "future"}
    for fields, wrong in (
        ({"day": today - timedelta(days=2)}, {"day": "early"}),
        ({"chosen": [str(out.lines.get(is_optional=False).id)]}, {"chosen": "choice"}),
        ({"proof": SimpleUploadedFile("x.exe", b"MZ")}, {"file": "type"}),
    ):
        with pytest.raises(Invalid) as refusal:
            record_acceptance(actor=actor, quote_id=out.id, data=told(**fields))
        assert codes(refusal) == wrong
    with pytest.raises(Invalid) as refusal:
        record_acceptance(actor=actor, quote_id=make_quote().id, data=told())
    assert codes(refusal) == {"status": "unsent"}
    with pytest.raises(Invalid) as refusal:
        record_refusal(actor=actor, quote_id=out.id, data=told())
    assert codes(refusal) == {"reason": "required"}
    reader = Role.objects.create(
        name="Lê", rights={"objects": {"customer": {"view": "all"}, "quote": {"view": "all"}}}
    )
    with pytest.raises(Denied):
        record_acceptance(actor=type(actor).for_member(member_with(reader)), quote_id=out.id, data=told())
    assert not DocumentAnswer.objects.exists()
    assert not Order.objects.exists()


def test_after_its_validity_it_takes_a_word_that_the_offer_is_kept(out, actor):
    Quote.objects.filter(id=out.id).update(
        valid_until=timezone.localdate() - timedelta(days=3), sent_at=timezone.now() - timedelta(days=9)
    )
    with pytest.raises(Invalid) as refusal:
        record_acceptance(actor=actor, quote_id=out.id, data=told())
    assert codes(refusal) == {"late": "expired"}
    day = timezone.localdate() - timedelta(days=3)
    answer = record_acceptance(actor=actor, quote_id=out.id, data=told(day=day))
    out.refresh_from_db()
    assert timezone.localdate(out.answered_at) == day == answer.told_on


def test_a_refusal_put_down_leaves_the_deal_open_and_a_new_edition_possible(out, actor):
    record_refusal(actor=actor, quote_id=out.id, data=told(name="", reason="Sem verba", means="whatsapp"))
    out.refresh_from_db()
    assert (out.status, out.decline_reason) == ("declined", "Sem verba")
    assert Opportunity.objects.get(id=out.opportunity_id).status == "open"
    assert revise_quote(actor=actor, quote_id=out.id).edition == 2


def test_an_open_quote_from_a_file_is_sealed_as_it_stands(actor, make_party, make_opportunity):
    from ponte.commerce.data import BulkRow

    ana = make_party()
    deal = make_opportunity(ana)
    common = {"party_id": ana.id, "status": "sent", "valid_until": timezone.localdate() + timedelta(days=9)}
    rows = [
        BulkRow(external_id="1", values={**common, "opportunity_id": deal.id, "title": "Café", "number": "A1",
                                         "brought_total": Decimal(900), "brought_monthly": Decimal(100)}),
        BulkRow(external_id="2", values={**common, "title": "Nada", "number": "A2"}),
    ]  # fmt: skip
    upsert_quotes(actor=actor, rows=rows, source="outro")
    full, empty = Quote.objects.get(number="A1"), Quote.objects.get(number="A2")
    record_acceptance(actor=actor, quote_id=full.id, data=told(means="email"))
    full.refresh_from_db()
    deal.refresh_from_db()
    document = SealedDocument.objects.get()
    assert (document.stage, full.status, full.first_year) == ("recorded", "accepted", 2100)
    assert (deal.status, deal.amount, deal.monthly, full.order.total) == ("won", 900, 100, 1000)
    with pytest.raises(Invalid) as refusal:
        record_acceptance(actor=actor, quote_id=empty.id, data=told())
    assert codes(refusal) == {"lines": "required"}
    record_refusal(actor=actor, quote_id=empty.id, data=told(reason="Comprou de outro"))
    assert SealedDocument.objects.get(quote=empty).answer.reason == "Comprou de outro"


def test_the_page_asks_and_the_customer_s_page_says_who_put_it_down(out, admin, client_for, api_for):
    browser = client_for(admin)
    address = f"/teste/quotes/{out.id}/"
    assert f"{address}accepted/" in browser.get(address).content.decode()
    form = browser.get(f"{address}accepted/").content.decode()
    assert "Suporte" in form
    assert 'value="Ana Souza"' in form
    given = {
        "name": "Ana Souza",
        "means": "in_person",
        "day": f"{timezone.localdate():%d/%m/%Y}",
        "cpf": "",
        "note": "😀",
    }
    assert browser.post(f"{address}accepted/", {**given, "means": ""}).status_code == 422
    assert browser.post(f"{address}accepted/", given | {"file": paper()}).status_code == 302
    page = browser.get(address).content.decode()
    assert "Ana Souza aceitou pessoalmente" in page
    assert "aceite.pdf" in page
    link = current_link(Quote.objects.get(id=out.id))
    from ponte.sales.document_links import link_url

    public = browser.get(link_url(link)).content.decode()
    assert "registrou" in public
    assert "😀" not in public
    told = api_for(admin, scopes=["quotes:read"]).get(f"/quotes/{out.id}").json()["editions"][0]
    assert (told["stage"], told["answer"]["means"], told["answer"]["recorded_by_id"]) == (
        "sent",
        "in_person",
        str(admin.id),
    )


def test_over_the_api(out, admin, api_for):
    api = api_for(admin)
    path = f"/quotes/{out.id}/record-acceptance"
    body = {"means": "phone", "name": "Ana", "chosen": [str(out.lines.get(is_optional=True).id)]}
    refused = api.post(path, {**body, "day": "2199-01-01"})
    assert refused.status_code == 422, refused.content
    first = api.post(path, body)
    assert (first.status_code, first.json()["status"], first.json()["monthly"]) == (200, "accepted", "40.00")
    assert api.post(path, body).json()["order_id"] == first.json()["order_id"]
    assert api_for(admin, scopes=["quotes:read"]).post(path, body).status_code == 403

"""Quotes from the first line to the order: what is sealed stays, who accepts leaves evidence, nothing happens twice."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from ponte.commerce.models import Order
from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.models import AuditEntry
from ponte.sales.documents.content import canonical, sha256
from ponte.sales.models import DocumentAnswer, Quote, SealedDocument
from ponte.sales.quote_data import AcceptanceData, QuoteLineData
from ponte.sales.services.document_bin import delete_quote
from ponte.sales.services.document_comments import comment_quote
from ponte.sales.services.quote_answers import accept_quote, decline_quote
from ponte.sales.services.quote_links import current_link, find_link, renew_link
from ponte.sales.services.quote_sending import revise_quote, send_quote, withdraw_quote
from ponte.sales.services.quotes import copy_quote, create_quote, update_quote

pytestmark = pytest.mark.usefixtures("workspace")
CPF = "529.982.247-25"


def acceptance(**fields):
    return AcceptanceData(**{"name": "Ana Souza", "cpf": CPF, "agreed": True, **fields})


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


def test_lines_take_price_billing_and_cost_from_their_product(make_quote, make_product):
    service = make_product("Suporte", "50.00", billing="monthly", cost=Decimal("20"))
    quote = make_quote(
        lines=[
            QuoteLineData(product_id=service.id, quantity=Decimal(2)),
            QuoteLineData(description="Instalação", unit_price=Decimal("300"), discount=Decimal("10")),
            QuoteLineData(
                description="Treinamento", unit_price=Decimal("80"), is_optional=True, is_chosen=False,
                tax_rate=Decimal(5),
            ),
        ]
    )  # fmt: skip
    assert (quote.one_off, quote.monthly, quote.first_year) == (270, 100, 270 + 1200)
    assert quote.margin == 60
    assert quote.top_discount == 10
    assert [one.total for one in quote.lines.order_by("position")] == [100, 270, 80]
    assert quote.number == "1"


def test_what_cant_be_accepted_names_its_line(make_quote, make_party):
    with pytest.raises(Invalid) as refusal:
        make_quote(
            lines=[
                QuoteLineData(description="", unit_price=Decimal(1)),
                QuoteLineData(description="a", unit_price=None),
                QuoteLineData(description="b", unit_price=Decimal(1), discount=Decimal(101)),
                QuoteLineData(description="c", unit_price=Decimal(1), quantity=Decimal(0)),
                QuoteLineData(
                    description="d", unit_price=Decimal(1), discount_kind="value", discount=Decimal(2)
                ),
            ],
            valid_until=timezone.localdate() - timedelta(days=1),
        )
    assert codes(refusal) == {
        "lines.0.description": "required",
        "lines.1.unit_price": "required",
        "lines.2.discount": "too_large",
        "lines.3.quantity": "quantity",
        "lines.4.discount": "too_large",
        "valid_until": "past",
    }
    assert not Quote.objects.exists()


def test_editing_keeps_lines_by_id_and_refuses_the_second_writer(make_quote, actor):
    quote = make_quote()
    kept = quote.lines.get()
    lines = [
        QuoteLineData(id=kept.id, description="Máquina", quantity=Decimal(3), unit_price=Decimal(100)),
        QuoteLineData(description="Frete", unit_price=Decimal("20")),
    ]
    update_quote(actor=actor, quote_id=quote.id, changes={"title": "Novo"}, lines=lines, version=1)
    quote.refresh_from_db()
    assert (quote.title, quote.one_off, quote.version) == ("Novo", 320, 2)
    assert quote.lines.filter(id=kept.id).exists()
    with pytest.raises(Conflict):
        update_quote(actor=actor, quote_id=quote.id, changes={"title": "x"}, version=1)


def test_what_was_sent_is_sealed_and_never_changes(make_quote, actor):
    quote = make_quote(notes="Olá #pagebreak() $x$ 😀 \\ {{quote.number}}")
    sent = send_quote(actor=actor, quote_id=quote.id)
    document = SealedDocument.objects.get()
    assert bytes(document.pdf).startswith(b"%PDF")
    assert document.sha256 == sha256(document.content)
    assert document.pdf_sha256 == sha256(bytes(document.pdf))
    content = json.loads(document.content)
    assert canonical(content) == document.content
    assert content["lines"][0]["total"] == "200.00"
    assert not sent.mailed
    for change in ("UPDATE sales_sealeddocument SET content = '{}'", "DELETE FROM sales_sealeddocument"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    with pytest.raises(Invalid):
        update_quote(actor=actor, quote_id=quote.id, changes={"title": "Outro"})
    with pytest.raises(Invalid):
        delete_quote(actor=actor, quote_id=quote.id)
    with pytest.raises(Invalid):
        send_quote(actor=actor, quote_id=quote.id)


def test_nothing_to_send(make_quote, actor):
    empty = make_quote(lines=[])
    with pytest.raises(Invalid) as refusal:
        send_quote(actor=actor, quote_id=empty.id)
    assert codes(refusal) == {"lines": "required"}
    old = make_quote()
    Quote.objects.filter(id=old.id).update(valid_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        send_quote(actor=actor, quote_id=old.id)
    assert codes(refusal) == {"valid_until": "past"}


def test_acceptance_wins_the_deal_and_places_the_order_once(
    make_quote, make_party, make_opportunity, make_product, actor
):
    ana = make_party()
    deal = make_opportunity(ana)
    product = make_product(cost=Decimal("10"))
    quote = make_quote(
        ana,
        opportunity_id=deal.id,
        payment_terms="30 dias",
        lines=[
            QuoteLineData(product_id=product.id, quantity=Decimal(2), discount=Decimal(10)),
            QuoteLineData(
                description="Suporte", unit_price=Decimal("40"), billing="monthly", tax_rate=Decimal(5)
            ),
            QuoteLineData(description="Extra", unit_price=Decimal("500"), is_optional=True),
            QuoteLineData(description="Brinde", unit_price=Decimal("7"), is_optional=True, is_chosen=False),
        ],
    )
    send_quote(actor=actor, quote_id=quote.id)
    gift = quote.lines.get(description="Brinde")
    data = acceptance(chosen=[str(gift.id)], evidence={"address": "203.0.113.9"})
    answer = accept_quote(actor=actor, quote_id=quote.id, data=data)
    again = accept_quote(actor=actor, quote_id=quote.id, data=acceptance(name="Outra Pessoa"))
    assert again.id == answer.id
    order = Order.objects.get()
    assert order.total == 54 + 40 + 7 + 2
    assert [line.description for line in order.lines.order_by("position")] == [
        "Café especial", "Suporte (Mensal)", "Brinde", "Impostos",
    ]  # fmt: skip
    assert order.lines.get(description="Café especial").unit_cost == 10
    assert (order.source, order.external_id) == ("quote", str(quote.id))
    deal.refresh_from_db()
    quote.refresh_from_db()
    assert (deal.status, deal.amount, deal.monthly) == ("won", 61, 42)
    assert (deal.order_id, quote.order_id, quote.status) == (order.id, order.id, "accepted")
    assert quote.first_year == 61 + 42 * 12
    evidence = answer.evidence
    assert (answer.name, answer.cpf, evidence["address"]) == ("Ana Souza", "52998224725", "203.0.113.9")
    assert evidence["document_sha256"] == SealedDocument.objects.get().sha256
    assert evidence["chosen"] == [str(gift.id)]
    assert answer.seal == sha256(canonical(evidence))
    assert AuditEntry.objects.filter(act="quote.accepted", subject_id=ana.id).count() == 1
    for change in ("UPDATE sales_documentanswer SET name = 'x'", "DELETE FROM sales_documentanswer"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_acceptance_needs_name_cpf_and_agreement(make_quote, actor):
    quote = make_quote()
    send_quote(actor=actor, quote_id=quote.id)
    with pytest.raises(Invalid) as refusal:
        accept_quote(
            actor=actor, quote_id=quote.id, data=acceptance(name="Ana", cpf="111.111.111-11", agreed=False)
        )
    assert codes(refusal) == {"name": "required", "cpf": "invalid", "agreed": "required"}
    assert not Order.objects.exists()
    assert not DocumentAnswer.objects.exists()


def test_expired_revised_and_withdrawn_quotes_cant_be_accepted(make_quote, actor):
    quote = make_quote()
    send_quote(actor=actor, quote_id=quote.id)
    Quote.objects.filter(id=quote.id).update(valid_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        accept_quote(actor=actor, quote_id=quote.id, data=acceptance())
    assert codes(refusal) == {"": "expired"}
    revised = revise_quote(actor=actor, quote_id=quote.id)
    assert (revised.edition, revised.status) == (2, "draft")
    with pytest.raises(Invalid) as refusal:
        accept_quote(actor=actor, quote_id=quote.id, data=acceptance())
    assert codes(refusal) == {"": "revised"}
    send_quote(actor=actor, quote_id=quote.id)
    assert SealedDocument.objects.filter(quote=quote).count() == 2
    withdraw_quote(actor=actor, quote_id=quote.id)
    with pytest.raises(Invalid) as refusal:
        accept_quote(actor=actor, quote_id=quote.id, data=acceptance())
    assert codes(refusal) == {"": "closed"}
    assert current_link(quote) is None


def test_declining_needs_a_reason_and_is_kept(make_quote, actor):
    quote = make_quote()
    send_quote(actor=actor, quote_id=quote.id)
    with pytest.raises(Invalid):
        decline_quote(actor=actor, quote_id=quote.id, reason="  ")
    decline_quote(actor=actor, quote_id=quote.id, reason="Caro demais")
    decline_quote(actor=actor, quote_id=quote.id, reason="de novo")
    quote.refresh_from_db()
    assert (quote.status, quote.decline_reason) == ("declined", "Caro demais")
    with pytest.raises(Invalid):
        accept_quote(actor=actor, quote_id=quote.id, data=acceptance())
    assert revise_quote(actor=actor, quote_id=quote.id).edition == 2


def test_a_lost_deal_is_opened_again_and_won(make_quote, make_party, make_opportunity, actor):
    from ponte.sales.models import Reason
    from ponte.sales.services.opportunities import lose_opportunity

    ana = make_party()
    deal = make_opportunity(ana)
    quote = make_quote(ana, opportunity_id=deal.id)
    send_quote(actor=actor, quote_id=quote.id)
    lose_opportunity(
        actor=actor, opportunity_id=deal.id, reason_id=Reason.objects.filter(kind="lost").first().id
    )
    accept_quote(actor=actor, quote_id=quote.id, data=acceptance())
    deal.refresh_from_db()
    assert deal.status == "won"


def test_an_opportunity_of_somebody_else_is_refused(make_quote, make_opportunity, make_party):
    with pytest.raises(Invalid) as refusal:
        make_quote(make_party(), opportunity_id=make_opportunity().id)
    assert codes(refusal) == {"opportunity_id": "missing"}


def test_a_copy_starts_anew(make_quote, actor):
    quote = make_quote(title="Reforma")
    send_quote(actor=actor, quote_id=quote.id)
    copy = copy_quote(actor=actor, quote_id=quote.id)
    assert (copy.title, copy.status, copy.edition, copy.one_off) == ("Reforma", "draft", 1, 200)
    assert copy.lines.get().id != quote.lines.get().id


def test_members_without_reach_find_nothing(make_quote, member_with):
    from ponte.core.actors import Actor
    from ponte.core.models import Role

    own = dict.fromkeys(("view", "create", "edit", "delete", "export"), "own")
    role = Role.objects.create(name="Só os meus", rights={"objects": {"customer": own, "quote": own}})
    member = Actor.for_member(member_with(role))
    quote = make_quote()
    for act in (update_quote, delete_quote, send_quote, revise_quote, withdraw_quote, renew_link, copy_quote):
        with pytest.raises(Missing):
            act(actor=member, quote_id=quote.id)
    assert create_quote  # the right to create is theirs; the customer isn't
    with pytest.raises(Invalid):
        make_quote(quote.party, by=member)


def link_of(quote):
    from ponte.sales.document_links import link_path

    return link_path(current_link(quote))


def test_the_page_needs_no_log_in_and_counts_looks(make_quote, actor, admin, client_for):
    quote = make_quote(notes="Combinado por telefone")
    send_quote(actor=actor, quote_id=quote.id)
    path = link_of(quote)
    shown = Client().get(path)
    assert shown.status_code == 200
    assert "Máquina" in shown.content.decode()
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in shown["Cache-Control"]
    Client().get(path, headers={"User-Agent": "WhatsApp/2.23"})
    client_for(admin).get(path)
    Client().head(path)
    quote.refresh_from_db()
    assert quote.views == 1
    assert quote.first_viewed_at is not None
    Client().get(path)
    quote.refresh_from_db()
    assert quote.views == 2
    file = Client().get(path + "pdf/")
    assert file["Content-Type"] == "application/pdf"
    assert sha256(file.content) == SealedDocument.objects.get().pdf_sha256


def test_accepting_on_the_page(make_quote, actor, run_jobs):
    quote = make_quote()
    send_quote(actor=actor, quote_id=quote.id)
    path = link_of(quote)
    wrong = Client().post(path, {"act": "accept", "name": "Ana", "cpf": "1"})
    assert wrong.status_code == 422
    assert "CPF" in wrong.content.decode()
    assert wrong.content.decode().count("autofocus aria-describedby") == 1, (
        "the first field with a problem takes the cursor"
    )
    empty = Client().post(path, {"act": "accept"}).content.decode()
    assert 'autofocus aria-describedby="accept-name-error"' in empty
    assert "Informe seu CPF." in empty
    answer = Client().post(path, {"act": "accept", "name": "Ana Souza", "cpf": CPF, "agreed": "1"})
    assert answer.status_code == 302
    shown = Client().get(path).content.decode()
    assert "Ana Souza" in shown
    assert "52998224725" not in shown
    assert DocumentAnswer.objects.get().evidence["address"] == "127.0.0.1"
    twice = Client().post(path, {"act": "accept", "name": "Ana Souza", "cpf": CPF, "agreed": "1"})
    assert twice.status_code == 302
    assert Order.objects.count() == 1


def test_commenting_on_the_page(make_quote, actor):
    quote = make_quote()
    send_quote(actor=actor, quote_id=quote.id)
    path = link_of(quote)
    assert Client().post(path, {"act": "comment", "body": "", "author": ""}).status_code == 422
    Client().post(path, {"act": "comment", "body": "Entrega <b>quando</b>?", "author": "Ana"})
    comment_quote(actor=actor, quote_id=quote.id, body="Em dez dias")
    shown = Client().get(path).content.decode()
    assert "Entrega &lt;b&gt;quando" in shown
    assert "Em dez dias" in shown


def test_forged_foreign_revoked_and_ended_links_open_nothing(make_quote, actor, other_workspace, inside):
    import base64

    quote = make_quote()
    send_quote(actor=actor, quote_id=quote.id)
    path = link_of(quote)
    token = path.split("/")[-2]
    client = Client()
    assert client.get(path).status_code == 200
    assert client.get("/public/quotes/nonsense/").status_code == 404
    assert client.get(path.replace(token, token[:-4] + "AAA=")).status_code == 404
    foreign = base64.urlsafe_b64encode(other_workspace.id.bytes + base64.urlsafe_b64decode(token)[16:])
    with inside(other_workspace):
        assert client.get(path.replace(token, foreign.decode())).status_code == 404
    renew_link(actor=actor, quote_id=quote.id)
    assert client.get(path).status_code == 404
    new = link_of(quote)
    assert client.get(new).status_code == 200
    link = current_link(quote)
    type(link).objects.filter(id=link.id).update(expires_at=timezone.now())
    assert client.get(new).status_code == 404
    with pytest.raises(Missing):
        find_link("x")
    assert Client(enforce_csrf_checks=True).post(new, {"act": "decline"}).status_code == 403


def test_a_refused_form_keeps_the_options_chosen(make_quote, actor):
    extra = QuoteLineData(description="Extra", unit_price=Decimal(5), is_optional=True)
    quote = make_quote(lines=[QuoteLineData(description="Base", unit_price=Decimal(1)), extra])
    send_quote(actor=actor, quote_id=quote.id)
    path = link_of(quote)
    assert "checked disabled" not in Client().get(path).content.decode()
    line_id = str(quote.lines.get(description="Extra").id)
    shown = Client().get(path).content.decode()
    assert (
        f'value="{line_id}" data-bundle="" data-billing="one_off" data-total="5.00" data-tax="0.00" checked'
        in shown
    )
    refused = Client().post(path, {"act": "accept", "name": "Ana Souza", "cpf": "1"})
    assert (
        f'value="{line_id}" data-bundle="" data-billing="one_off" data-total="5.00" data-tax="0.00">'
        in refused.content.decode()
    )

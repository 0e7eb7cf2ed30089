"""Contracts from the first line to the last signature: approved as they read, sealed, signed by each alone, never twice."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid, Missing
from ponte.core.models import AuditEntry, Notification, Role
from ponte.directory.models import Party
from ponte.sales.contract_data import SignerData, SigningData
from ponte.sales.documents.content import canonical, sha256
from ponte.sales.documents.contract_text import blocks_of, composed, wrong_fields
from ponte.sales.documents.in_words import amount_in_words
from ponte.sales.models import Contract, ContractTemplateVersion, SealedDocument, Signature
from ponte.sales.selectors.contracts import shown_status
from ponte.sales.services.approval_setup import StepData, save_approval_step
from ponte.sales.services.contract_approval import decide_contract, submit_contract
from ponte.sales.services.contract_links import links_of, renew_signer_link
from ponte.sales.services.contract_parties import put_signer, remove_signer
from ponte.sales.services.contract_sending import (
    cancel_contract,
    end_contract,
    reopen_contract,
    send_contract,
)
from ponte.sales.services.contract_signing import decline_contract, sign_contract
from ponte.sales.services.contract_templates import (
    ClauseData,
    TemplateData,
    create_template,
    delete_clause,
    move_clauses,
    save_clause,
    update_template,
)
from ponte.sales.services.contracts import (
    compose_contract,
    update_contract,
)
from ponte.sales.services.document_bin import delete_contract, restore_contract
from ponte.sales.services.quote_sending import send_quote

pytestmark = pytest.mark.usefixtures("workspace")
CPF = "529.982.247-25"
OTHER_CPF = "111.444.777-35"


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "zero reais"),
        ("1", "um real"),
        ("0.01", "um centavo"),
        ("100", "cem reais"),
        ("101.02", "cento e um reais e dois centavos"),
        ("1000", "mil reais"),
        ("1100", "mil e cem reais"),
        ("1250.50", "mil duzentos e cinquenta reais e cinquenta centavos"),
        ("2021", "dois mil e vinte e um reais"),
        ("1000000", "um milhão de reais"),
        ("2000001", "dois milhões e um reais"),
        ("1234567.89", "um milhão duzentos e trinta e quatro mil quinhentos e sessenta e sete reais e oitenta e nove centavos"),
        ("999999999999.99", "novecentos e noventa e nove bilhões novecentos e noventa e nove milhões novecentos e noventa e nove mil "
         "novecentos e noventa e nove reais e noventa e nove centavos"),
    ],
)  # fmt: skip
def test_amounts_in_words(amount, words):
    assert amount_in_words(Decimal(amount)) == words


def test_text_is_headings_and_paragraphs_and_nothing_else():
    text = "Abertura\n\n# Um\nlinha\noutra\n\n#não\n<b>x</b>"
    assert [(one.kind, one.text) for one in blocks_of(text)] == [
        ("text", "Abertura"), ("heading", "Um"), ("text", "linha\noutra"), ("text", "#não\n<b>x</b>"),
    ]  # fmt: skip
    assert composed("a", [("X", "x"), ("Y", "y")], "", language="pt-br").count("Cláusula") == 2
    assert wrong_fields("{{customer.name}} {{cliente.nome}} {{ x") == ["cliente.nome", "{{"]


def test_a_contract_from_a_quote_takes_customer_deal_and_value(make_contract, make_quote, make_opportunity):
    deal = make_opportunity()
    quote = make_quote(deal.party, opportunity_id=deal.id)
    contract = make_contract(quote_id=quote.id, title="")
    assert (contract.party_id, contract.opportunity_id, contract.amount) == (deal.party_id, deal.id, 200)
    assert contract.number == "1"
    assert (
        contract.texts.get().text.endswith("por R$ 200,00.".replace(" 200", "\xa0200"))
        or "200,00" in contract.texts.get().text
    )


def test_values_that_cant_be_accepted_name_their_field(make_contract, make_opportunity, make_party):
    other = make_opportunity()
    with pytest.raises(Invalid) as refusal:
        make_contract(
            make_party("Bia"), opportunity_id=other.id, party_id=make_party("Bia").id, body="{{nada}}",
            starts_on=date(2026, 5, 1), ends_on=date(2026, 4, 1), renewal="automatic", price_index="other",
            currency="reais", amount=Decimal("-1"),
        )  # fmt: skip
    assert codes(refusal) == {
        "opportunity_id": "missing", "body": "unknown_field", "ends_on": "order", "index_name": "required",
        "currency": "invalid", "amount": "negative",
    }  # fmt: skip
    assert not Contract.objects.exists()


def test_clauses_stand_where_the_deal_meets_their_condition(actor, make_contract, make_opportunity):
    template = create_template(
        actor=actor,
        data=TemplateData(
            name="Padrão", opening="Entre {{business.name}} e {{customer.name}}", is_default=True
        ),
        clauses=[
            ClauseData(title="Objeto", body="O quê"),
            ClauseData(
                title="Garantia",
                body="Só grandes",
                where={"field": "amount", "op": "at_least", "value": "5000"},
            ),
            ClauseData(title="Foro", body="São Paulo"),
        ],
    )
    small = make_contract(opportunity_id=make_opportunity(amount="100").id, body=None, title="")
    large = make_contract(opportunity_id=make_opportunity(amount="9000").id, body=None, title="")
    assert "Garantia" not in small.body
    assert "# Cláusula 2ª – Foro" in small.body
    assert "# Cláusula 2ª – Garantia" in large.body
    assert "# Cláusula 3ª – Foro" in large.body
    assert (large.template_id, large.template_edition) == (template.id, 1)
    clause = template.clauses.get(title="Foro")
    save_clause(
        actor=actor,
        template_id=template.id,
        clause_id=clause.id,
        data=ClauseData(title="Foro", body="Campinas"),
    )
    large.refresh_from_db()
    assert "Campinas" not in large.body
    compose_contract(actor=actor, contract_id=large.id)
    large.refresh_from_db()
    assert "Campinas" in large.body
    assert large.template_edition == 2
    assert large.texts.count() == 2


def test_every_change_of_a_template_is_kept(actor):
    template = create_template(
        actor=actor, data=TemplateData(name="A"), clauses=[ClauseData(title="X", body="x"), ClauseData(title="Y", body="y")]
    )  # fmt: skip
    first, second = template.clauses.order_by("position")
    move_clauses(actor=actor, template_id=template.id, ids=[second.id])
    delete_clause(actor=actor, template_id=template.id, clause_id=first.id)
    update_template(actor=actor, template_id=template.id, data=TemplateData(name="A", opening="Novo"))
    kept = ContractTemplateVersion.objects.order_by("edition").values_list("edition", "content")
    titles = [(edition, [one["title"] for one in content["clauses"]]) for edition, content in kept]
    assert titles == [(1, ["X", "Y"]), (2, ["Y", "X"]), (3, ["Y"]), (4, ["Y"])]
    with pytest.raises(Invalid) as refusal:
        save_clause(
            actor=actor,
            template_id=template.id,
            data=ClauseData(title="", body="{{x}}", where={"field": "no"}),
        )
    assert set(codes(refusal)) == {"title", "body", "where"}


def test_the_way_from_draft_to_signed(make_contract, send, sign, actor):
    contract = make_contract(signers=("Ana Souza", "Beto Lima"), amount=Decimal("1250.50"))
    sent = send(contract)
    document = SealedDocument.objects.get()
    assert canonical(json.loads(document.content)) == document.content
    assert document.sha256 == sha256(document.content)
    assert bytes(document.pdf).startswith(b"%PDF")
    assert len({link.digest for _signer, link in sent.links}) == 2
    ana, beto = contract.signers.order_by("position")
    (first,) = sign(contract, ana)
    assert contract.status == "out"
    assert first.evidence["document_sha256"] == document.sha256
    assert first.seal == sha256(canonical(first.evidence))
    assert sign(contract, ana) == [first]
    sign(contract, beto)
    assert contract.status == "signed"
    assert shown_status(contract) == "in_force"
    final = SealedDocument.objects.get(stage="signed")
    assert bytes(final.pdf) != bytes(document.pdf)
    assert final.sha256 == document.sha256
    assert Signature.objects.count() == 2
    with pytest.raises(Invalid):
        update_contract(actor=actor, contract_id=contract.id, changes={"title": "Outro"})


def test_signatures_are_never_changed_or_deleted(make_contract, send, sign):
    contract = make_contract()
    send(contract)
    sign(contract)
    for change in (
        "UPDATE sales_signature SET name = 'x'",
        "DELETE FROM sales_signature",
        "DELETE FROM sales_sealeddocument",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_approval_needs_text_signers_and_known_fields(make_contract, actor):
    empty = make_contract(body="", signers=())
    with pytest.raises(Invalid) as refusal:
        submit_contract(actor=actor, contract_id=empty.id)
    assert codes(refusal) == {"body": "required"}
    unknown = make_contract(body="CPF {{customer.document}} {{quote.number}}")
    with pytest.raises(Invalid) as refusal:
        submit_contract(actor=actor, contract_id=unknown.id)
    assert codes(refusal) == {"body": "missing_fields"}
    unsigned = make_contract(signers=())
    with pytest.raises(Invalid) as refusal:
        submit_contract(actor=actor, contract_id=unsigned.id)
    assert codes(refusal) == {"signers": "required"}


def test_refused_with_a_reason_and_approved_by_those_named(make_contract, actor, member_with, run_jobs):
    seller, boss = member_with("salesperson"), member_with("manager")
    step = StepData(kind="contract", name="Diretoria", approver="named", member_ids=[boss.id])
    save_approval_step(actor=actor, data=step)
    contract = make_contract()
    submit_contract(actor=actor, contract_id=contract.id)
    run_jobs()
    assert Notification.objects.filter(member=boss, kind="contract.approval").count() == 1
    with pytest.raises((Denied, Missing)):
        decide_contract(actor=Actor.for_member(seller), contract_id=contract.id, approved=True)
    told = Actor.for_member(boss)
    with pytest.raises(Invalid) as refusal:
        decide_contract(actor=told, contract_id=contract.id, approved=False, note=" ")
    assert codes(refusal) == {"note": "required"}
    decide_contract(actor=told, contract_id=contract.id, approved=False, note="Falta o foro")
    contract.refresh_from_db()
    assert contract.status == "draft"
    assert contract.approvals.get().steps.get().note == "Falta o foro"
    with pytest.raises(Invalid):
        send_contract(actor=actor, contract_id=contract.id)


def test_what_changes_after_approval_is_approved_again(make_contract, actor):
    contract = make_contract()
    submit_contract(actor=actor, contract_id=contract.id)
    decide_contract(actor=actor, contract_id=contract.id, approved=True)
    Party.objects.filter(id=contract.party_id).update(name="Outro Nome")
    with pytest.raises(Invalid) as refusal:
        send_contract(actor=actor, contract_id=contract.id)
    assert codes(refusal) == {"body": "changed"}
    update_contract(actor=actor, contract_id=contract.id, changes={"amount": Decimal(5)})
    contract.refresh_from_db()
    assert contract.status == "draft"


def test_two_writers_and_the_bin(make_contract, actor, send):
    contract = make_contract()
    update_contract(actor=actor, contract_id=contract.id, changes={"title": "Um"}, version=1)
    with pytest.raises(Conflict):
        update_contract(actor=actor, contract_id=contract.id, changes={"title": "Dois"}, version=1)
    delete_contract(actor=actor, contract_id=contract.id)
    with pytest.raises(Missing):
        update_contract(actor=actor, contract_id=contract.id, changes={"title": "Dois"})
    restore_contract(actor=actor, contract_id=contract.id)
    send(contract)
    with pytest.raises(Invalid):
        delete_contract(actor=actor, contract_id=contract.id)


def test_signers_are_checked_and_changed_one_by_one(make_contract, actor, send):
    contract = make_contract()
    with pytest.raises(Invalid) as refusal:
        put_signer(
            actor=actor,
            contract_id=contract.id,
            data=SignerData(name="", email="nada", cpf="111", role="rei"),
        )
    assert codes(refusal) == {
        "signers.1.name": "required",
        "signers.1.email": "invalid",
        "signers.1.cpf": "invalid",
        "signers.1.role": "invalid",
    }
    put_signer(actor=actor, contract_id=contract.id, data=SignerData(name="Beto Lima", role="witness"))
    remove_signer(actor=actor, contract_id=contract.id, signer_id=contract.signers.get(name="Ana Souza").id)
    assert [one.name for one in contract.signers.all()] == ["Beto Lima"]
    send(contract)
    with pytest.raises(Invalid):
        put_signer(actor=actor, contract_id=contract.id, data=SignerData(name="Caio"))


def test_only_the_named_cpf_signs(make_contract, send, actor):
    contract = make_contract(signers=())
    put_signer(actor=actor, contract_id=contract.id, data=SignerData(name="Ana Souza", cpf=OTHER_CPF))
    send(contract)
    signer = contract.signers.get()
    for name, cpf, agreed, wrong in (
        ("Ana", CPF, True, {"name": "required"}),
        ("Ana Souza", "111.111.111-11", False, {"cpf": "invalid", "agreed": "required"}),
        ("Ana Souza", CPF, True, {"cpf": "other"}),
    ):
        with pytest.raises(Invalid) as refusal:
            sign_contract(
                actor=actor, signer_id=signer.id, data=SigningData(name=name, cpf=cpf, agreed=agreed)
            )
        assert codes(refusal) == wrong


def test_declined_taken_back_and_signed_anew(make_contract, send, sign, actor):
    contract = make_contract(signers=("Ana Souza", "Beto Lima"))
    send(contract)
    ana, beto = contract.signers.order_by("position")
    sign(contract, ana)
    with pytest.raises(Invalid):
        decline_contract(actor=actor, signer_id=beto.id, reason=" ")
    said = decline_contract(actor=actor, signer_id=beto.id, reason="O preço mudou")
    assert decline_contract(actor=actor, signer_id=beto.id, reason="de novo") == said
    contract.refresh_from_db()
    assert (contract.status, contract.close_reason) == ("declined", "O preço mudou")
    reopen_contract(actor=actor, contract_id=contract.id)
    with pytest.raises(Invalid):
        sign(contract, ana)
    update_contract(actor=actor, contract_id=contract.id, changes={"amount": Decimal(10)})
    send(contract)
    sign(contract)
    assert (contract.status, contract.edition) == ("signed", 2)
    assert SealedDocument.objects.filter(contract=contract).count() == 3


def test_cancelled_ended_and_late(make_contract, send, sign, actor):
    contract = make_contract()
    send(contract)
    Contract.objects.filter(id=contract.id).update(sign_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        sign(contract)
    assert codes(refusal) == {"": "expired"}
    contract.refresh_from_db()
    assert shown_status(contract) == "overdue"
    with pytest.raises(Invalid):
        end_contract(actor=actor, contract_id=contract.id, reason="x")
    cancel_contract(actor=actor, contract_id=contract.id, reason="Desistiram")
    assert links_of(contract) == {}
    signed = make_contract(starts_on=timezone.localdate() - timedelta(days=30))
    send(signed)
    sign(signed)
    with pytest.raises(Invalid):
        cancel_contract(actor=actor, contract_id=signed.id, reason="x")
    with pytest.raises(Invalid):
        end_contract(
            actor=actor, contract_id=signed.id, reason="x", on=timezone.localdate() + timedelta(days=1)
        )
    end_contract(actor=actor, contract_id=signed.id, reason="Fim da obra", on=timezone.localdate())
    signed.refresh_from_db()
    assert shown_status(signed) == "ended"


def test_the_page_signs_on_a_phone_and_keeps_its_link_secret(make_contract, send):
    contract = make_contract(body="# Objeto\n\n<script>alert(1)</script> 😀")
    sent = send(contract)
    from ponte.sales.document_links import link_path

    path = link_path(sent.links[0][1])
    browser = Client()
    page = browser.get(path)
    assert page.status_code == 200
    text = page.content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    contract.signers.get().refresh_from_db()
    assert contract.signers.get().views == 1
    wrong = browser.post(path, {"act": "sign", "name": "Ana", "cpf": "1"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count("autofocus aria-describedby") == 1, (
        "the first field with a problem takes the cursor"
    )
    assert (
        browser.post(path, {"act": "sign", "name": "Ana Souza", "cpf": CPF, "agreed": "1"}).status_code == 302
    )
    done = browser.get(path).content.decode()
    assert "Assinado por todos" in done
    assert "982.247" in done
    assert "529.982.247-25" not in done
    assert browser.get(f"{path}pdf/").content.startswith(b"%PDF")
    signature = Signature.objects.get()
    assert signature.evidence["page"] == "contract"
    assert browser.get(path[:-5] + "AAAA/").status_code == 404


def test_a_quotes_link_opens_no_contract_and_the_other_way(make_contract, make_quote, send, actor):
    from ponte.sales.document_links import link_path

    quote = make_quote()
    of_quote = link_path(send_quote(actor=actor, quote_id=quote.id).link)
    of_contract = link_path(send(make_contract()).links[0][1])
    browser = Client()
    assert browser.get(of_quote.replace("/quotes/", "/contracts/")).status_code == 404
    assert browser.get(of_contract.replace("/contracts/", "/quotes/")).status_code == 404


def test_a_new_link_ends_the_old_one(make_contract, send, actor):
    from ponte.sales.document_links import link_path

    contract = make_contract()
    old = link_path(send(contract).links[0][1])
    new = link_path(
        renew_signer_link(actor=actor, contract_id=contract.id, signer_id=contract.signers.get().id)
    )
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_a_role_without_contracts_does_nothing(make_contract, member_with):
    contract = make_contract()
    submit_contract(actor=Actor.system("test"), contract_id=contract.id)
    rights = {"customer": {"view": "all"}, "contract": {"view": "all"}}
    reader = Actor.for_member(member_with(Role.objects.create(name="Leitor", rights={"objects": rights})))
    stranger = Actor.for_member(
        member_with(Role.objects.create(name="Nada", rights={"objects": {"customer": {"view": "all"}}}))
    )
    for actor, wanted in ((reader, Denied), (stranger, Missing)):
        for act in (
            lambda a: update_contract(actor=a, contract_id=contract.id, changes={"title": "x"}),
            lambda a: submit_contract(actor=a, contract_id=contract.id),
            lambda a: send_contract(actor=a, contract_id=contract.id),
            lambda a: cancel_contract(actor=a, contract_id=contract.id, reason="x"),
            lambda a: delete_contract(actor=a, contract_id=contract.id),
            lambda a: decide_contract(actor=a, contract_id=contract.id, approved=True),
            lambda a: put_signer(actor=a, contract_id=contract.id, data=SignerData(name="x y")),
        ):
            with pytest.raises(wanted):
                act(actor)


def test_what_is_personal_is_sealed_in_the_audit_log(make_contract, send, sign):
    contract = make_contract(title="Segredo de Ana")
    send(contract)
    sign(contract)
    entries = AuditEntry.objects.filter(object_type="contract", object_id=contract.id)
    told = json.dumps([entry.changes for entry in entries], default=str)
    assert "Segredo de Ana" not in told
    assert "52998224725" not in told
    assert {
        "contract.created",
        "contract.approval_asked",
        "contract.approval_given",
        "contract.sent",
        "contract.signed",
    } <= set(entries.values_list("act", flat=True))

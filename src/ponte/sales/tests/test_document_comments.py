"""What signers and colleagues write to each other on the pages of a contract."""

from __future__ import annotations

import pytest
from django.test import Client

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.models import AuditEntry, Notification, Role
from ponte.sales.contract_data import SignerData
from ponte.sales.document_links import link_path
from ponte.sales.models.comment import ContractComment
from ponte.sales.services.contract_links import links_of
from ponte.sales.services.contract_parties import put_signer
from ponte.sales.services.document_comments import MOST_COMMENTS, comment_contract
from ponte.timeline.models import Interaction

pytestmark = pytest.mark.usefixtures("workspace")
SIGNER = Actor.system("Signer (contract page)")


def path_of(contract, signer):
    return link_path(links_of(contract)[signer.id])


def test_signers_and_colleagues_talk_on_the_pages(
    make_contract, send, client_for, admin, run_jobs, member_with
):
    owner = member_with(name="Rita Responsável")
    contract = make_contract(owner_id=owner.id, signers=("Ana Souza", "Bia Lima"))
    send(contract)
    contract.refresh_from_db()
    ana, bia = contract.signers.order_by("position")
    page = path_of(contract, ana)
    empty = Client().post(page, {"act": "comment", "body": "  "})
    assert (empty.status_code, "Escreva algo primeiro" in empty.content.decode()) == (422, True)
    assert Client().post(page, {"act": "comment", "body": "Pode ser dia 10? 😀"}).status_code == 302
    browser, base = client_for(admin), f"/teste/contracts/{contract.id}/"
    shown = browser.get(base).content.decode()
    assert "Pode ser dia 10? 😀" in shown
    assert f"{base}comment/" in shown
    assert browser.post(f"{base}comment/", {"body": ""}).status_code == 422
    assert browser.post(f"{base}comment/", {"body": "Pode <sim>"}).status_code == 302
    for signer in (ana, bia):  # all signers read all of it, nobody their address
        seen = Client().get(path_of(contract, signer)).content.decode()
        assert "Ana Souza" in seen
        assert "Pode &lt;sim&gt;" in seen
    run_jobs()
    run_jobs()
    rows = Interaction.objects.filter(party=contract.party, kind="contract_commented")
    assert {row.data["note"] for row in rows} == {
        "Ana Souza: Pode ser dia 10? 😀", f"{admin.name}: Pode <sim>",
    }  # fmt: skip
    told = Notification.objects.filter(member=owner, kind="contract.commented")
    assert [one.title for one in told] == [f"Ana Souza escreveu no contrato {contract.number}"]
    entries = AuditEntry.objects.filter(act="contract.commented")
    assert len(entries) == 2
    assert "dia 10" not in str([one.changes for one in entries])  # sealed


def test_what_cannot_be_written_is_refused(make_contract, send, sign, actor, member_with):
    contract, other = make_contract(), make_contract()
    with pytest.raises(Invalid) as raised:
        comment_contract(actor=actor, contract_id=contract.id, body="Olá")
    assert raised.value.problems[0].code == "not_sent"
    send(contract), send(other)
    for body in ("", "\x00 \n"):
        with pytest.raises(Invalid):
            comment_contract(actor=actor, contract_id=contract.id, body=body)
    with pytest.raises(Missing):
        comment_contract(actor=SIGNER, contract_id=contract.id, body="Olá", signer_id=other.signers.get().id)
    rights = {"objects": {"customer": {"view": "all"}, "contract": {"view": "all"}}}
    reader = member_with(Role.objects.create(name="Só lê", rights=rights))
    with pytest.raises(Denied):
        comment_contract(actor=Actor.for_member(reader), contract_id=contract.id, body="Olá")
    sign(contract)
    made = comment_contract(actor=actor, contract_id=contract.id, body="x" * 5000)
    assert len(made.body) == 4000
    fill = [ContractComment(contract=contract, author="Ana", body="x") for _ in range(MOST_COMMENTS - 1)]
    ContractComment.objects.bulk_create(fill)
    with pytest.raises(Invalid) as raised:
        comment_contract(actor=actor, contract_id=contract.id, body="Mais")
    assert raised.value.problems[0].code == "too_many"


def test_who_asked_gets_the_first_answer_by_mail(make_contract, send, actor, settings, run_jobs, mailoutbox):
    settings.PONTE_SENDS_MAIL, settings.PONTE_URL = True, "https://ponte.example"
    contract = make_contract(signers=())
    for name, email in (
        ("Ana Souza", "ana@cliente.example"),
        ("Bia Lima", "bia@cliente.example"),
        ("Caio Reis", ""),
    ):
        put_signer(actor=actor, contract_id=contract.id, data=SignerData(name=name, email=email))
    send(contract)
    ana, bia, caio = contract.signers.order_by("position")

    def said(body, signer=None):
        by = SIGNER if signer else actor
        comment_contract(
            actor=by, contract_id=contract.id, body=body, signer_id=signer.id if signer else None
        )
        run_jobs()
        return [one.to[0] for one in mailoutbox]

    assert said("Bom dia a todos") == []  # nobody asked
    assert said("Pode ser dia 10?", ana) == []
    assert said("E o foro?", caio) == []
    assert said("Pode <sim> 😀") == ["ana@cliente.example"]  # Bia asked nothing, Caio has no address
    mail = mailoutbox[0]
    assert f"Resposta sobre o contrato {contract.number}" in mail.subject
    assert "Pode <sim> 😀" in mail.body
    assert f"https://ponte.example{path_of(contract, ana)}" in mail.body
    assert len(said("Mais uma coisa")) == 1  # she was answered already
    assert said("Obrigada", bia)[1:] == []
    assert said("De nada")[1:] == ["bia@cliente.example"]
    assert AuditEntry.objects.filter(act="contract.answer_mailed").count() == 2
    settings.PONTE_URL = ""
    said("E agora?", ana)
    assert len(said("Sem endereço não há link")) == 2


def test_the_api_reads_and_writes_them(make_contract, send, api_for, admin, member_with, actor):
    contract = make_contract()
    api, url = api_for(admin), f"/api/v1/contracts/{contract.id}/comments"
    refused = api.post(url, {"body": "Olá"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_sent")
    send(contract)
    made = api.post(url, {"body": "Olá"})
    assert (made.status_code, made.json()["author"], made.json()["signer_id"]) == (201, admin.name, None)
    signer = contract.signers.get()
    comment_contract(actor=SIGNER, contract_id=contract.id, body="Bom dia", signer_id=signer.id)
    assert [(one["body"], one["signer_id"]) for one in api.get(url).json()] == [
        ("Olá", None), ("Bom dia", str(signer.id)),
    ]  # fmt: skip
    rights = {"objects": {"customer": {"view": "own"}, "contract": {"view": "all", "edit": "all"}}}
    stranger = api_for(member_with(Role.objects.create(name="Alheio", rights=rights)))
    assert (stranger.get(url).status_code, stranger.post(url, {"body": "Eu"}).status_code) == (404, 404)

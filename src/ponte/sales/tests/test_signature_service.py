"""Contracts signed at a signature service: handed over once, messages checked, in any order, as often as they come."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.signature_service import SECRET, TOKEN, Fake, mark_of, told

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, Notification
from ponte.sales.adapters.clicksign.transport import ServiceFailed
from ponte.sales.models import Contract, ContractSigner, SealedDocument, Signature
from ponte.sales.models.signature_service import ProviderEvent, SignatureService
from ponte.sales.services.contract_reminders import remind_signers
from ponte.sales.services.contract_sending import reopen_contract
from ponte.sales.services.provider_events import fetch_signed_file
from ponte.sales.services.provider_sending import cancel_over, hand_over, remind_over
from ponte.sales.services.signature_services import (
    hook_path,
    remove_signature_service,
    save_signature_service,
)
from ponte.workplace.exporting.sources import columns_of, export_sources

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def fake(settings):
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    server = Fake()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def service(actor, fake):
    return save_signature_service(actor=actor, url=fake.url, token=TOKEN, secret=SECRET)


@pytest.fixture
def handed(make_contract, send, service, actor):
    """A contract of two signers that the service has."""
    contract = make_contract(signers=("Ana Souza", "Beto Lima"))
    ContractSigner.objects.update(email="ana@cliente.example")
    send(contract, channel="service")
    assert hand_over(contract_id=contract.id, edition=1)
    contract.refresh_from_db()
    return contract


def deliver(service, raw, secret=SECRET):
    mark = mark_of(raw, secret)
    answer = Client().post(
        hook_path(service), raw, content_type="application/json", headers={"Content-Hmac": mark}
    )
    return answer.status_code


def test_secrets_are_sealed_kept_and_left_out_of_exports(service, actor, fake, member_with):
    assert TOKEN.encode() not in bytes(service.sealed_token)
    save_signature_service(actor=actor, url=fake.url)
    again = SignatureService.objects.get()
    assert bytes(again.sealed_token) == bytes(service.sealed_token)
    names = {
        field.attname
        for source in export_sources()
        if source.key == "sales.signatureservice"
        for field in columns_of(source)
    }
    assert "url" in names
    assert not {name for name in names if name.startswith("sealed")}
    log = json.dumps([entry.changes for entry in AuditEntry.objects.all()], default=str)
    assert TOKEN not in log
    assert SECRET not in log
    with pytest.raises(Denied):
        save_signature_service(actor=Actor.for_member(member_with("salesperson")), url=fake.url)
    remove_signature_service(actor=actor)
    assert not SignatureService.objects.exists()


@pytest.mark.parametrize(
    "url", ["http://10.0.0.7", "http://169.254.169.254/x", "ftp://x", "http://localhost:22"]
)
def test_addresses_inside_are_refused(actor, url):
    with pytest.raises(Invalid) as refusal:
        save_signature_service(actor=actor, url=url, token="a", secret="b")
    assert [one.field for one in refusal.value.problems] == ["url"]


def test_handed_over_once_however_often_the_job_runs(handed, fake):
    assert hand_over(contract_id=handed.id, edition=1)
    assert [
        len(fake.asked(f"/api/v1/{what}")) for what in ("documents", "signers", "lists", "notifications")
    ] == [1, 2, 2, 2]
    document = fake.asked("/api/v1/documents")[0]["document"]
    assert document["content_base64"].startswith("data:application/pdf;base64,")
    assert fake.asked("/api/v1/lists")[0]["list"]["document_key"] == "doc-1"
    assert handed.provider_key == "doc-1"


def test_a_failure_on_the_way_goes_on_where_it_stopped(make_contract, send, service, fake, actor):
    contract = make_contract(signers=("Ana Souza",), owner_id=actor.member_id)
    ContractSigner.objects.update(email="ana@cliente.example")
    send(contract, channel="service")
    fake.failing["/api/v1/lists"] = 503
    with pytest.raises(ServiceFailed):
        hand_over(contract_id=contract.id, edition=1)
    fake.failing = {"/api/v1/lists": 422}
    assert not hand_over(contract_id=contract.id, edition=1)
    assert Notification.objects.filter(title__contains="não aceitou").exists()
    fake.failing = {}
    assert hand_over(contract_id=contract.id, edition=1)
    assert len(fake.asked("/api/v1/documents")) == 1
    assert len(fake.asked("/api/v1/signers")) == 1


def test_without_service_or_addresses_nothing_is_sent(make_contract, send, actor, fake):
    contract = make_contract()
    with pytest.raises(Invalid):
        send(contract, channel="service")
    save_signature_service(actor=actor, url=fake.url, token=TOKEN, secret=SECRET)
    with pytest.raises(Invalid):
        from ponte.sales.services.contract_sending import send_contract

        send_contract(actor=actor, contract_id=contract.id, channel="service")


def test_what_is_signed_there_isnt_signed_here(handed, sign, admin, client_for):
    from ponte.sales.document_links import link_path
    from ponte.sales.models import PublicLink

    with pytest.raises(Invalid):
        sign(handed)
    path = link_path(PublicLink.objects.filter(signer__isnull=False).first())
    page = Client().get(path).content.decode()
    assert 'value="sign"' not in page
    assert Client().post(path, {"act": "decline", "reason": "x"}).status_code == 422
    shown = client_for(admin).get(f"/teste/contracts/{handed.id}/").content.decode()
    assert "doc-1" in shown
    assert "/public/contracts/" not in shown
    handed.refresh_from_db()
    assert handed.status == "out"


def test_only_genuine_messages_are_taken(service):
    raw = told("sign", signer="signer-1")
    assert deliver(service, raw, "other") == 401
    assert Client().post(hook_path(service), raw, content_type="application/json").status_code == 401
    assert deliver(service, b"not json") == 401
    assert deliver(service, b"[1]") == 401
    assert (
        Client().post(hook_path(service)[:-6] + "AAAA=/", raw, content_type="application/json").status_code
        == 404
    )
    assert not ProviderEvent.objects.exists()


def test_signed_message_by_message_repeated_and_in_any_order(handed, service, fake, run_jobs):
    second, first, close = (
        told("sign", signer="signer-2"),
        told("sign", signer="signer-1"),
        told("auto_close"),
    )
    fake.file = b"%PDF-1.7 signed elsewhere"
    for raw in (second, second, told("upload"), first, first, close, close, second):
        assert deliver(service, raw) == 200
        run_jobs()
    handed.refresh_from_db()
    assert handed.status == "signed"
    assert Signature.objects.count() == 2
    assert ProviderEvent.objects.count() == 4
    evidence = Signature.objects.order_by("id")[0].evidence
    assert evidence["provider_document"] == "doc-1"
    assert evidence["cpf"] == "52998224725"
    assert fetch_signed_file(contract_id=handed.id)
    kept = SealedDocument.objects.get(stage="provider")
    assert bytes(kept.pdf) == fake.file


def test_closed_before_its_signatures_arrive(handed, service, run_jobs, fake):
    assert not fetch_signed_file(contract_id=handed.id)
    fake.file = b"%PDF-1.7 signed elsewhere"
    assert deliver(service, told("close")) == 200
    run_jobs()
    handed.refresh_from_db()
    assert handed.status == "signed"
    deliver(service, told("sign", signer="signer-1"))
    run_jobs()
    assert Signature.objects.count() == 2
    assert ProviderEvent.objects.get(name="sign").outcome == "signed_before"


def test_refused_and_messages_about_what_is_over(handed, service, run_jobs, actor, fake):
    deliver(service, told("refusal", signer="signer-1", reason="Valor errado"))
    deliver(service, told("sign", document="doc-77", signer="signer-1"))
    run_jobs()
    handed.refresh_from_db()
    assert (handed.status, handed.close_reason) == ("declined", "Valor errado")
    deliver(service, told("sign", signer="signer-2"))
    run_jobs()
    outcomes = set(ProviderEvent.objects.values_list("outcome", flat=True))
    assert outcomes == {"declined", "unknown_document", "closed_before"}
    assert fake.asked("/api/v1/documents/doc-1/cancel") == [{}]  # the other signer can't sign it there either
    reopen_contract(actor=actor, contract_id=handed.id)
    run_jobs()
    assert Contract.objects.get(id=handed.id).provider_key == ""


def test_declining_here_what_is_signed_there_is_refused_and_changes_nothing(handed, fake, run_jobs):
    from ponte.sales.services.contract_signing import decline_contract

    with pytest.raises(Invalid) as refusal:
        decline_contract(
            actor=Actor.system("Signer"), signer_id=handed.signers.first().id, reason="Não quero"
        )
    assert [one.code for one in refusal.value.problems] == ["elsewhere"]
    run_jobs()
    handed.refresh_from_db()
    assert (handed.status, Signature.objects.count()) == ("out", 0)
    assert not fake.asked("/api/v1/documents/doc-1/cancel")


def test_taking_back_is_tried_again_and_told_where_that_is_no_use(handed, service, fake, actor):
    Contract.objects.filter(id=handed.id).update(owner=actor.member)
    service.is_active = False
    service.save()  # switched off: what it has is taken back all the same
    told = {"document_key": "doc-1", "contract_id": handed.id}
    fake.failing["/api/v1/documents/doc-1"] = 503
    with pytest.raises(ServiceFailed):
        cancel_over(**told)
    fake.failing["/api/v1/documents/doc-1"] = 404
    cancel_over(**told)
    assert not Notification.objects.filter(title__contains="serviço de assinatura").exists()
    fake.failing["/api/v1/documents/doc-1"] = 401
    cancel_over(**told)
    assert Notification.objects.filter(title__contains="ainda está aberto").count() == 1
    remove_signature_service(actor=actor)
    cancel_over(**told)


def test_the_service_reminds_who_hasnt_signed(handed, service, fake, actor, run_jobs):
    first, second = handed.signers.order_by("position")
    ContractSigner.objects.update(mailed_at=timezone.now() - timedelta(days=2))
    deliver(service, told("sign", signer=first.external_key))
    run_jobs()
    before = len(fake.asked("/api/v1/notifications"))
    assert [one.id for one in remind_signers(actor=actor, contract_id=handed.id)] == [second.id]
    run_jobs()
    asked = fake.asked("/api/v1/notifications")
    assert [one["request_signature_key"] for one in asked[before:]] == [second.request_key]
    with pytest.raises(Invalid):
        remind_signers(actor=actor, contract_id=handed.id)
    fake.failing["/api/v1/notifications"] = 503
    with pytest.raises(ServiceFailed):
        remind_over(signer_id=second.id, edition=1)
    Contract.objects.filter(id=handed.id).update(owner=actor.member)
    fake.failing["/api/v1/notifications"] = 401
    remind_over(signer_id=second.id, edition=1)
    assert Notification.objects.filter(title__contains="não lembrou").count() == 1
    count = len(fake.requests)
    remind_over(signer_id=first.id, edition=1)  # has signed meanwhile
    remind_over(signer_id=second.id, edition=2)  # taken back meanwhile
    assert len(fake.requests) == count

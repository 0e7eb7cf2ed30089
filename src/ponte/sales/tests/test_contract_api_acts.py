"""The API around contracts: addenda, readjustment, renewal, templates, settings, secrets, reminders; refusals and isolation."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from ponte.core.models import AuditEntry
from ponte.sales.contract_settings import load_contract_settings
from ponte.sales.models import Contract, ContractTemplate
from ponte.sales.models.contract import ContractSigner
from ponte.sales.models.signature_service import SignatureService

pytestmark = pytest.mark.usefixtures("workspace")
PATH, TEMPLATES = "/api/v1/contracts", "/api/v1/contract-templates"
SERVICE = "/api/v1/signature-service"


def body(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content) if response.content else None


def codes(response):
    return {one["field"]: one["code"] for one in body(response, 422)["errors"]}


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


@pytest.fixture
def signed(make_contract, send, sign):
    today = timezone.localdate()
    contract = make_contract(
        starts_on=today - timedelta(days=300), ends_on=today + timedelta(days=90), amount=Decimal(1000), price_index="ipca"
    )  # fmt: skip
    send(contract)
    sign(contract)
    return contract


def test_an_addendum_from_first_word_to_effect(api, signed, sign):
    one = f"{PATH}/{signed.id}"
    made = body(api.post(f"{one}/readjust", {"percentage": "4.62"}), 201)
    assert (made["kind"], made["amount"], made["parent_id"]) == ("readjustment", "1046.20", str(signed.id))
    assert codes(api.post(f"{one}/readjust", {"percentage": "4.62"})) == {"status": "under_way"}
    Contract.objects.filter(id=made["id"]).update(status="cancelled")
    late = str(signed.ends_on + timedelta(days=1))
    assert codes(api.post(f"{one}/readjust", {"percentage": "1", "on": late})) == {"on": "range"}
    Contract.objects.filter(id=made["id"]).update(status="draft")
    addendum = f"{PATH}/{made['id']}"
    body(api.post(f"{addendum}/submit"))
    body(api.post(f"{addendum}/decide", {"approved": True}))
    body(api.post(f"{addendum}/send", {}))
    sign(Contract.objects.get(id=made["id"]))
    assert body(api.get(one))["amount"] == "1046.20"
    renewed = body(api.post(f"{one}/renew", {}), 201)
    assert renewed["kind"] == "renewal"
    assert body(api.post(f"{one}/amend", {"title": "Mais um ponto"}), 201)["title"] == "Mais um ponto"
    found = body(api.get(f"{PATH}?parent_id={signed.id}"))["items"]
    assert {row["kind"] for row in found} == {"readjustment", "renewal", "addendum"}
    body(api.delete(f"{PATH}/{renewed['id']}"), 204)
    assert body(api.post(f"{PATH}/{renewed['id']}/restore"))["status"] == "draft"
    versions = body(api.get(f"{addendum}/versions"))
    assert [row["number"] for row in versions] == [1]
    assert "4,62%" in body(api.get(f"{addendum}/versions/1"))["text"]
    assert api.get(f"{addendum}/versions/9").status_code == 404
    assert api.get(f"{addendum}/versions/99999999999").status_code == 404


@pytest.mark.parametrize("percentage", ["0", "-100", "1000.01", "NaN", "abc", "1e9", None])
def test_percentages_that_cant_be(api, signed, percentage):
    assert "percentage" in codes(api.post(f"{PATH}/{signed.id}/readjust", {"percentage": percentage}))
    assert Contract.objects.count() == 1


def test_what_isnt_signed_has_no_addenda(api, make_contract):
    one = f"{PATH}/{make_contract().id}"
    for act, told in (("amend", {}), ("renew", {}), ("readjust", {"percentage": "1"})):
        assert "status" in codes(api.post(f"{one}/{act}", told))
    assert codes(api.post(f"{one}/compose")) == {"template_id": "missing"}
    assert codes(api.post(f"{one}/remind", {})) == {"status": "not_out"}


def test_the_same_key_begins_one_addendum(api, signed):
    first = api.post(f"{PATH}/{signed.id}/amend", {}, idempotency_key="mais-1")
    again = api.post(f"{PATH}/{signed.id}/amend", {}, idempotency_key="mais-1")
    assert body(first, 201)["id"] == body(again, 201)["id"]
    assert signed.addenda.count() == 1


def test_templates_are_written_ordered_and_kept_in_versions(api):
    clauses = [{"title": "Objeto", "body": "{{contract.title}}"}, {"title": "Foro", "body": "São Paulo"}]
    made = body(
        api.post(
            TEMPLATES, {"name": "Serviços 😀", "opening": "Entre {{customer.name}}", "clauses": clauses}
        ),
        201,
    )
    one = f"{TEMPLATES}/{made['id']}"
    assert [row["title"] for row in made["clauses"]] == ["Objeto", "Foro"]
    ids = [row["id"] for row in made["clauses"]]
    where = {"field": "amount", "op": "at_least", "value": "5000"}
    extra = body(api.post(f"{one}/clauses", {"title": "Garantia", "body": "Um ano", "where": where}), 201)
    assert extra["where"]
    ordered = body(api.put(f"{one}/clauses/order", {"ids": [extra["id"], *ids]}))
    assert [row["title"] for row in ordered["clauses"]] == ["Garantia", "Objeto", "Foro"]
    body(api.put(f"{one}/clauses/{ids[1]}", {"title": "Foro", "body": "Rio de Janeiro"}))
    body(api.delete(f"{one}/clauses/{ids[0]}"), 204)
    changed = body(api.patch(one, {"title": "Contrato", "is_default": True}))
    assert (changed["title"], changed["opening"], changed["is_default"]) == (
        "Contrato",
        "Entre {{customer.name}}",
        True,
    )
    assert api.patch(one, {"title": "x"}, if_match='"1"').status_code == 409
    versions = body(api.get(f"{one}/versions"))
    assert [row["edition"] for row in versions] == [6, 5, 4, 3, 2, 1]
    assert [row["title"] for row in body(api.get(f"{one}/versions/1"))["content"]["clauses"]] == [
        "Objeto",
        "Foro",
    ]
    assert api.get(f"{one}/versions/77").status_code == 404
    assert body(api.patch(one, {"archived": True}))["archived_at"]
    assert body(api.patch(one, {"archived": False}))["archived_at"] is None


def test_templates_that_cant_be_name_their_field(api):
    assert "opening" in codes(api.post(TEMPLATES, {"name": "x", "opening": "{{nada}}"}))
    wrong = [{"title": "Foro", "body": "{{nada}}"}]
    assert any("body" in field for field in codes(api.post(TEMPLATES, {"name": "x", "clauses": wrong})))
    bad = [{"title": "Foro", "body": "x", "where": {"field": "nada", "op": "is", "value": 1}}]
    assert any("where" in field for field in codes(api.post(TEMPLATES, {"name": "x", "clauses": bad})))
    assert not ContractTemplate.objects.exists()


def test_who_approves_is_for_who_runs_sales(api, api_for, member_with, admin):
    told = {"alert_days": 15}
    assert body(api.put("/api/v1/contract-settings", told)) == told
    assert load_contract_settings().alert_days == 15
    step = {"kind": "contract", "name": "Jurídico", "approver": "named", "member_ids": [str(admin.id)]}
    made = body(api.post("/api/v1/approval-steps", step), 201)
    assert made["member_ids"] == [str(admin.id)]
    assert [one["id"] for one in body(api.get("/api/v1/approval-steps?kind=contract"))] == [made["id"]]
    assert codes(api.post("/api/v1/approval-steps", step | {"member_ids": [str(uuid4())]})) == {
        "members": "missing"
    }
    one = f"/api/v1/approval-steps/{made['id']}"
    assert body(api.put(one, {"name": "Diretoria", "approver": "sales"}))["member_ids"] == []
    order = {"kind": "contract", "ids": [made["id"]]}
    assert body(api.put("/api/v1/approval-steps/order", order))[0]["name"] == "Diretoria"
    assert body(api.get("/api/v1/approval-settings/contract")) == {"answer_days": 10, "valid_days": 30}
    days = {"answer_days": 5, "valid_days": 60}
    assert body(api.put("/api/v1/approval-settings/contract", days)) == days
    assert codes(api.put("/api/v1/approval-settings/contract", days | {"answer_days": 0}))
    seller = api_for(member_with("salesperson"))
    assert seller.get("/api/v1/contract-settings").status_code == 404
    assert seller.put("/api/v1/contract-settings", told).status_code == 404
    assert seller.get("/api/v1/approval-steps?kind=contract").status_code == 404
    assert seller.put(one, step).status_code in (404, 422)
    assert seller.delete(one).status_code == 404
    assert api.delete(one).status_code == 204
    assert seller.post(TEMPLATES, {"name": "x"}).status_code == 404
    assert not ContractTemplate.objects.exists()


def test_secrets_go_in_and_never_out(api, api_for, member_with, settings):
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    assert api.get(SERVICE).status_code == 404
    assert set(codes(api.put(SERVICE, {"url": "http://127.0.0.1:8099"}))) == {"token", "secret"}
    assert set(codes(api.put(SERVICE, {"url": "http://10.0.0.7", "token": "a", "secret": "b"}))) == {"url"}
    whole = {"url": "http://127.0.0.1:8099", "token": "t0ken-1234", "secret": "hmac-secret-99"}
    answers = [api.put(SERVICE, whole), api.get(SERVICE), api.put(SERVICE, {"url": "http://127.0.0.1:8099"})]
    for answer in answers:
        shown = body(answer)
        assert (shown["has_token"], shown["has_secret"], shown["is_active"]) == (True, True, True)
        assert b"t0ken-1234" not in answer.content
        assert b"hmac-secret-99" not in answer.content
    log = json.dumps([entry.changes for entry in AuditEntry.objects.all()], default=str)
    assert "t0ken-1234" not in log
    seller = api_for(member_with("salesperson"))
    assert [seller.get(SERVICE).status_code, seller.delete(SERVICE).status_code] == [404, 404]
    assert SignatureService.objects.count() == 1
    body(api.delete(SERVICE), 204)
    assert api.delete(SERVICE).status_code == 404


def test_reminders_go_to_who_hasnt_signed_once_a_day(api, make_contract, send, sign, settings, run_jobs):
    settings.PONTE_SENDS_MAIL = True
    contract = make_contract(signers=("Ana Souza", "Beto Lima", "Caio Reis"))
    for signer, address in zip(
        contract.signers.order_by("position"), ("ana@x.example", "beto@x.example", ""), strict=True
    ):
        ContractSigner.objects.filter(id=signer.id).update(email=address)
    send(contract)
    ana, beto, caio = contract.signers.order_by("position")
    sign(contract, ana)
    one = f"{PATH}/{contract.id}"
    assert body(api.post(f"{one}/remind", {"message": "Falta você 😀"}))["signer_ids"] == [str(beto.id)]
    run_jobs()
    assert [message.to for message in mail.outbox] == [["beto@x.example"]]
    assert "Falta você 😀" in mail.outbox[0].body
    assert "/public/contracts/" in mail.outbox[0].body
    assert codes(api.post(f"{one}/remind", {"signer_id": str(beto.id)})) == {"signers": "too_soon"}
    assert codes(api.post(f"{one}/remind", {"signer_id": str(ana.id)})) == {"signers": "signed"}
    assert codes(api.post(f"{one}/remind", {"signer_id": str(caio.id)})) == {"signers": "no_address"}
    assert api.post(f"{one}/remind", {"signer_id": str(uuid4())}).status_code == 404
    ContractSigner.objects.filter(id=beto.id).update(mailed_at=timezone.now() - timedelta(days=1))
    assert body(api.post(f"{one}/remind", {}))["signer_ids"] == [str(beto.id)]
    assert AuditEntry.objects.filter(act="contract.reminded").count() == 2
    link = body(api.post(f"{one}/signers/{caio.id}/link"))
    assert "/public/contracts/" in link["link"]
    Contract.objects.filter(id=contract.id).update(sign_until=timezone.localdate() - timedelta(days=1))
    assert codes(api.post(f"{one}/remind", {})) == {"status": "expired"}


def test_others_contracts_templates_and_scopes(api, api_for, admin, inside, other_workspace, signed):
    with inside(other_workspace):
        from ponte.core.actors import Actor
        from ponte.sales.services.contract_templates import TemplateData, create_template

        foreign = create_template(actor=Actor.system("test"), data=TemplateData(name="Deles")).id
    for path in (f"{TEMPLATES}/{foreign}", f"{TEMPLATES}/{foreign}/versions", f"{PATH}/{foreign}/versions"):
        assert api.get(path).status_code == 404, path
    writes = {
        f"{PATH}/{foreign}/{act}": told
        for act, told in (
            ("amend", {}), ("renew", {}), ("readjust", {"percentage": "1"}), ("compose", {}), ("restore", {}), ("remind", {}),
            (f"signers/{foreign}/link", {}), ("submit", {}), ("decide", {"approved": True}), ("cancel", {"reason": "x"}),
        )
    }  # fmt: skip
    writes[f"{TEMPLATES}/{foreign}/clauses"] = {"title": "x", "body": "y"}
    for path, told in writes.items():
        assert api.post(path, told).status_code == 404, path
    assert api.patch(f"{TEMPLATES}/{foreign}", {"title": "x"}).status_code == 404
    assert api.put(f"{TEMPLATES}/{foreign}/clauses/{foreign}", {"title": "x", "body": "y"}).status_code == 404
    reader = api_for(admin, scopes=["quotes:read"])
    assert reader.post(f"{PATH}/{signed.id}/amend", {}).status_code == 403
    assert reader.put("/api/v1/contract-settings", {}).status_code == 403
    assert signed.addenda.count() == 0


def test_who_is_in_charge_of_a_sent_contract_changes(api, signed, member_with):
    seller = member_with("salesperson")
    changed = body(
        api.patch(f"{PATH}/{signed.id}", {"owner_id": str(seller.id)}, content_type="application/json")
    )
    assert (changed["owner_id"], changed["status"]) == (str(seller.id), "signed")
    more = api.patch(f"{PATH}/{signed.id}", {"owner_id": None, "title": "X"}, content_type="application/json")
    assert more.status_code == 422, "a signed text stays"


def test_many_are_cancelled_for_one_reason(api, signed, make_contract, send):
    draft, out = make_contract(), make_contract()
    send(out)
    acts = "/api/v1/lists/contracts/actions/cancel"
    ids = [str(one.id) for one in (signed, draft, out)]
    told = {"ids": ids, "inputs": {"reason": " "}}
    assert api.post(acts, told, content_type="application/json").status_code == 422
    told["inputs"] = {"reason": "O cliente desistiu"}
    assert body(api.post(acts, told, content_type="application/json"))["count"] == 2
    kept = dict(Contract.objects.values_list("id", "status"))
    assert kept == {signed.id: "signed", draft.id: "cancelled", out.id: "cancelled"}
    assert set(Contract.objects.filter(status="cancelled").values_list("close_reason", flat=True)) == {
        "O cliente desistiu"
    }
    assert AuditEntry.objects.filter(act="contract.cancelled").count() == 2

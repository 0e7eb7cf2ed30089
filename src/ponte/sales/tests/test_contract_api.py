"""The API of contracts: the whole way, refusals, isolation."""

from __future__ import annotations

import json

import pytest

from ponte.core.models import Role

pytestmark = pytest.mark.usefixtures("workspace")
PATH = "/api/v1/contracts"


def body(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content) if response.content else None


def test_the_whole_way_over_the_api(admin, api_for, make_opportunity, sign):
    from ponte.sales.models import Contract

    api = api_for(admin)
    deal = make_opportunity(amount="2500")
    told = {
        "opportunity_id": str(deal.id),
        "title": "Obra",
        "body": "# Objeto\n\n{{customer.name}}",
        "signers": [{"name": "Ana Souza"}],
    }
    made = body(api.post(PATH, told), 201)
    assert (made["amount"], made["status"], made["customer_id"]) == ("2500.00", "draft", str(deal.party_id))
    one = f"{PATH}/{made['id']}"
    changed = body(
        api.patch(one, {"notice_days": 15, "signers": [{"name": "Ana Souza", "cpf": "529.982.247-25"}]})
    )
    assert changed["notice_days"] == 15
    assert "cpf" not in changed["signers"][0]
    assert body(api.post(f"{one}/submit"))["status"] == "approval"
    refused = body(api.post(f"{one}/decide", {"approved": False}), 422)
    assert "note" in json.dumps(refused)
    assert body(api.post(f"{one}/decide", {"approved": True}))["status"] == "approved"
    sent = body(api.post(f"{one}/send", {}))
    assert "/public/contracts/" in sent["signers"][0]["link"]
    assert api.delete(one).status_code == 422
    sign(Contract.objects.get())
    told = body(api.get(one))
    assert (told["status"], told["state"]) == ("signed", "in_force")
    assert {file["stage"] for file in told["files"]} == {"sent", "signed"}
    assert api.get(f"{one}/files/1/signed").content.startswith(b"%PDF")
    assert api.get(f"{one}/files/2/signed").status_code == 404
    assert body(api.post(f"{one}/end", {"reason": "Acabou"}))["status"] == "ended"
    found = body(api.get(f"{PATH}?status=ended&fields=id,number"))["items"]
    assert found == [{"id": made["id"], "number": "1"}]


def test_wrong_values_stale_versions_and_others_contracts(admin, api_for, make_contract, member_with):
    api, contract = api_for(admin), make_contract()
    one = f"{PATH}/{contract.id}"
    wrong = body(api.post(PATH, {"title": "x"}), 422)
    assert "customer_id" in json.dumps(wrong)
    assert api.patch(one, {"title": "y"}, if_match='"9"').status_code == 409
    own = {"customer": {"view": "own"}, "contract": {"view": "own", "edit": "own", "create": "own"}}
    seller = api_for(member_with(Role.objects.create(name="Meus", rights={"objects": own})))
    assert seller.get(one).status_code == 404
    assert seller.post(f"{one}/submit").status_code == 404
    assert body(seller.get(PATH))["items"] == []
    reader = api_for(admin, scopes=["quotes:read"])
    assert reader.get(one).status_code == 200
    assert reader.post(f"{one}/submit").status_code == 403

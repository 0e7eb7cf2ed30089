"""Panel, lists and settings as members use them, and what others may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.models import Role
from ponte.privacy.models import ConsentRecord, ConsentText, Permission, Purpose, Suppression
from ponte.privacy.services.contact import may_contact
from ponte.privacy.services.suppressions import suppress_address

pytestmark = pytest.mark.usefixtures("workspace")
HTMX = {"HTTP_HX_REQUEST": "true"}
ALL = dict.fromkeys(("view", "create", "edit", "delete", "export"), "all")


def text(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_panel_shows_states_proof_and_the_link(
    client_for: Any, admin: Any, make_party: Any, say: Any, actor: Any
) -> None:
    ana = make_party()
    say(ana, channels=["email"], language="pt-br", given_through="paper")
    suppress_address(actor=actor, address=ana.phone, reason="opt_out")
    shown = text(client_for(admin).get(f"/teste/customers/{ana.id}/privacy/", **HTMX))
    for piece in (
        "Ofertas e novidades",
        "Pode ser contatado",
        "Papel assinado",
        "texto versão 1",
        "/public/preferences/",
    ):
        assert piece in shown, piece
    assert "(11) 99000-0000" in shown
    assert "style=" not in shown


def test_the_panels_queries_do_not_grow(
    client_for: Any, admin: Any, make_party: Any, say: Any, actor: Any
) -> None:
    ana, client = make_party(), client_for(admin)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/teste/customers/{ana.id}/privacy/", **HTMX).status_code == 200
        return len(seen)

    suppress_address(actor=actor, address=ana.email, reason="complaint")
    say(ana)
    queries()
    few = queries()
    for _ in range(6):
        say(ana, "survey", allows=False)
        say(ana, "sales")
    suppress_address(actor=actor, address=ana.phone, reason="complaint")
    assert queries() == few <= 25


def test_taking_down_what_a_customer_said(client_for: Any, admin: Any, make_party: Any) -> None:
    ana, client = make_party(), client_for(admin)
    url = f"/teste/customers/{ana.id}/privacy/take-down/"
    assert "Ofertas e novidades" in text(client.get(url, **HTMX))
    given = {
        "purpose": "marketing",
        "allows": "yes",
        "channels": ["email"],
        "given_through": "phone",
        "note": "ramal 12",
    }
    assert client.post(url, given, **HTMX).status_code == 204
    assert ConsentRecord.objects.get().evidence == {"note": "ramal 12"}
    wrong = client.post(url, {**given, "purpose": "survey", "channels": ["mail"]}, **HTMX)
    assert wrong.status_code == 422
    assert "Escolha entre" in wrong.content.decode()
    assert "ramal 12" in text(client.get(f"/teste/customers/{ana.id}/privacy/history/"))


def test_who_may_only_look_changes_nothing(client_for: Any, member_with: Any, make_party: Any) -> None:
    ana, client = make_party(), client_for(member_with("read_only"))
    assert "take-down" not in text(client.get(f"/teste/customers/{ana.id}/privacy/", **HTMX))
    assert client.post(f"/teste/customers/{ana.id}/privacy/take-down/", {}).status_code == 404
    assert client.post(f"/teste/customers/{ana.id}/privacy/new-link/").status_code == 404
    assert client.get("/teste/suppressions/").status_code == 404
    assert client.get("/teste/settings/purposes/").status_code == 404


def test_hidden_addresses_stay_hidden(client_for: Any, member_with: Any, make_party: Any, actor: Any) -> None:
    ana = make_party()
    for address in (ana.email, ana.phone):
        suppress_address(actor=actor, address=address, reason="complaint")
    may_contact(actor=actor, party=ana, purpose="survey", channel="email", sender="teste")
    role = Role.objects.create(
        name="Sem e-mail",
        rights={
            "objects": {"customer": ALL, "suppression": ALL},
            "fields": {"customer": {"email": "hidden"}},
        },
    )
    client = client_for(member_with(role))
    for path in (f"customers/{ana.id}/privacy/", "suppressions/", "contact-refusals/"):
        assert ana.email not in text(client.get(f"/teste/{path}"))
    assert "(11) 99000-0000" in text(client.get("/teste/suppressions/"))
    hidden = Suppression.objects.get(address=ana.email)
    assert client.get(f"/teste/suppressions/{hidden.id}/").status_code == 404


def test_refusals_of_customers_one_may_not_see_are_not_listed(
    client_for: Any, member_with: Any, make_party: Any, actor: Any
) -> None:
    may_contact(
        actor=actor, party=make_party("Ana Alheia"), purpose="marketing", channel="email", sender="teste"
    )
    own = {**ALL, "view": "own"}
    role = Role.objects.create(name="Só seus", rights={"objects": {"customer": own, "suppression": ALL}})
    assert "Ana Alheia" not in text(client_for(member_with(role)).get("/teste/contact-refusals/"))
    assert "Ana Alheia" in text(client_for(actor.member).get("/teste/contact-refusals/"))


def test_suppressing_looking_and_lifting(client_for: Any, admin: Any, make_party: Any) -> None:
    ana, client = make_party(), client_for(admin)
    wrong = client.post("/teste/suppressions/new/", {"address": "x", "reason": "bounce"}, **HTMX)
    assert wrong.status_code == 422
    answer = client.post("/teste/suppressions/new/", {"address": ana.email, "reason": "blocked"}, **HTMX)
    assert answer.status_code == 204
    row = Suppression.objects.get()
    assert "Ana Souza" in text(client.get(f"/teste/suppressions/{row.id}/"))
    assert ana.email in text(client.get(f"/teste/suppressions/?q={ana.email[:5]}"))
    assert client.post(f"/teste/suppressions/{row.id}/lift/", {"because": ""}, **HTMX).status_code == 422
    assert (
        client.post(f"/teste/suppressions/{row.id}/lift/", {"because": "engano"}, **HTMX).status_code == 204
    )
    assert not Suppression.objects.filter(lifted_at=None).exists()


def test_settings_of_purposes_and_words(client_for: Any, admin: Any) -> None:
    client = client_for(admin)
    assert "Cobrança" in text(client.get("/teste/settings/purposes/"))
    given = {"name": "Clube", "key": "clube", "basis": "consent", "channels": ["email"], "is_active": "on"}
    assert client.post("/teste/settings/purposes/new/", given, **HTMX).status_code == 204
    assert client.post("/teste/settings/purposes/new/", given, **HTMX).status_code == 422
    assert (
        client.post("/teste/settings/purposes/new/", {**given, "key": "billing"}, **HTMX).status_code == 422
    )
    changed = {**given, "name": "Clube do café", "version": 1}
    assert client.post("/teste/settings/purposes/clube/", changed, **HTMX).status_code == 204
    assert Purpose.objects.get().name == "Clube do café"
    assert client.post("/teste/settings/purposes/clube/", changed, **HTMX).status_code == 409
    words = {"pt_br": "Quero entrar no clube.", "en": "I want to join the club."}
    assert client.post("/teste/settings/purposes/clube/texts/", words, **HTMX).status_code == 204
    assert ConsentText.objects.filter(body__startswith="Quero").get().version == 2
    assert "Quero entrar" in text(client.get("/teste/settings/purposes/clube/versions/"))
    assert client.get("/teste/settings/purposes/nada/").status_code == 404


def test_over_the_api(api_for: Any, admin: Any, make_party: Any) -> None:
    api, ana = api_for(admin), make_party()
    keys = [one["key"] for one in api.get("/purposes").json()]
    assert keys[:3] == ["service", "billing", "legal"]
    said = {
        "customer_id": str(ana.id),
        "purpose": "marketing",
        "channels": ["email"],
        "language": "pt-br",
        "evidence": {"form": "rodapé"},
    }
    made = api.post("/consents", said)
    assert made.status_code == 201, made.content
    assert made.json()["status"] == "granted"
    asked = {"customer_id": str(ana.id), "purpose": "marketing", "channel": "email", "sender": "ERP"}
    assert api.post("/may-contact", asked).json()["address"] == ana.email
    refused = api.post("/may-contact", {**asked, "channel": "sms"}).json()
    assert (refused["allowed"], refused["verdict"]) == (False, "no_consent")
    logged = api.get(f"/contact-refusals?customer_id={ana.id}").json()["items"]
    assert [one["sender"] for one in logged] == ["ERP"]
    matrix = api.get(f"/contact-permissions?customer_id={ana.id}").json()
    assert {"marketing", "billing"} <= {one["purpose"] for one in matrix["items"]}
    assert "/public/preferences/" in matrix["preference_url"]
    api.post("/consents", {**said, "channels": [], "allows": False})
    assert [one["status"] for one in api.get(f"/consents?customer_id={ana.id}").json()["items"]] == [
        "withdrawn",
        "granted",
    ]
    many = api.post(
        "/may-contact/bulk",
        {"customer_ids": [str(ana.id)], "purpose": "survey", "channel": "email", "sender": "x"},
    )
    assert [one["allowed"] for one in many.json()["items"]] == [True]


def test_bulk_and_suppressions_over_the_api(api_for: Any, admin: Any, make_party: Any) -> None:
    api, ana, bia = api_for(admin), make_party(), make_party("Bia")
    items = [{"customer_id": str(one), "purpose": "marketing"} for one in (ana.id, bia.id)]
    unknown = "01900000-0000-7000-8000-000000000000"
    answer = api.post(
        "/consents/bulk", {"items": [*items, {"customer_id": unknown, "purpose": "marketing"}]}
    ).json()
    assert answer == {"recorded": 2, "unknown_customers": [unknown]}
    wrong = api.post("/consents/bulk", {"items": [items[0], {**items[1], "purpose": "nada"}]})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "items[1].purpose"
    assert Permission.objects.filter(party=ana).count() == 5
    made = api.post("/suppressions", {"address": ana.email, "reason": "complaint", "source": "ESP"})
    assert made.status_code == 201
    assert len(api.get(f"/suppressions?address={ana.email.upper()}").json()["items"]) == 1
    lifted = api.post(f"/suppressions/{made.json()['id']}/lift", {"because": "engano"})
    assert lifted.json()["lifted_at"]
    assert api.post(f"/suppressions/{made.json()['id']}/lift", {"because": "engano"}).status_code == 404


def test_the_api_asks_for_rights(api_for: Any, member_with: Any, make_party: Any) -> None:
    ana, api = make_party(), api_for(member_with("read_only"))
    assert api.post("/consents", {"customer_id": str(ana.id), "purpose": "marketing"}).status_code == 404
    assert api.get("/suppressions").status_code == 404
    assert api.put("/purposes/x", {"name": "X", "basis": "consent", "channels": ["email"]}).status_code == 404
    assert api.get("/purposes").status_code == 200

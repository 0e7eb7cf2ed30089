"""The customer's own page: only the link opens it, only POST changes anything, and it tells nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ponte.core.models import AuditEntry
from ponte.core.turns import PageTurns
from ponte.directory.data import PhoneData
from ponte.directory.models import PartyPhone
from ponte.directory.services.deletion import delete_parties
from ponte.privacy.links import make_token, preference_path, read_token
from ponte.privacy.models import ConsentRecord
from ponte.privacy.selectors.decisions import decide
from ponte.privacy.services.preferences import renew_link
from ponte.privacy.services.suppressions import suppress_address

pytestmark = pytest.mark.usefixtures("workspace")


def allowed(party: Any, channel: str, purpose: str = "marketing") -> bool:
    return decide(party_id=party.id, purpose=purpose, channel=channel).allowed


def test_no_log_in_and_nothing_about_the_person(make_party: Any, workspace: Any) -> None:
    ana = make_party("Ana Secreta")
    page = Client().get(preference_path(ana.id))
    shown = page.content.decode()
    assert page.status_code == 200
    assert workspace.name in shown
    for private in ("Ana", "Secreta", ana.email, ana.phone, str(ana.id)):
        assert private not in shown
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert not ConsentRecord.objects.exists()


def test_both_languages(make_party: Any) -> None:
    path = preference_path(make_party().id)
    assert "Ofertas e novidades" in Client().get(f"{path}?lang=pt-br").content.decode()
    assert "Offers and news" in Client().get(f"{path}?lang=en").content.decode()
    assert Client().get(f"{path}?lang=nonsense").status_code == 200


def test_choices_are_kept_with_proof(make_party: Any) -> None:
    ana = make_party()
    path = preference_path(ana.id)
    answer = Client().post(
        f"{path}?lang=pt-br",
        {"allow": ["marketing:email", "survey:email", "nonsense:email", "billing:sms", "x"]},
    )
    assert answer.status_code == 302
    assert allowed(ana, "email")
    assert not allowed(ana, "whatsapp")
    assert not allowed(ana, "sms", "survey"), "unticked: objected"
    assert allowed(ana, "sms", "billing"), "essential contact isn't theirs to decline here"
    proof = ConsentRecord.objects.get(party=ana, status="granted")
    assert proof.given_through == "preferences"
    assert proof.text is not None
    assert proof.evidence["address"] == "127.0.0.1"
    assert AuditEntry.objects.filter(act="consent.granted", subject_id=ana.id).exists()
    before = ConsentRecord.objects.count()
    Client().post(f"{path}?lang=pt-br", {"allow": ["marketing:email", "survey:email"]})
    assert ConsentRecord.objects.count() == before, "the same choices again write nothing"


def test_allowing_again_opens_an_opted_out_number_on_that_channel_alone(make_party: Any) -> None:
    ana = make_party(phones=[PhoneData(number="11981234567", opted_out=True)])
    Client().post(preference_path(ana.id), {"allow": ["marketing:whatsapp"]})
    assert allowed(ana, "whatsapp")
    assert not PartyPhone.objects.get(party=ana).opted_out
    assert not allowed(ana, "phone", "survey")


def test_a_complaint_stays(make_party: Any, actor: Any) -> None:
    ana = make_party()
    suppress_address(actor=actor, address=ana.email, reason="complaint")
    Client().post(preference_path(ana.id), {"allow": ["marketing:email"]})
    assert not allowed(ana, "email")


def test_stopping_everything(make_party: Any, say: Any) -> None:
    ana = make_party()
    say(ana, channels=["email"])
    Client().post(preference_path(ana.id), {"act": "stop", "allow": ["marketing:email"]})
    for purpose in ("marketing", "survey", "sales"):
        assert not allowed(ana, "email", purpose)
    assert allowed(ana, "email", "billing")


def test_a_forged_old_or_foreign_link_opens_nothing(
    make_party: Any, actor: Any, workspace: Any, other_workspace: Any
) -> None:
    ana = make_party()
    path = preference_path(ana.id)
    client = Client()
    assert client.get(path[:-2] + "x/").status_code == 404
    assert client.get("/public/preferences/nonsense/").status_code == 404
    foreign = make_token(other_workspace.id, ana.id, 0)
    assert read_token(foreign) == (other_workspace.id, ana.id, 0)
    renew_link(actor=actor, party_id=ana.id)
    assert client.get(path).status_code == 404
    renew_link(actor=actor, party_id=ana.id)
    assert client.get(preference_path(ana.id)).status_code == 200
    delete_parties(actor=actor, party_ids=[ana.id])
    assert client.get(preference_path(ana.id)).status_code == 404


def test_post_needs_the_forms_token(make_party: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = preference_path(make_party().id)
    assert strict.post(path, {"act": "stop"}).status_code == 403
    assert not ConsentRecord.objects.exists()


def test_too_many_requests_are_refused(make_party: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    few = PageTurns("preferences", looks=60, changes=2)
    monkeypatch.setattr("ponte.privacy.views.public.TURNS", few)
    path = preference_path(make_party().id)
    client = Client()
    statuses = [client.post(path, {"allow": []}).status_code for _ in range(4)]
    assert 429 in statuses
    assert client.get(path).status_code == 200

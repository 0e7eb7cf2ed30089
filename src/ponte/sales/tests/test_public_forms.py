"""Forms for people without an account: stored first, read by a job, nothing overwritten, nothing revealed."""

from __future__ import annotations

import json
import time

import pytest
from django.core import signing
from django.test import Client

from ponte.core.errors import Invalid
from ponte.core.tenancy.urls import public_reverse
from ponte.directory.data import EmailData, PhoneData
from ponte.directory.models import Party
from ponte.privacy.models import ConsentRecord, ConsentText
from ponte.privacy.selectors.decisions import decide
from ponte.privacy.services.purposes import publish_text
from ponte.sales.form_fields import FormField, Shown
from ponte.sales.models import Form, FormPost, Lead, PostState
from ponte.sales.origins import marks_of, origin_of
from ponte.sales.services import confirming
from ponte.sales.services.form_reading import release_post, take_posts
from ponte.sales.services.forms import FormData, create_form, update_form

FIELDS = (
    FormField(key="name", type="name", input="text", label="Nome", required=True),
    FormField(key="email", type="email", input="email", label="E-mail", required=True),
    FormField(key="phone", type="phone", input="tel", label="Telefone"),
    FormField(
        key="q_kind",
        type="q_choice",
        input="select",
        label="O que procura?",
        options=(("Curso", "Curso"), ("Máquina", "Máquina")),
    ),
    FormField(
        key="q_city",
        type="q_text",
        input="text",
        label="Em que cidade?",
        required=True,
        shown=Shown("q_kind", "Curso"),
    ),
    FormField(key="message", type="message", input="textarea", label="Mensagem"),
)
GIVEN = {"name": "Clara Nunes", "email": "clara@x.com.br", "message": "Quero saber mais"}


@pytest.fixture
def form(actor):
    consents = [{"purpose": "marketing", "channels": ["email"], "required": False}]
    return create_form(actor=actor, data=FormData(name="Contato", fields=FIELDS, consents=consents))


@pytest.fixture
def path(form, workspace):
    return public_reverse("form_public", slug=workspace.slug, public_id=form.public_id)


def send(path, client=None, headers=None, **fields):
    return (client or Client()).post(path, {**GIVEN, **fields}, headers=headers or {})


def started(seconds):
    signer = signing.TimestampSigner(salt="ponte.sales.form_started")
    signer.timestamp = lambda: signing.b62_encode(int(time.time() - seconds))
    return signer.sign("f")


def test_the_page_needs_no_log_in(path, form):
    page = Client().get(f"{path}?utm_source=google&utm_medium=cpc")
    shown = page.content.decode()
    assert page.status_code == 200
    for text in ("Nome", "O que procura?", 'name="utm_source" value="google"', 'name="_started"'):
        assert text in shown
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "X-Frame-Options" in page
    inside = Client().get(f"{path}embedded/")
    assert "X-Frame-Options" not in inside
    assert "frame-ancestors *" in inside["Content-Security-Policy"]
    script = Client().get(f"{path}embed.js")
    assert "embedded/" in script.content.decode()
    assert Client().get(path.replace(form.public_id, "nothing")).status_code == 404


def test_a_post_is_stored_and_becomes_a_lead(path, form, run_jobs):
    answer = send(
        path,
        consent_marketing="1",
        utm_source="google",
        utm_medium="cpc",
        utm_campaign="Natal",
    )
    assert answer.status_code == 303
    assert answer["Location"].endswith("?sent=1")
    post = FormPost.objects.get()
    assert post.state == PostState.WAITING
    run_jobs()
    post.refresh_from_db()
    lead = Lead.objects.get()
    assert (post.state, post.lead_id) == (PostState.DONE, lead.id)
    assert (lead.party.name, lead.party.email, lead.party.source) == ("Clara Nunes", "clara@x.com.br", "form")
    assert (lead.origin, lead.campaign, lead.message) == ("paid_search", "Natal", "Quero saber mais")
    assert lead.form_id == form.id
    proof = ConsentRecord.objects.get()
    assert proof.text == ConsentText.objects.get(purpose="marketing", language="pt-br")
    assert proof.evidence["form"] == "Contato"
    assert decide(party_id=lead.party_id, purpose="marketing", channel="email").allowed


def test_consent_keeps_the_version_that_was_shown(path, actor, run_jobs):
    send(path, consent_marketing="1")
    publish_text(actor=actor, purpose="marketing", language="pt-br", body="Outras palavras")
    run_jobs()
    assert ConsentRecord.objects.get().text.version == 1


def test_a_known_customer_stays_as_they_are_and_nobody_is_told(path, make_party, run_jobs):
    ana = make_party(
        "Ana Souza", emails=[EmailData(address="ana@x.com.br")], phones=[PhoneData(number="11912345678")]
    )
    known = send(path, name="Impostora", email="ana@x.com.br", phone="(21) 98888-7777")
    unknown = send(path, email="ninguem@x.com.br")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    run_jobs()
    lead = Lead.objects.get(party=ana)
    ana.refresh_from_db()
    assert (ana.name, ana.phone) == ("Ana Souza", "+5511912345678")
    assert lead.typed["name"] == "Impostora"
    assert lead.typed["phone"] == "(21) 98888-7777"


def test_a_phone_alone_makes_nobody_somebody_else(path, make_party, run_jobs):
    ana = make_party("Ana Souza", phones=[PhoneData(number="11912345678")])
    send(path, name="Bruno Lima", email="bruno@x.com.br", phone="11912345678")
    run_jobs()
    assert Lead.objects.get().party_id != ana.id
    assert Party.objects.count() == 2


def test_mistakes_are_told_and_nothing_is_stored(path):
    answer = send(path, email="nonsense", q_kind="Curso")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "nome@empresa.com.br" in page
    assert "Em que cidade?" in page
    assert 'value="Clara Nunes"' in page
    told = send(path, headers={"Accept": "application/json"}, email="", name="")
    assert set(json.loads(told.content)["problems"]) == {"name", "email"}
    assert told["Access-Control-Allow-Origin"] == "*"
    assert send(path, q_kind="Carro").status_code == 422
    assert not FormPost.objects.exists()


def test_what_is_not_asked_is_not_kept(path, run_jobs):
    send(path, q_kind="Máquina", q_city="Santos", other="x")
    run_jobs()
    lead = Lead.objects.get()
    assert lead.typed["q_kind"] == "Máquina"
    assert "q_city" not in lead.typed
    assert lead.typed["_labels"] == {"q_kind": "O que procura?"}


def test_sending_twice_makes_one_lead(path, run_jobs):
    for _ in range(2):
        assert send(path, _client="11111111-aaaa").status_code == 303
    assert FormPost.objects.count() == 1
    send(path, _client="22222222-bbbb")
    run_jobs()
    assert Lead.objects.count() == 1
    assert set(FormPost.objects.values_list("state", flat=True)) == {"done", "repeated"}
    assert FormPost.objects.filter(lead=Lead.objects.get()).count() == 2
    send(path, message="Outra pergunta")
    run_jobs()
    assert Lead.objects.count() == 2
    assert Party.objects.count() == 1


@pytest.mark.parametrize("reason", ["trap", "haste"])
def test_suspicious_posts_wait_for_a_person(path, actor, reason):
    fields = {"website": "http://spam"} if reason == "trap" else {"_started": started(0)}
    assert send(path, **fields).status_code == 303
    take_posts()
    post = FormPost.objects.get()
    assert (post.state, post.held_because) == ("held", reason)
    assert not Lead.objects.exists()
    release_post(actor=actor, post_id=post.id)
    assert Lead.objects.count() == 1


def test_a_slow_reader_is_no_suspect(path):
    send(path, _started=started(30))
    take_posts()
    assert FormPost.objects.get().state == PostState.DONE


def test_a_flood_from_one_place_is_held_back(path, form):
    Form.objects.filter(id=form.id).update(most_per_hour=3)
    for number in range(5):
        send(path, email=f"p{number}@x.com.br")
    take_posts()
    assert FormPost.objects.filter(state="held", held_because="flood").count() == 5


def test_one_bad_post_doesnt_hinder_the_others(path, run_jobs):
    send(path, _client="33333333-cccc", _written="2026-11-25T10:00:00Z", email="never an address", name="")
    send(path, email="boa@x.com.br")
    run_jobs()
    states = dict(FormPost.objects.values_list("held_because", "state"))
    assert states == {"error": "held", "": "done"}


def test_double_opt_in(actor, form, path, settings, run_jobs):
    settings.PONTE_SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    consents = [{"purpose": "marketing", "channels": ["email"]}]
    update_form(
        actor=actor,
        form_id=form.id,
        data=FormData(name="Contato", fields=FIELDS, consents=consents, double_opt_in=True),
    )
    send(path, consent_marketing="1")
    run_jobs()
    from django.core import mail

    lead = Lead.objects.get()
    assert not ConsentRecord.objects.exists()
    link = next(word for word in mail.outbox[0].body.split() if "/public/f/confirm/" in word)
    assert Client().get(link).status_code == 200
    assert Lead.objects.get().confirmed_at is None
    assert Client().post(link).status_code == 200
    assert Client().post(link).status_code == 200
    lead.refresh_from_db()
    assert lead.confirmed_at is not None
    assert ConsentRecord.objects.count() == 1
    assert "confirmed_at" in ConsentRecord.objects.get().evidence
    assert Client().post(link[:-3] + "xx/").status_code == 404
    assert confirming.read_token("nonsense") is None


def test_double_opt_in_needs_mail_and_an_address(actor, settings):
    settings.PONTE_SENDS_MAIL = False
    with pytest.raises(Invalid, match="double_opt_in"):
        create_form(actor=actor, data=FormData(name="X", fields=FIELDS, double_opt_in=True))


def test_a_closed_form_takes_nothing(path, form):
    Form.objects.filter(id=form.id).update(is_active=False)
    assert Client().get(path).status_code == 404
    assert send(path).status_code == 404
    assert not FormPost.objects.exists()


def test_what_a_form_cannot_be(actor):
    name = FormField(key="name", type="name", input="text", label="Nome")
    late = FormField(key="q_a", type="q_text", input="text", label="A", shown=Shown("q_b"))
    for data, field in (
        (FormData(name="", fields=(name,)), "name"),
        (FormData(name="X", fields=()), "fields"),
        (FormData(name="X", fields=(name, name)), "fields.1.key"),
        (FormData(name="X", fields=(name, late)), "fields.1.shown"),
        (FormData(name="X", fields=(name,), redirect_url="javascript:alert(1)"), "redirect_url"),
        (
            FormData(name="X", fields=(name,), consents=[{"purpose": "billing", "channels": ["email"]}]),
            "consents",
        ),
    ):
        with pytest.raises(Invalid) as refusal:
            create_form(actor=actor, data=data)
        assert field in [problem.field for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("page", "referrer", "origin"),
    [
        ("https://a.com/?utm_source=google&utm_medium=cpc", "", "paid_search"),
        ("https://a.com/?gclid=x", "", "paid_search"),
        ("https://a.com/?utm_source=facebook&utm_medium=cpc", "", "social"),
        ("https://a.com/?utm_medium=email", "", "email"),
        ("https://a.com/", "https://www.google.com.br/", "organic_search"),
        ("https://a.com/", "https://l.instagram.com/x", "social"),
        ("https://a.com/", "https://blog.com/", "referral"),
        ("https://a.com/", "https://www.a.com/x", "direct_traffic"),
        ("https://a.com/", "http://[", "unknown"),
        ("", "", "direct_traffic"),
    ],
)
def test_origins(page, referrer, origin):
    assert origin_of(marks_of(page, referrer, {})) == origin

"""Forms over the API: made, changed, closed, and what came through them."""

from __future__ import annotations

import pytest
from django.test import Client

from ponte.core.models import AuditEntry, Role
from ponte.core.tenancy.urls import public_reverse
from ponte.sales.models import Form, FormPost, Lead
from ponte.sales.services.form_reading import take_posts

BODY = {
    "name": "Orçamento",
    "title": "Peça um orçamento 🙂",
    "fields": [
        {"type": "name", "required": True},
        {"type": "email", "required": True},
        {"type": "q_choice", "key": "q_need", "label": "O que procura?", "options": ["Curso", "Máquina"]},
        {"type": "q_text", "label": "Em que cidade?", "required": True,
         "shown": {"field": "q_need", "value": "Curso"}},
    ],
    "consents": [{"purpose": "marketing", "channels": ["email", "whatsapp"]}],
}  # fmt: skip


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


@pytest.fixture
def made(api):
    answer = api.post("/api/v1/forms", BODY)
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(workspace, form, **fields):
    path = public_reverse("form_public", slug=workspace.slug, public_id=form["public_id"])
    given = {"name": "Clara", "email": "clara@x.com.br", **fields}
    return Client().post(path, given)


def test_a_form_is_made_and_works(api, made, workspace):
    assert [one["key"] for one in made["fields"]] == ["name", "email", "q_need", "q_em_que_cidade"]
    assert made["fields"][3]["shown"] == {"field": "q_need", "value": "Curso"}
    assert made["fields"][2]["options"][1] == {"value": "Máquina", "label": "Máquina"}
    assert (made["consents"][0]["words_version"], made["is_active"]) == (1, True)
    assert "receive offers" in made["consents"][0]["words"] or "ofertas" in made["consents"][0]["words"]
    assert Client().get(made["url"].replace("http://testserver", "")).status_code == 200
    assert send(workspace, made, q_need="Curso").status_code == 422
    assert send(workspace, made, q_need="Curso", q_em_que_cidade="Santos").status_code == 303
    take_posts()
    assert Lead.objects.get().typed["q_em_que_cidade"] == "Santos"
    listed = api.get("/api/v1/forms?fields=name").json()["items"]
    assert listed == [{"id": made["id"], "name": "Orçamento"}]
    assert api.get(f"/api/v1/forms/{made['id']}").json()["fields"] == made["fields"]


def test_a_form_is_changed_closed_and_opened(api, made, workspace):
    path = f"/api/v1/forms/{made['id']}"
    changed = api.patch(path, {"title": "Outro", "thanks": "Obrigado!"}, if_match='"1"')
    assert (changed.status_code, changed.json()["title"], changed["ETag"]) == (200, "Outro", '"2"')
    assert changed.json()["fields"] == made["fields"]
    assert api.patch(path, {"title": "Tarde"}, if_match='"1"').status_code in (409, 412)
    closed = api.patch(path, {"is_active": False})
    assert closed.json()["is_active"] is False
    assert send(workspace, made).status_code == 404
    assert api.patch(path, {"is_active": True, "fields": BODY["fields"][:2]}).json()["is_active"] is True
    assert send(workspace, made).status_code == 303
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/restore").json()["public_id"] == made["public_id"]
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"form.created", "form.updated", "form.deleted", "form.restored"} <= acts


def test_closing_needs_nothing_else_to_be_right(api, made):
    """A form whose custom field is gone can still be closed."""
    form = Form.objects.get()
    form.fields = [*form.fields, {"key": "custom_x", "type": "custom", "label": "X", "custom": "person:gone", "input": "text"}]  # fmt: skip
    form.save()
    path = f"/api/v1/forms/{made['id']}"
    assert api.patch(path, {"title": "Y"}).status_code == 422
    assert api.patch(path, {"is_active": False}).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fields": [{"type": "message"}]}, "fields"),
        ({"fields": [{"type": "name"}, {"type": "name"}]}, "fields.1.key"),
        ({"fields": [{"type": "name"}, {"type": "nonsense", "label": "A", "key": "a"}]}, "fields.1.type"),
        ({"fields": [{"type": "name"}, {"type": "q_choice", "label": "A"}]}, "fields.1.options"),
        ({"fields": [{"type": "name"}, {"type": "q_text", "label": "A", "shown": {"field": "q_b"}}]}, "fields.1.shown"),
        ({"fields": [{"type": "name"}, {"type": "custom", "label": "A", "custom": "person:gone"}]}, "fields.1.type"),
        ({"consents": [{"purpose": "billing", "channels": ["email"]}]}, "consents"),
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"most_per_hour": 0}, "most_per_hour"),
        ({"origin": "nowhere"}, "origin"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_by_field(api, change, field):
    answer = api.post("/api/v1/forms", {**BODY, **change})
    assert answer.status_code == 422, answer.content
    assert any(one["field"].startswith(field) for one in answer.json()["errors"]), answer.json()
    assert not Form.objects.exists()


def test_the_catalogue_tells_what_there_is(api):
    items = {one["type"]: one for one in api.get("/api/v1/forms/catalogue").json()["items"]}
    assert items["email"]["input"] == "email"
    assert items["q_many"] | {"label": ""} == {
        "type": "q_many", "label": "", "input": "checkboxes", "custom": "", "takes_options": True, "repeatable": True,
    }  # fmt: skip


def test_held_posts_are_read_released_and_discarded(api, made, workspace):
    for number in range(2):
        send(workspace, made, website="http://spam", email=f"p{number}@x.com.br", consent_marketing="1")
    send(workspace, made, email="boa@x.com.br")
    take_posts()
    path = f"/api/v1/forms/{made['id']}/posts"
    held = api.get(f"{path}?state=held").json()["items"]
    assert [(one["held_because"], one["consents"], one["lead_id"]) for one in held] == [
        ("trap", ["marketing"], None)
    ] * 2
    done = api.get(f"{path}?state=done").json()["items"]
    assert [one["lead_id"] for one in done] == [str(Lead.objects.get().id)]
    released = api.post(f"{path}/{held[0]['id']}/release")
    assert (released.status_code, released.json()["state"]) == (200, "done")
    assert api.post(f"{path}/{held[0]['id']}/release").status_code == 404
    assert api.post(f"{path}/{held[1]['id']}/discard").json()["state"] == "discarded"
    assert Lead.objects.count() == 2
    other = api.post("/api/v1/forms", {**BODY, "name": "B"}).json()
    assert api.get(f"/api/v1/forms/{other['id']}/posts/{held[0]['id']}").status_code == 404
    first = api.get(f"{path}?limit=2").json()
    assert len(api.get(f"{path}?limit=2&cursor={first['next_cursor']}").json()["items"]) == 1


def test_who_may(made, workspace, member_with, api_for):
    seller = api_for(member_with(Role.objects.get(key="salesperson")))
    path = f"/api/v1/forms/{made['id']}"
    for answer in (
        seller.get("/api/v1/forms"),
        seller.post("/api/v1/forms", BODY),
        seller.get(path),
        seller.patch(path, {"is_active": False}),
        seller.delete(path),
        seller.post(f"{path}/restore"),
        seller.get(f"{path}/posts"),
        seller.get("/api/v1/forms/catalogue"),
    ):
        assert answer.status_code in (403, 404)
    assert Form.objects.get(deleted_at=None, is_active=True)


def test_hidden_answers_stay_hidden(made, workspace, member_with, api_for, client_for):
    send(workspace, made, name="Segredo")
    take_posts()
    rights = {"areas": ["sales"], "objects": {}, "fields": {"lead": {"typed": "hidden"}}}
    member = member_with(Role.objects.create(name="Formulários", rights=rights))
    page = client_for(member).get(f"/{workspace.slug}/settings/forms/{made['id']}/")
    assert page.status_code == 200
    assert "Segredo" not in page.content.decode()
    items = api_for(member).get(f"/api/v1/forms/{made['id']}/posts").json()["items"]
    assert "values" not in items[0]
    assert items[0]["lead_id"] is None  # this role sees no leads


def test_the_list_asks_no_more_for_many(api, made, django_assert_max_num_queries, workspace):
    for number in range(5):
        api.post("/api/v1/forms", {**BODY, "name": f"F{number}"})
    for number in range(6):
        send(workspace, made, email=f"p{number}@x.com.br")
    take_posts()
    api.get("/api/v1/forms")  # what is asked once a process
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(path):
        with CaptureQueriesContext(connection) as seen:
            assert api.get(path).status_code == 200
        return len(seen)

    assert asked("/api/v1/forms?limit=1") == asked("/api/v1/forms?limit=50")
    posts = f"/api/v1/forms/{made['id']}/posts"
    assert asked(f"{posts}?limit=1") == asked(f"{posts}?limit=50")
    assert FormPost.objects.count() == 6

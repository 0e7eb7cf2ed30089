"""The API of interactions and tasks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ponte.core.ids import uuid7
from ponte.timeline.models import Interaction, Task
from ponte.timeline.tests.conftest import make_party


@pytest.fixture
def api(api_for, admin):
    return api_for(admin)


def note(api, party, **told):
    return api.post("/interactions", {"party_id": str(party.id), "body": "Oi 👋", **told})


def test_record_read_correct_delete_restore(api, ana):
    answer = note(api, ana)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["kind"], made["body"], made["version"], made["source"]) == ("note", "Oi 👋", 1, "api")
    path = f"/interactions/{made['id']}"
    assert answer["Location"] == f"/api/v1{path}"
    assert api.get(path).json() == made

    changed = api.patch(path, {"body": "Olá", "pinned": True}, if_match='"1"')
    assert changed.status_code == 200, changed.content
    assert (changed.json()["body"], changed.json()["pinned"]) == ("Olá", True)
    assert api.patch(path, {"body": "Ei"}, if_match='"1"').status_code == 409

    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/restore").status_code == 200
    assert api.get(path).status_code == 200


def test_an_external_id_known_already_answers_what_is_there(api, ana):
    first = note(api, ana, source="erp", external_id="42")
    second = note(api, ana, source="erp", external_id="42", body="outra")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Interaction.objects.count() == 1


def test_list_with_cursor_and_filters(api, ana, acme):
    now = timezone.now()
    for number in range(5):
        note(api, ana, body=f"n{number}", occurred_at=(now - timedelta(days=number)).isoformat())
    note(api, acme, kind="call")
    first = api.get(f"/interactions?party_id={ana.id}&limit=3").json()
    rest = api.get(f"/interactions?party_id={ana.id}&limit=3&cursor={first['next_cursor']}").json()
    assert [one["body"] for one in first["items"] + rest["items"]] == ["n0", "n1", "n2", "n3", "n4"]
    assert rest["next_cursor"] is None

    def found(query):
        return len(api.get(f"/interactions?{query}").json()["items"])

    assert found(f"kind=call&party_id={acme.id}") == 1
    assert found("kind=call&since=2020-01-01T00:00:00Z") == 1
    assert found("") == 6
    for name in ("kind", "channel"):  # no index finds these alone
        refused = api.get(f"/interactions?{name}=phone")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == name
    since = (now - timedelta(days=2, hours=1)).isoformat().replace("+", "%2B")
    assert found(f"party_id={ana.id}&since={since}") == 3
    assert found(f"party_id={ana.id}&q=N3") == 1
    assert api.get("/interactions?q=n3").status_code == 422
    assert found(f"company_id={acme.id}") == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "x", "direction": "up"}, "direction"),
        ({"body": "x", "occurred_at": "2999-01-01T00:00:00Z"}, "occurred_at"),
        ({"body": "x" * 250_000}, "body"),
        ({"body": "x", "color": "red"}, "color"),
        ({"body": "x", "party_id": str(uuid7())}, "party_id"),
        ({"body": "x", "participants": [{"party_id": str(uuid7())}]}, "participants"),
    ],
)
def test_refusals_name_the_field(api, ana, body, field):
    answer = note(api, ana, **body)
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["errors"][0]["field"] == field


def test_a_body_of_ten_megabytes_is_refused_clearly(api, ana):
    assert note(api, ana, body="x" * 10_000_000).status_code == 413


def test_html_is_made_harmless(api, ana):
    made = note(api, ana, kind="email", body="", body_html="<p>Oi</p><script>x</script>").json()
    assert (made["body_html"], made["body"]) == ("<p>Oi</p>", "Oi")


def test_bulk_answers_each_item_and_twice_changes_nothing(api, ana):
    items = [
        {"party_id": str(ana.id), "body": "1", "external_id": "1"},
        {"party_id": str(uuid7()), "body": "2", "external_id": "2"},
        {"party_id": str(ana.id), "body": "", "external_id": "3"},
        {"party_id": "x", "external_id": "4"},
    ]
    answer = api.post("/interactions/bulk", {"source": "erp", "items": items})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [one["status"] for one in told["items"]] == ["created", "failed", "failed", "failed"]
    again = api.post("/interactions/bulk", {"source": "erp", "items": items}).json()
    assert (again["created"], again["unchanged"], again["failed"]) == (0, 1, 3)
    assert again["items"][0]["id"] == told["items"][0]["id"]


def test_comments(api, ana, member_with):
    path = f"/interactions/{note(api, ana).json()['id']}/comments"
    bia = member_with("salesperson")
    assert api.post(path, {"body": "@Bia veja", "mentions": [str(bia.id)]}).status_code == 201
    assert api.post(path, {"body": " "}).status_code == 422
    assert [one["body"] for one in api.get(path).json()["items"]] == ["@Bia veja"]


def test_a_hidden_customers_interactions_are_not_there(api, api_for, ana, member_with):
    made = note(api, ana).json()
    seller = member_with("salesperson")
    seller.role.rights["objects"]["customer"]["view"] = "own"
    seller.role.save()
    other = api_for(seller)
    assert other.get(f"/interactions/{made['id']}").status_code == 404
    assert other.get("/interactions").json()["items"] == []
    assert note(other, ana).status_code == 422
    assert other.patch(f"/interactions/{made['id']}", {"body": "x"}).status_code == 404


def test_scopes_and_roles_are_asked(api_for, admin, ana, member_with):
    assert note(api_for(admin, ["interactions:read"]), ana).status_code == 403
    assert note(api_for(member_with("read_only")), ana).status_code == 404
    assert not Interaction.objects.exists()


def test_a_hidden_text_is_left_out(api, api_for, ana, member_with):
    made = note(api, ana, body="segredo").json()
    agent = member_with("agent")
    agent.role.rights["fields"] = {"interaction": {"body": "hidden"}}
    agent.role.save()
    shown = api_for(agent).get(f"/interactions/{made['id']}").json()
    assert "segredo" not in str(shown)
    assert "body" not in shown


def test_tasks_from_plan_to_done(api, ana, admin):
    due = (timezone.now() + timedelta(days=1)).isoformat()
    answer = api.post(
        "/tasks", {"title": "Ligar", "party_id": str(ana.id), "due_at": due, "due_all_day": False}
    )
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["assignee"]["id"], made["priority"], made["done_at"]) == (str(admin.id), 2, None)
    path = f"/tasks/{made['id']}"
    assert api.patch(path, {"title": "Visitar", "priority": 3}, if_match='"1"').json()["version"] == 2
    assert api.patch(path, {"title": "x"}, if_match='"1"').status_code == 409
    assert api.patch(path, {"title": ""}).status_code == 422
    assert api.post(f"{path}/complete").json()["done_at"] is not None
    assert api.get("/tasks").json()["items"] == []
    assert len(api.get("/tasks?state=done").json()["items"]) == 1
    assert api.post(f"{path}/reopen").json()["done_at"] is None
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/restore").status_code == 200


def test_the_same_external_task_twice_is_one(api):
    told = {"title": "x", "source": "erp", "external_id": "1"}
    assert [api.post("/tasks", told).status_code for _ in range(2)] == [201, 200]
    assert Task.objects.count() == 1


def test_tasks_by_due_date_with_the_undated_last(api):
    now = timezone.now()
    for title, days in (("c", None), ("b", 2), ("a", 1)):
        due = (now + timedelta(days=days)).isoformat() if days else None
        api.post("/tasks", {"title": title, "due_at": due})
    first = api.get("/tasks?limit=2").json()
    rest = api.get(f"/tasks?limit=2&cursor={first['next_cursor']}").json()
    assert [one["title"] for one in first["items"] + rest["items"]] == ["a", "b", "c"]


def test_a_task_about_a_hidden_customer_cannot_be_planned(api_for, member_with):
    seller = member_with("salesperson")
    seller.role.rights["objects"]["customer"]["view"] = "own"
    seller.role.save()
    hidden = make_party("person", "Zé")
    assert api_for(seller).post("/tasks", {"title": "x", "party_id": str(hidden.id)}).status_code == 422


def test_lists_cost_the_same_for_few_and_many(api, ana, django_assert_max_num_queries):
    for number in range(12):
        note(api, ana, body=str(number))
        api.post("/tasks", {"title": str(number)})
    with django_assert_max_num_queries(14):
        assert len(api.get("/interactions").json()["items"]) == 12
    with django_assert_max_num_queries(14):
        assert len(api.get("/tasks").json()["items"]) == 12

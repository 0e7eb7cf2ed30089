"""Pages, sparse and hidden fields, bulk answers."""

from __future__ import annotations

import json

import pytest
from django.core import signing

from ponte.apikit.pagination import slice_of
from ponte.core.models import Member, Role, Team

pytestmark = pytest.mark.urls("ponte.apikit.tests.sample")


@pytest.fixture
def get(admin, api_for):
    api = api_for(admin)
    return lambda path: api.client.get(f"/api/v1{path}", HTTP_AUTHORIZATION=f"Bearer {api.secret}")


def make_teams(*names):
    return [Team.objects.create(name=name, path="x") for name in names]


def test_following_cursors_gives_every_row_once(get):
    make_teams(*[f"T{number % 7}" for number in range(23)])
    seen, cursor = [], ""
    while cursor is not None:
        body = json.loads(get(f"/teams?limit=4{'&cursor=' + cursor if cursor else ''}").content)
        assert len(body["items"]) <= 4
        seen += [item["id"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert len(seen) == len(set(seen)) == 23


@pytest.mark.parametrize(
    "cursor",
    ["x", "a:b:c", signing.dumps([["id"], []], salt="ponte.api.cursor"), ".eJ:x:y", "é"],
    ids=[
        "word",
        "parts",
        "signed",
        "packed",
        "accent",
    ],  # a signature tells the time, which differs by worker
)
def test_foreign_cursors_are_400(get, cursor):
    response = get(f"/teams?cursor={cursor}")
    assert response.status_code == 400
    assert json.loads(response.content)["errors"][0]["field"] == "cursor"


def test_a_cursor_of_another_order_is_refused(get):
    make_teams("A", "B")
    _, cursor = slice_of(Team.objects.all(), order=("-name", "id"), limit=1, cursor=None)
    assert get(f"/teams?cursor={cursor}").status_code == 400


@pytest.mark.parametrize(
    "order", [("last_seen_at", "id"), ("-last_seen_at", "-id"), ("-last_seen_at", "name", "id")]
)
def test_null_columns_page_without_loss(member_with, order):
    from datetime import UTC, datetime

    for number in range(9):
        member = member_with("salesperson")
        if number % 3:
            Member.objects.filter(id=member.id).update(
                last_seen_at=datetime(2026, 1, number % 2 + 1, tzinfo=UTC)
            )
    seen, cursor = [], None
    while True:
        rows, cursor = slice_of(Member.objects.all(), order=order, limit=2, cursor=cursor)
        seen += [row.id for row in rows]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == Member.objects.count()


def test_sparse_fields(get):
    (team,) = make_teams("Norte")
    assert json.loads(get(f"/teams/{team.id}?fields=name").content) == {"id": str(team.id), "name": "Norte"}
    body = json.loads(get("/teams?fields=id").content)
    assert body["items"] == [{"id": str(team.id)}]


def test_fields_hidden_by_the_role_are_left_out(member_with, api_for):
    (team,) = make_teams("Norte")
    rights = {"objects": {}, "areas": [], "fields": {"sample_team": {"path": "hidden"}}}
    role = Role.objects.create(name="Sem caminho", rights=rights)
    api = api_for(member_with(role))
    response = api.client.get(f"/api/v1/teams/{team.id}", HTTP_AUTHORIZATION=f"Bearer {api.secret}")
    assert json.loads(response.content) == {"id": str(team.id), "name": "Norte"}


def bulk(api, items):
    return api.client.generic(
        "POST", "/api/v1/teams/bulk", json.dumps({"items": items}), content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {api.secret}",
    )  # fmt: skip


def test_each_item_of_a_bulk_is_answered_by_itself(admin, api_for):
    items = [
        {"name": "Norte", "external_id": "1"},
        {"name": "refused", "external_id": "2"},
        {"name": "", "external_id": "3"},
        {"name": "Sul"},
        "nonsense",
        {"name": "Leste", "external_id": "6"},
    ]
    response = bulk(api_for(admin), items)
    assert response.status_code == 200
    body = json.loads(response.content)
    assert [item["status"] for item in body["items"]] == [
        "created",
        "failed",
        "failed",
        "failed",
        "failed",
        "created",
    ]
    assert (body["created"], body["failed"]) == (2, 4)
    assert body["items"][1]["errors"][0] == {
        "field": "name",
        "location": "body",
        "code": "taken",
        "message": "Taken.",
    }
    assert body["items"][3]["errors"][0]["field"] == "external_id"
    assert set(Team.objects.values_list("name", flat=True)) == {"Norte", "Leste"}


@pytest.mark.parametrize("count", [0, 1001])
def test_bulk_takes_one_to_a_thousand(admin, api_for, count):
    assert bulk(api_for(admin), [{"name": "x", "external_id": "1"}] * count).status_code == 422


def test_docs_and_schema_need_nothing_from_elsewhere(client, workspace):
    schema = json.loads(client.get("/api/v1/openapi.json").content)
    post = schema["paths"]["/api/v1/teams"]["post"]
    assert post["x-scope"] == "customers:write"
    assert post["parameters"] == [{"$ref": "#/components/parameters/IdempotencyKey"}]
    assert "422" in post["responses"]
    page = client.get("/api/v1/docs").content.decode()
    assert "create_team" in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


@pytest.mark.parametrize("order", [("name", "id"), ("-name", "-id")])
def test_the_next_page_is_one_range_of_an_index(workspace, order, django_assert_num_queries):
    make_teams(*["same"] * 5)
    _rows, cursor = slice_of(Team.objects.all(), order=order, limit=2, cursor=None)
    with django_assert_num_queries(1) as seen:
        slice_of(Team.objects.all(), order=order, limit=2, cursor=cursor)
    assert " OR " not in seen[0]["sql"]
    assert '("core_team"."name", "core_team"."id")' in seen[0]["sql"]

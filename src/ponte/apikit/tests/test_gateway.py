"""The door of the API: tokens, scopes, transactions, refusals."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ponte.core.models import AuditEntry, Team
from ponte.core.services.tokens import revoke_token
from ponte.core.tenancy.models import ApiToken, User

pytestmark = pytest.mark.urls("ponte.apikit.tests.sample")
CREATE = ["customers:write"]


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


def call(api, method, path, body=None, **headers):
    return api.request(method, path, body, **headers)


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    return body


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc", "Bearer ponte_x\x7f"])
def test_without_a_valid_token_everything_is_401(workspace, header):
    response = Client().get("/api/v1/teams", HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert problem(response)["type"] == "urn:ponte:problem:unauthenticated"
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("end", ["revoke", "expire", "member", "user", "workspace"])
def test_a_token_stops_working_at_once(admin, actor, workspace, api, end):
    token = ApiToken.objects.get()
    if end == "revoke":
        revoke_token(token=token, actor=actor)
    elif end == "expire":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "member":
        type(admin).objects.update(is_active=False)
    elif end == "user":
        User.objects.update(is_active=False)
    else:
        type(workspace).objects.filter(id=workspace.id).update(is_active=False)
    assert call(api, "GET", "/teams").status_code == 401


def test_scope_is_demanded_and_write_includes_read(admin, api_for):
    reader, writer = api_for(admin, ["customers:read"]), api_for(admin, ["customers:write"])
    assert call(reader, "GET", "/teams").status_code == 200
    assert call(writer, "GET", "/teams").status_code == 200
    refused = call(reader, "POST", "/teams", {"name": "Norte"})
    assert refused.status_code == 403
    assert problem(refused)["required_scope"] == "customers:write"
    assert call(api_for(admin, ["orders:read"]), "GET", "/teams").status_code == 403


def test_an_operation_without_scope_never_runs(api):
    assert call(api, "GET", "/open").status_code == 401


def test_errors_roll_back_whatever_their_status(api):
    for name, status in (("refused", 422), ("denied", 404), ("broken", 500)):
        response = call(api, "POST", "/teams", {"name": name})
        assert response.status_code == status
        assert "secret detail" not in response.content.decode()
    assert Team.objects.count() == 0
    assert call(api, "POST", "/teams", {"name": "Sul"}).status_code == 201
    assert Team.objects.count() == 1


def test_a_denial_is_recorded_although_everything_else_rolled_back(api):
    call(api, "POST", "/teams", {"name": "denied"})
    entry = AuditEntry.objects.get(act="access.denied")
    assert (entry.actor_kind, entry.object_type) == ("token", "team")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b'{"name": NaN}', 400, "malformed"),
        (b'"\xff"', 400, "malformed"),
        (b'{"name": "\\ud800"}', 400, "malformed"),
        (b"[" * 5000, 400, "malformed"),
        (b'{"name": "a\\u0000b"}', 422, "nul"),
        (b'{"name": "x", "a\\u0000": 1}', 422, "nul"),
        (b"null", 422, None),
        (b"[]", 422, None),
        (b"", 422, None),
        (b'{"name": "x", "colour": 1}', 422, "extra_forbidden"),
        (b'{"name": "x", "size": 99999999999999999999999}', 422, None),
        (b'{"name": "x", "size": 2147483648}', 422, "less_than_equal"),
        (b'{"name": "x", "size": 1.5}', 422, "int_from_float"),
        (b'{"name": ""}', 422, "string_too_short"),
    ],
)
def test_bad_bodies_are_refused_by_name(api, body, status, code):
    response = api.client.generic(
        "POST",
        "/api/v1/teams",
        body,
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {api.secret}",
    )
    assert response.status_code == status, response.content
    found = problem(response)
    if status == 400:
        assert found["type"].endswith(code)
    elif code:
        assert code in {error["code"] for error in found["errors"]}
    assert not Team.objects.exists()


def test_messages_come_in_the_members_language_and_name_the_field(member_with, api_for):
    for language, text in (("pt-br", "obrigatório"), ("en", "required")):
        api = api_for(member_with("administrator", language=language))
        error = problem(call(api, "POST", "/teams", {}))["errors"][0]
        assert (error["field"], error["location"]) == ("name", "body")
        assert text in error["message"]


def test_wrong_content_type_size_and_method(api, settings):
    form = api.client.post("/api/v1/teams", {"name": "x"}, HTTP_AUTHORIZATION=f"Bearer {api.secret}")
    assert form.status_code == 415
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert call(api, "POST", "/teams", {"name": "x" * 200}).status_code == 413
    refused = call(api, "PUT", "/teams", {})
    assert refused.status_code == 405
    assert refused["Allow"] == "GET, POST"
    assert problem(call(api, "GET", "/nothing/here"))["status"] == 404


@pytest.mark.parametrize(
    "query",
    [
        "?colour=red",
        "?prefix=%00",
        "?limit=0",
        "?limit=x",
        "?limit=9999999999999",
        "?fields=",
        "?fields=colour",
    ],
)
def test_bad_queries_are_422(api, query):
    response = call(api, "GET", f"/teams{query}")
    assert response.status_code == 422
    assert problem(response)["errors"][0]["location"] == "query"


def test_ids_that_are_none_and_ids_that_are_not_there(api):
    assert call(api, "GET", "/teams/17").status_code == 422
    assert call(api, "GET", "/teams/%00").status_code == 404
    assert call(api, "GET", "/teams/01890000-0000-7000-8000-000000000000").status_code == 404


def test_versions_guard_edits(api):
    created = call(api, "POST", "/teams", {"name": "Norte"})
    path = created["Location"].removeprefix("/api/v1")
    assert created["ETag"] == '"1"'
    changed = call(api, "PATCH", path, {"name": "Sul"}, if_match='"1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    late = problem(call(api, "PATCH", path, {"name": "Leste"}, if_match='"1"'))
    assert (late["status"], late["current_version"], late["given_version"]) == (409, 2, 1)
    assert call(api, "PATCH", path, {"name": "x"}, if_match="soon").status_code == 400
    assert call(api, "PATCH", path, {"name": "x"}, if_match="99999999999").status_code == 400
    assert call(api, "PATCH", path, {"name": "Oeste"}).status_code == 200
    assert call(api, "DELETE", path).status_code == 204


def test_rate_limit_counts_per_token_and_tells(admin, api_for, settings):
    settings.PONTE_API_RATE = 3
    api, other = api_for(admin), api_for(admin)
    remaining = [call(api, "GET", "/teams")["RateLimit-Remaining"] for _ in range(3)]
    assert remaining == ["2", "1", "0"]
    refused = call(api, "GET", "/teams")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert call(other, "GET", "/teams").status_code == 200


def test_a_token_of_another_workspace_sees_only_its_own(api, other_workspace, inside, member_with, api_for):
    call(api, "POST", "/teams", {"name": "Norte"})
    names = [team["name"] for team in json.loads(call(api, "GET", "/teams").content)["items"]]
    assert names == ["Norte"]
    ApiToken.objects.update(workspace=other_workspace)
    from ponte.core.tenancy import scope

    token = scope._current.set(None)
    try:
        # the member isn't one of the other workspace: no way in
        assert call(api, "GET", "/teams").status_code == 401
    finally:
        scope._current.reset(token)

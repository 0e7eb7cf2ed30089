"""The API as a contract: the committed schema, scopes everywhere, and who gets in."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from ninja import Schema

from ponte.apikit.auth import scope_of_operation
from ponte.apikit.scopes import is_scope
from ponte.config.api import api

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
OPERATIONS = [
    (path, method, operation)
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method, operation in methods.items()
]
NAMES = [f"{method.upper()} {path}" for path, method, _operation in OPERATIONS]
ANY_ID = "01890000-0000-7000-8000-000000000000"


def test_the_committed_schema_is_current(workspace: Any) -> None:
    """``ponte manage openapi`` writes it; a change of the API is seen in review."""
    call_command("openapi", str(COMMITTED), "--check")


def test_schemas_of_two_modules_have_two_names() -> None:
    """In OpenAPI a second schema of the same name replaces the first without a word."""
    places: dict[str, set[str]] = defaultdict(set)
    waiting = list(Schema.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("ponte."):
            places[kind.__name__].add(kind.__module__)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_every_operation_asks_for_a_scope_and_has_its_own_name() -> None:
    """An operation without a scope would answer 401 to everybody."""
    for bound in api._get_bound_routers():
        for path_view in bound.path_operations.values():
            for operation in path_view.operations:
                assert is_scope(scope_of_operation(operation)), operation.view_func
    names = [operation["operationId"] for _path, _method, operation in OPERATIONS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_without_token_and_with_another_scope_nobody_gets_in(
    path: str, method: str, operation: dict[str, Any], admin: Any, api_for: Any, client: Any
) -> None:
    """401 without a token, 403 with a token for something else, writes refused to a token that only reads."""
    url = path
    for parameter in operation["parameters"]:
        if parameter.get("in") == "path":
            url = url.replace(f"{{{parameter['name']}}}", ANY_ID)
    assert client.generic(method.upper(), url, b"{}", content_type="application/json").status_code == 401
    wanted = operation["x-scope"]
    other = "export" if not wanted.startswith("export") else "tasks:read"
    assert api_for(admin, [other]).request(method.upper(), url, {}).status_code == 403
    if wanted.endswith(":write"):
        reader = api_for(admin, [wanted.replace(":write", ":read")])
        assert reader.request(method.upper(), url, {}).status_code == 403


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_another_workspace_shows_nothing(
    path: str, method: str, operation: dict[str, Any], admin: Any, api_for: Any
) -> None:
    """An id that this workspace doesn't have is no record, whatever else the call says."""
    if "{" not in path:
        return
    url = path
    for parameter in operation["parameters"]:
        if parameter.get("in") == "path":
            url = url.replace(f"{{{parameter['name']}}}", ANY_ID)
    assert api_for(admin).request(method.upper(), url).status_code in (404, 422)

"""The API's documentation page: drawn here from the schema, no script and no request to anywhere else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class DocsPage(DocsBase):
    """ninja's hook for a documentation page."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Return the page."""
        schema = api.get_openapi_schema(path_params=kwargs)
        return render(request, "apikit/docs.html", {"schema": schema, "groups": groups_of(schema)})


def groups_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the schema's operations by tag, each with its parameters, body fields and answers in rows."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            groups.setdefault(tag, []).append(_operation(path, method, operation, schema))
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _operation(path: str, method: str, operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    body_schema = next(iter(body.values()))["schema"] if body else None
    return {
        "anchor": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "scope": operation.get("x-scope", ""),
        "parameters": [_parameter(_resolve(one, schema)) for one in operation["parameters"]],
        "body": fields_of(body_schema, schema) if body_schema else [],
        "answers": [
            {"status": status, "text": answer["description"], "fields": _answer_fields(answer, schema)}
            for status, answer in _answers(operation, schema)
        ],
    }


def _answers(operation: dict[str, Any], schema: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    return [(status, _resolve(answer, schema)) for status, answer in sorted(operation["responses"].items())]


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "place": one["in"],
        "type": type_of(one["schema"]),
        "required": one.get("required", False),
        "text": one.get("description", ""),
    }


def _answer_fields(answer: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    content = answer.get("content", {}).get("application/json")
    return fields_of(content["schema"], schema) if content else []


def fields_of(part: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of an object schema (following one reference) as name, type, required, text."""
    target = _resolve(part, schema)
    required = set(target.get("required", ()))
    return [
        {"name": name, "type": type_of(one), "required": name in required, "text": one.get("description", "")}
        for name, one in target.get("properties", {}).items()
    ]


def type_of(part: dict[str, Any]) -> str:
    """Return a schema's type in a few words."""
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(type_of(one) for one in part["anyOf"]))
    if "enum" in part:
        return " | ".join(str(value) for value in part["enum"])
    if "const" in part:
        return str(part["const"])
    if part.get("type") == "array":
        return f"list of {type_of(part.get('items', {}))}"
    return " ".join(str(part[key]) for key in ("type", "format") if key in part) or "any"


def _resolve(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: dict[str, Any] = schema
    for name in str(part["$ref"]).removeprefix("#/").split("/"):
        found = found.get(name, {})
    return found

"""Completes ninja's OpenAPI with what the gateway adds: problems, headers, scopes."""

from __future__ import annotations

from typing import Any

from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from ponte.apikit.auth import scope_of_operation
from ponte.apikit.schemas import ErrorOut, ProblemOut

_DESCRIPTIONS = {
    400: "The request can't be read (malformed JSON, bad cursor or header).",
    401: "No valid token.",
    403: "The token lacks the scope.",
    404: "No such record, or no right to it.",
    409: "Version conflict or a value that another record has; nothing was changed.",
    413: "Body too large.",
    415: "Not JSON.",
    422: "Fields that can't be accepted, each named in `errors`.",
    429: "Too many calls; see Retry-After.",
    500: "An error of ours; nothing was changed.",
}
_READS = (400, 401, 403, 404, 422, 429, 500)
_WRITES = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500)
_IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Sending the same request again with the same key within 24 hours replays the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The version you read (ETag); 409 when it is no longer current.",
    "schema": {"type": "string", "pattern": '^(W/)?"?[0-9]{1,9}"?$'},
}


_RATE_HEADERS = {
    name: {"schema": {"type": "string"}, "description": text}
    for name, text in (
        ("RateLimit-Limit", "Calls a minute."),
        ("RateLimit-Remaining", "Calls left in this minute."),
        ("RateLimit-Reset", "Seconds until it starts again."),
    )
}
_HEADERS = {name: {"$ref": f"#/components/headers/{name}"} for name in _RATE_HEADERS}
_WITHOUT_RATE = frozenset({401, 500})


class PonteSchema(OpenAPISchema):
    """ninja's schema plus the parts every operation shares."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        details: dict[str, Any] = super().operation_details(operation)
        method = operation.methods[0]
        details["operationId"] = operation.operation_id or operation.view_func.__name__
        details["x-scope"] = scope_of_operation(operation)
        parameters = [*details["parameters"]]
        if method != "GET":
            parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
        if method in {"PATCH", "PUT", "DELETE"}:
            parameters.append({"$ref": "#/components/parameters/IfMatch"})
        details["parameters"] = parameters
        for response in details["responses"].values():
            response.setdefault("headers", _HEADERS)
        for status in _READS if method == "GET" else _WRITES:
            details["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
        return details

    def get_components(self) -> dict[str, Any]:
        for model in (ErrorOut, ProblemOut):
            schema = model.model_json_schema(ref_template=REF_TEMPLATE)
            schema.pop("$defs", None)
            self.schemas[model.__name__] = schema
        components: dict[str, Any] = super().get_components()
        components["schemas"] = dict(sorted(components["schemas"].items()))
        components["parameters"] = {"IdempotencyKey": _IDEMPOTENCY, "IfMatch": _IF_MATCH}
        components["headers"] = _RATE_HEADERS
        components["responses"] = {f"Problem{status}": _problem(status) for status in _DESCRIPTIONS}
        return components


def _problem(status: int) -> dict[str, Any]:
    ref = {"$ref": REF_TEMPLATE.format(model="ProblemOut")}
    headers = {} if status in _WITHOUT_RATE else {"headers": _HEADERS}
    return {
        "description": _DESCRIPTIONS[status],
        "content": {"application/problem+json": {"schema": ref}},
        **headers,
    }

"""How one record leaves the API: hidden fields left out, only the fields asked for, version as ETag."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _

from ponte.apikit import problems
from ponte.apikit.problems import FieldError
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Out
from ponte.apikit.writing import write
from ponte.core.rights import field_access


def respond(
    request: ApiRequest,
    record: Any,
    schema: type[Out],
    *,
    status: int = 200,
    fields: str | None = None,
    location: str | None = None,
) -> HttpResponse:
    """Return one record. ``fields`` is the caller's ``?fields=``; ``location`` the path of a record just created."""
    response = json_response(
        plain(request, record, schema, shown_fields(request, schema, fields)), status=status
    )
    version = getattr(record, "version", None)
    if version is not None:
        response["ETag"] = f'"{version}"'
    if location:
        response["Location"] = location
    return response


def shown_fields(request: ApiRequest, schema: type[Out], wanted: str | None) -> set[str]:
    """Return the fields of ``schema`` this caller gets; raise a 422 problem for unknown names in ``wanted``."""
    visible = set(schema.model_fields) - hidden_fields(request, schema)
    if wanted is None:
        return visible
    names = {name.strip() for name in wanted.split(",") if name.strip()}
    unknown = sorted(names - set(schema.model_fields))
    if unknown or not names:
        message = _("Unknown fields: %(names)s.") % {"names": ", ".join(unknown)}
        raise problems.invalid([FieldError("fields", "unknown", message, "query")])
    return (visible & names) | ({"id"} & visible)


def hidden_fields(request: ApiRequest, schema: type[Out]) -> set[str]:
    """Return the fields of ``schema`` that the member's role hides."""
    if not schema.rights_object:
        return set()
    hidden = field_access(request.member, schema.rights_object).hidden
    return {name for name in schema.model_fields if schema.rights_fields.get(name, name) in hidden}


def refuse_unwritable(request: ApiRequest, rights_object: str, given: set[str]) -> None:
    """Raise a 422 problem naming the fields in ``given`` that the member's role can't write."""
    access = field_access(request.member, rights_object)
    refused = sorted(name for name in given if not access.can_write(name))
    if refused:
        raise problems.invalid(
            [FieldError(name, "read_only", _("Your role can't change this field.")) for name in refused]
        )


def plain(request: ApiRequest, record: Any, schema: type[Out], fields: set[str]) -> dict[str, Any]:
    """Return ``record`` as JSON-ready values of ``fields``."""
    return write(record, schema, fields, {"request": request})


def json_response(data: Any, *, status: int = 200) -> HttpResponse:
    """Return ``data`` as JSON."""
    return HttpResponse(orjson.dumps(data), status=status, content_type="application/json; charset=utf-8")

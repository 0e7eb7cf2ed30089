"""Reads bodies and queries: strict JSON, no NUL characters anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from ninja.parser import Parser

from ponte.apikit import problems
from ponte.apikit.messages import message_for
from ponte.apikit.problems import FieldError, Problem


class StrictParser(Parser):
    """Hands ninja the JSON that the gateway has read already (ninja would hide why it refused)."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's JSON as ``read_body`` left it on the request."""
        return request.json_body  # type: ignore[attr-defined]


def read_body(request: HttpRequest) -> None:
    """Read the request's JSON once, for ninja and idempotency; raise a 400, 413, 415 or 422 problem."""
    if not request.body:
        return
    if request.content_type != "application/json" and not (request.content_type or "").endswith("+json"):
        raise Problem(415, "unsupported_media_type", _("Send application/json"))
    request.json_body = read_json(request.body)  # type: ignore[attr-defined]


def read_json(body: bytes) -> Any:
    """Return the JSON in ``body``; raise a 400 problem when it isn't JSON, 422 when it holds NUL characters."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        detail = _("The body is not valid JSON (line %(line)s, column %(column)s).") % place
        raise problems.bad_request("malformed", detail) from error
    if b"\x00" in body or b"\\u0000" in body:
        refuse_nul(nul_places(data), "body")
    return data


def check_query(query: QueryDict, known: frozenset[str]) -> None:
    """Refuse parameters the operation doesn't know and NUL characters in values, with a 422 problem."""
    unknown = [
        FieldError(name.replace("\x00", "�"), "extra_forbidden", _("There is no such parameter."), "query")
        for name in query
        if name not in known and not _is_entry(name, known)
    ]
    if unknown:
        raise problems.invalid(unknown)
    refuse_nul((name for name, values in query.lists() if any("\x00" in value for value in values)), "query")


def _is_entry(name: str, known: frozenset[str]) -> bool:
    """Return whether a parameter is an entry ``name[key]`` of one that holds several (its name is known as ``name[]``)."""
    outer, bracket, key = name.partition("[")
    return f"{outer}[]" in known and bool(bracket) and len(key) > 1 and key.find("]") == len(key) - 1


def refuse_nul(places: Iterator[str], location: str) -> None:
    """Raise a 422 problem naming ``places``, unless there are none."""
    errors = [FieldError(place, "nul", message_for("nul", None, ""), location) for place in places]
    if errors:
        raise problems.invalid(errors)


def nul_places(data: Any, path: str = "") -> Iterator[str]:
    """Yield the dotted paths of texts with NUL characters in parsed JSON."""
    if isinstance(data, str):
        if "\x00" in data:
            yield path
    elif isinstance(data, dict):
        for key, value in data.items():
            shown = key.replace("\x00", "�")
            if shown != key:
                yield f"{path}.{shown}".lstrip(".")
            yield from nul_places(value, f"{path}.{shown}".lstrip("."))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from nul_places(value, f"{path}.{index}".lstrip("."))

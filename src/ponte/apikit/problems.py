"""Refusals as RFC 9457 problem details, in the caller's language and naming the field."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as _

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FieldError:
    """One thing wrong: ``field`` as a dotted path, ``location`` body, query, path or header."""

    field: str
    code: str
    message: str | Promise
    location: str = "body"

    def as_json(self) -> dict[str, str]:
        return {
            "field": self.field,
            "location": self.location,
            "code": self.code,
            "message": force_str(self.message),
        }


@dataclass
class Problem(Exception):
    """A refusal. ``code`` is stable for programs; ``extra`` are further members of the answer."""

    status: int
    code: str
    title: str | Promise
    detail: str | Promise = ""
    errors: Sequence[FieldError] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.code)


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the answer that carries ``problem``."""
    body: dict[str, Any] = {
        "type": f"urn:ponte:problem:{problem.code}",
        "title": force_str(problem.title),
        "status": problem.status,
        "detail": force_str(problem.detail),
        "instance": request.path,
        **problem.extra,
    }
    if problem.errors:
        body["errors"] = [error.as_json() for error in problem.errors]
    response = HttpResponse(orjson.dumps(body), status=problem.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def invalid(errors: Sequence[FieldError]) -> Problem:
    """Return the 422 for input that can't be accepted."""
    return Problem(
        422, "invalid", _("The request can't be accepted"), _("Correct the fields listed in errors."), errors
    )


def bad_request(code: str, detail: str | Promise, errors: Sequence[FieldError] = ()) -> Problem:
    """Return a 400 for a request that can't be read."""
    return Problem(400, code, _("The request can't be read"), detail, errors)


def not_found() -> Problem:
    """Return the 404 for absent and forbidden records alike."""
    return Problem(
        404, "not_found", _("Not found"), _("There is no such record, or you have no right to it.")
    )


def conflict(current: int, given: int) -> Problem:
    """Return the 409 of the second of two writers, telling both versions."""
    return Problem(
        409,
        "version_conflict",
        _("Somebody changed this record in the meantime"),
        _("You sent version %(given)s, the current one is %(current)s. Read the record again.")
        % {"given": given, "current": current},
        extra={"current_version": current, "given_version": given},
    )


def clash() -> Problem:
    """Return the 409 for a value another record already has."""
    return Problem(
        409, "conflict", _("Another record already has this"), _("A value that must be unique exists.")
    )


def internal() -> Problem:
    """Return the 500: nothing about the cause leaves the house."""
    return Problem(
        500, "internal", _("Something went wrong here"), _("Nothing was changed. The error was logged.")
    )

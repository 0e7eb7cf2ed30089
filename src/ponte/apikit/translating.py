"""Turns every exception an operation may end with into a problem."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ponte.apikit import problems
from ponte.apikit.messages import message_for
from ponte.apikit.problems import FieldError, Problem
from ponte.core.errors import Conflict, Denied, Invalid, Missing

logger = logging.getLogger(__name__)


def to_problem(error: Exception) -> Problem:
    """Return the problem that tells the caller about ``error``; the unexpected is logged and becomes a 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Invalid):
        return problems.invalid([FieldError(p.field, p.code, p.message) for p in error.problems])
    if isinstance(error, Conflict):
        return problems.conflict(error.current_version, error.given_version)
    if isinstance(error, Denied | Missing | Http404):
        return problems.not_found()
    if isinstance(error, ValidationError):
        return problems.invalid([field_error(raw) for raw in error.errors])
    return _from_plumbing(error)


def field_error(raw: dict[str, Any], location: str | None = None) -> FieldError:
    """Return our form of one pydantic error; ``loc`` starts with its source unless ``location`` is given."""
    parts = [str(part) for part in raw["loc"]]
    if location is None:
        location, parts = (parts[0], parts[1:]) if parts else ("body", [])
        if location == "body":
            parts = parts[1:]  # the parameter's own name
    code = str(raw["type"])
    return FieldError(".".join(parts), code, message_for(code, raw.get("ctx"), str(raw["msg"])), location)


def _from_plumbing(error: Exception) -> Problem:
    if isinstance(error, AuthenticationError):
        return Problem(401, "unauthenticated", _("A valid token is needed"))
    if isinstance(error, HttpError):
        if error.status_code == 400:
            return problems.bad_request("malformed", _("The body is not valid JSON."))
        return Problem(error.status_code, "refused", str(error))
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "too_large", _("The body is too large"))
    if isinstance(error, DataError):
        logger.warning("a value reached the database that it refused", exc_info=error)
        return problems.invalid([FieldError("", "invalid", _("A value is out of range."))])
    if isinstance(error, IntegrityError):
        logger.warning("a constraint of the database refused an API write", exc_info=error)
        return problems.clash()
    if isinstance(error, OperationalError) and "lock timeout" in str(error):
        return Problem(409, "busy", _("Somebody is changing this right now"), headers={"Retry-After": "1"})
    logger.error("unhandled error in an API operation", exc_info=error)
    return problems.internal()

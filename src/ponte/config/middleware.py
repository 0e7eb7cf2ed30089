"""What wraps every request: whose address it is, an id for the logs, and refusals turned into answers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from ponte.core.errors import Conflict, Invalid
from ponte.core.ids import uuid7
from ponte.core.log import request_id
from ponte.core.requests import WorkspaceRequest

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_UNIQUE_VIOLATION = "23505"
_UNIQUE_INDEX = re.compile(r"cf_[0-9a-f]{16}_[0-9a-f]{10}u")  # see workplace.custom_fields.indexing
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a zone says nothing outside its machine, and PostgreSQL refuses it


class ClientAddressMiddleware:
    """Puts the client's address into ``REMOTE_ADDR`` when requests come through a trusted proxy.

    The right-most entry of ``X-Forwarded-For`` is the one our proxy wrote; what stands left of it is the client's word.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.PONTE_TRUSTED_PROXY:
            last = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
            if _is_address(last):
                request.META["REMOTE_ADDR"] = last
        return self.get_response(request)


class RequestIdMiddleware:
    """Gives each request an id (or keeps the proxy's) and answers it in ``X-Request-Id``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        token = request_id.set(given if _GIVEN_ID.fullmatch(given) else uuid7().hex)
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get() or ""
            return response
        finally:
            request_id.reset(token)


class RefusalMiddleware:
    """Answers refusals that a view let pass: 422 for bad input, 409 for an edit or a unique value that came second."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: WorkspaceRequest, exception: Exception) -> HttpResponse | None:
        from ponte.config.errors import conflict, invalid, taken

        if isinstance(exception, Conflict):
            request.ponte_failed = True
            return conflict(request, exception)
        if isinstance(exception, Invalid):
            request.ponte_failed = True
            return invalid(request, exception)
        if isinstance(exception, IntegrityError) and _is_taken(exception):
            request.ponte_failed = True
            return taken(request)
        return None


def _is_taken(error: IntegrityError) -> bool:
    """Return whether another writer got a custom field's unique value in between: only the index saw that."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = str(getattr(diagnosis, "constraint_name", "") or "")
    return getattr(diagnosis, "sqlstate", "") == _UNIQUE_VIOLATION and bool(_UNIQUE_INDEX.fullmatch(name))

"""The NinjaAPI of Ponte: every operation behind the gateway, every answer JSON."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer

from ponte.apikit.auth import BearerToken
from ponte.apikit.docs import DocsPage
from ponte.apikit.gateway import gateway
from ponte.apikit.openapi import PonteSchema
from ponte.apikit.parsing import StrictParser
from ponte.apikit.problems import Problem, not_found, problem_response
from ponte.apikit.translating import to_problem

DESCRIPTION = (
    "Everything Ponte knows, for programs. Send Authorization: Bearer with a token of your workspace (Settings, API tokens). "
    "Lists are paged with cursor and limit; fields picks fields; Idempotency-Key makes writes safe to repeat; If-Match "
    "guards edits; errors are RFC 9457 problems that name the field."
)


class FastRenderer(BaseRenderer):
    """JSON by orjson."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        return orjson.dumps(data, default=str)


class PonteApi(NinjaAPI):
    """``NinjaAPI`` whose operations run behind ``gateway``; an operation without a scope answers 401 to everybody."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("title", "Ponte API")
        options.setdefault("version", "1.0.0")
        options.setdefault("description", DESCRIPTION)
        options.setdefault("auth", BearerToken(""))
        options.setdefault("parser", StrictParser())
        options.setdefault("renderer", FastRenderer())
        options.setdefault("docs", DocsPage())
        super().__init__(**options)
        self.add_decorator(gateway, mode="view")

    def set_default_exception_handlers(self) -> None:
        """Answer every exception with a problem, and remember it for the gateway."""
        self.add_exception_handler(Exception, _answer)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the OpenAPI document."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        return PonteSchema(self, prefix)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        # literal paths first: /people/bulk must not be taken for a person's id
        patterns = sorted(super()._get_urls(), key=lambda pattern: str(pattern.pattern).count("<"))
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _in_json(pattern.callback)
        return [*patterns, re_path(r"^.*$", csrf_exempt(_nothing_here))]


def _answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, type):
        error = error()
    request.refusal = error  # type: ignore[attr-defined]
    return problem_response(request, to_problem(error))


def _in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 405 and 404 of the plumbing as problems too."""
    name = getattr(view, "__name__", "operation")

    def answer(request: HttpRequest, **path: Any) -> HttpResponse:
        if any("\x00" in str(value) for value in path.values()):
            return _nothing_here(request)
        try:
            response = view(request, **path)
        except Exception as error:
            with translation.override(translation.get_language_from_request(request)):
                return problem_response(request, to_problem(error))
        if response.status_code != 405:
            return response
        problem = Problem(405, "method_not_allowed", _("This method isn't offered here"))
        problem.headers = {"Allow": ", ".join(sorted(response["Allow"].split(", ")))}
        return problem_response(request, problem)

    if inspect.isfunction(view):
        answer = wraps(view)(answer)
    answer.__name__ = name
    return csrf_exempt(answer)


def _nothing_here(request: HttpRequest) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        return problem_response(request, not_found())

"""What every API operation passes through: token, rate limit, scope, one transaction, idempotency."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from ninja.operation import Operation

from ponte.apikit import idempotency, limits
from ponte.apikit.auth import authenticate, identify
from ponte.apikit.denials import note_denial
from ponte.apikit.parsing import check_query, read_body
from ponte.apikit.problems import problem_response
from ponte.apikit.translating import to_problem
from ponte.core.tenancy.models import ApiToken
from ponte.core.tenancy.scope import workspace_scope

Run = Callable[..., HttpResponse]
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class _Refused(Exception):
    """Carries an answer ≥ 400 out of the transaction, which rolls back."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


def gateway(run: Run) -> Run:
    """Decorate an operation's ``run`` (ninja mode "view"): nothing reaches it without a token, nothing of it
    stays when it answers with an error.
    """
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    known = _query_names(operation)

    @wraps(run)
    def enter(request: HttpRequest, **path: Any) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            try:
                return _let_in(request, known, lambda: run(request, **path))
            except Exception as error:
                return problem_response(request, to_problem(error))

    return enter


def _let_in(request: HttpRequest, known: frozenset[str], operate: Callable[[], HttpResponse]) -> HttpResponse:
    token = authenticate(request)
    turn = limits.take_turn(token)
    if turn.used > turn.limit:
        response = problem_response(request, limits.too_many(turn))
    else:
        response = _in_transaction(request, token, known, operate)
    turn.write_headers(response)
    return response


def _in_transaction(
    request: HttpRequest, token: ApiToken, known: frozenset[str], operate: Callable[[], HttpResponse]
) -> HttpResponse:
    try:
        with workspace_scope(token.workspace, durable=request.method not in READING):
            member = identify(request, token)
            translation.activate(member.language)  # the gateway's override restores the former one
            with timezone.override(ZoneInfo(token.workspace.timezone)):
                response = _operate(request, token, known, operate)
            if response.status_code >= 400:
                raise _Refused(response)
            return response
    except _Refused as refused:
        response = refused.response
    except Exception as error:
        response = problem_response(request, to_problem(error))
        note_denial(request, error)
        return response
    note_denial(request, getattr(request, "refusal", None))
    return response


def _operate(
    request: HttpRequest, token: ApiToken, known: frozenset[str], operate: Callable[[], HttpResponse]
) -> HttpResponse:
    check_query(request.GET, known)
    read_body(request)
    claim = idempotency.begin(request, token)
    if isinstance(claim, HttpResponse):
        return claim
    response = operate()
    if claim is not None and response.status_code < 400:
        idempotency.finish(claim, response)
    return response


def _query_names(operation: Operation) -> frozenset[str]:
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names |= set(model.__ninja_flatten_map__)
    extra = (operation.openapi_extra or {}).get("parameters", ())
    names |= {f"{one['name']}[]" for one in extra if one.get("style") == "deepObject"}  # name[key]=value
    return frozenset(names)

"""The ``condition`` parameter of list endpoints."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ponte.apikit import problems
from ponte.apikit.problems import FieldError
from ponte.apikit.requests import ApiRequest
from ponte.conditions.parsing import read_condition
from ponte.conditions.planning import planned
from ponte.core.errors import Invalid

CONDITION_HELP = "A condition as JSON; see the documentation of conditions."


def conditioned(request: ApiRequest, rows: QuerySet[Any], subject: str, text: str | None) -> QuerySet[Any]:
    """Return those of ``rows`` that satisfy the condition in a query parameter; all of them without one.

    Raises:
        Problem: 422, an error per offending node (``condition.where.all[0].value``).
    """
    if not text:
        return rows
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        error = FieldError("condition", "malformed", _("Send the condition as JSON."), "query")
        raise problems.invalid([error]) from None
    try:
        return planned(read_condition(raw, subject=subject, reader=request.member), rows).rows
    except Invalid as refusal:
        errors = [
            FieldError(f"condition.{one.field}".rstrip("."), one.code, str(one.message), "query")
            for one in refusal.problems
        ]
        raise problems.invalid(errors) from refusal

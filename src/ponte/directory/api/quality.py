"""The API of data quality: figures, problems, rules."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Out, Page, Paging
from ponte.core.errors import Denied, Missing
from ponte.core.rights import may_area, require
from ponte.core.services.audit import record_view
from ponte.directory.models import Party, QualityRules
from ponte.directory.policies import customer_fields, get_party
from ponte.directory.quality import FIELDS
from ponte.directory.selectors.email_domains import domain_figures, domain_states
from ponte.directory.selectors.quality import (
    cost_of,
    flaws_for,
    missing_fields,
    parties_with,
    quality_rules,
    trend,
)
from ponte.directory.services.quality import (
    call_right,
    quality_of,
    save_rules,
    start_counting,
    take_right_back,
)
from ponte.directory.standards.emails import judge_email

router = Router(tags=["Data quality"])
READ, WRITE, ADMIN = scope("customers:read"), scope("customers:write"), scope("admin")


class QualityDayOut(Schema):
    """One day: mean completeness (0 to 100), customers, how many have a problem, and how many each."""

    day: date
    average: Decimal
    customers: int
    with_problems: int
    problems: dict[str, int]


class QualityCostOut(Schema):
    """What wrong records cost if each is tripped over once, by the workspace's own figures: records × minutes × a minute's cost."""

    records: int
    minutes: int
    amount: Decimal
    currency: str


class DomainsOut(Schema):
    """The check of e-mail domains by DNS: how many got an answer, how many are wrong, how many wait."""

    checked: int
    missing: int
    no_mail: int
    waiting: int
    last_checked_at: datetime | None


class QualityOut(Schema):
    """The days counted lately, the newest first; ``cost`` null without figures for it, ``domains`` null while switched off."""

    days: list[QualityDayOut]
    cost: QualityCostOut | None
    domains: DomainsOut | None


class CountOut(Schema):
    """A count of all records. ``state``: queued or running."""

    run_id: UUID
    state: str
    total: int
    done: int


class ProblemCustomerOut(Out):
    """A customer with a problem; ``score`` is their completeness."""

    id: UUID
    kind: str
    label: str
    score: int
    problems: list[str]


class EmailVerdictOut(Schema):
    """An e-mail and what can be said of it; ``validity`` is what sending has shown, ``domain`` what DNS said."""

    address: str
    verdict: Literal["mistyped", "disposable", "role", "known", "unknown"]
    validity: str
    domain: str = Field(description="waiting (never asked), takes (mail), missing or no_mail")


class CustomerQualityOut(Schema):
    """A customer's completeness, missing fields and problems, as they are now."""

    score: int
    missing: list[str]
    problems: list[str]
    emails: list[EmailVerdictOut]


class RulesData(In):
    """The rules: fields by stage, days until a record is stale, the workspace's own cost figures, rules switched off, whether DNS is asked for e-mail domains."""

    required: dict[str, list[str]]
    stale_days: Annotated[int, Field(ge=1, le=3650)]
    minute_cost: Annotated[Decimal, Field(ge=0, max_digits=8, decimal_places=2)] | None = None
    minutes_each: Annotated[int, Field(ge=1, le=600)] | None = None
    switched_off: list[str] = []
    check_domains: bool = False
    version: int | None = None


@router.get("/data-quality", auth=READ, response=QualityOut)
def get_quality(request: ApiRequest) -> HttpResponse:
    """The figures of all customers, a day each, as counted at night."""
    require(request.member, "customer", "edit")
    readable = {flaw.key for flaw in flaws_for(request.member)}
    days = [
        QualityDayOut(
            day=row.day,
            average=row.average,
            customers=row.customers,
            with_problems=row.with_problems,
            problems={key: count for key, count in row.counts.items() if key in readable},
        ).model_dump(mode="json")
        for row in reversed(trend())
    ]
    figures = domain_figures()
    out = {
        "days": days,
        "cost": _cost(request),
        "domains": DomainsOut(**asdict(figures)).model_dump(mode="json") if figures else None,
    }
    return json_response(out)


@router.post("/data-quality/count", auth=WRITE, response={202: CountOut})
def count_now(request: ApiRequest) -> HttpResponse:
    """Look through all records now, in the background, instead of tonight; a count that is on is answered instead."""
    require(request.member, "customer", "edit")
    run = start_counting(actor=request.actor)
    out = CountOut(run_id=run.id, state=str(run.state), total=run.total or 0, done=run.done)
    return json_response(out.model_dump(mode="json"), status=202)


def _cost(request: ApiRequest) -> dict[str, object] | None:
    rules, latest = quality_rules(), next(reversed(trend()), None)
    amount = cost_of(rules, latest)
    if amount is None or latest is None or rules.minutes_each is None:
        return None
    minutes = latest.with_problems * rules.minutes_each
    currency = request.workspace.currency
    return QualityCostOut(
        records=latest.with_problems, minutes=minutes, amount=amount, currency=currency
    ).model_dump(mode="json")


@router.get("/data-quality/problems/{key}", auth=READ, response=Page[ProblemCustomerOut])
def list_problem(request: ApiRequest, key: str, paging: Query[Paging]) -> HttpResponse:
    """Customers you may edit that have a problem, the least complete first; "any" for all problems."""
    require(request.member, "customer", "edit")
    readable = [flaw.key for flaw in flaws_for(request.member)]
    if key not in readable and key != "any":
        raise Missing("problem")
    rows = parties_with(request.member, readable if key == "any" else [key]).order_by()
    found, cursor = slice_of(
        rows,
        order=("quality__score", "id"),
        limit=paging.limit,
        cursor=paging.cursor,
        never_null=["quality__score"],
    )
    _saw(request, [row.id for row in found])
    return json_response({"items": [_problem(row, readable) for row in found], "next_cursor": cursor})


def _problem(row: Party, readable: list[str]) -> dict[str, object]:
    problems = [key for key in row.quality.problems if key in readable]
    return {
        "id": str(row.id),
        "kind": row.kind,
        "label": row.label,
        "score": row.quality.score,
        "problems": problems,
    }


@router.get("/data-quality/customers/{party_id}", auth=READ, response=CustomerQualityOut)
def get_customer_quality(request: ApiRequest, party_id: UUID) -> HttpResponse:
    """One customer's completeness and problems, computed now."""
    party = get_party(request.member, party_id)
    access = customer_fields(request.member)
    state = quality_of(party.id)
    readable = {flaw.key for flaw in flaws_for(request.member)}
    missing = missing_fields([party.id], list(FIELDS)).get(party.id, [])
    shown = [key for key in missing if not FIELDS[key].right or access.can_read(FIELDS[key].right)]
    emails = party.emails.order_by("id") if access.can_read("email") else ()
    _saw(request, [party.id])
    domains = domain_states(row.address for row in emails)
    out = CustomerQualityOut(
        score=state.score if state else 0,
        missing=shown,
        problems=[key for key in (state.problems if state else ()) if key in readable],
        emails=[
            EmailVerdictOut(
                address=row.address,
                verdict=judge_email(row.address),
                validity=row.validity,
                domain=domains[row.address],
            )
            for row in emails
        ],
    )
    return json_response(out.model_dump(mode="json"))


@router.post("/data-quality/customers/{party_id}/problems/{key}/right", auth=WRITE, response={204: None})
def call_problem_right(request: ApiRequest, party_id: UUID, key: str) -> Status[None]:
    """Say that what looks like a problem is right: it counts no more until the text it is about changes."""
    party = get_party(request.member, party_id, "edit")
    _check_problem(request, key)
    call_right(actor=request.actor, party_id=party.id, problem=key)
    return Status(204, None)


@router.delete("/data-quality/customers/{party_id}/problems/{key}/right", auth=WRITE, response={204: None})
def call_problem_wrong(request: ApiRequest, party_id: UUID, key: str) -> Status[None]:
    """Let a problem count again."""
    party = get_party(request.member, party_id, "edit")
    _check_problem(request, key)
    take_right_back(actor=request.actor, party_id=party.id, problem=key)
    return Status(204, None)


def _check_problem(request: ApiRequest, key: str) -> None:
    if key not in {flaw.key for flaw in flaws_for(request.member)}:
        raise Missing("problem")


@router.get("/data-quality/rules", auth=ADMIN, response=RulesData)
def get_rules(request: ApiRequest) -> HttpResponse:
    """The rules of data quality. Needs the right to the settings."""
    _need_settings(request)
    return json_response(_rules(quality_rules()))


@router.put("/data-quality/rules", auth=ADMIN, response=RulesData)
def put_rules(request: ApiRequest, data: RulesData) -> HttpResponse:
    """Change the rules, all of them; with ``version`` 409 when somebody changed them meanwhile."""
    _need_settings(request)
    return json_response(_rules(save_rules(actor=request.actor, **data.model_dump())))


def _need_settings(request: ApiRequest) -> None:
    if not may_area(request.member, "settings"):
        raise Denied("settings", "open")


def _rules(row: QualityRules) -> dict[str, object]:
    names = (
        "required",
        "stale_days",
        "minute_cost",
        "minutes_each",
        "switched_off",
        "check_domains",
        "version",
    )
    values = {name: getattr(row, name) for name in names}
    return RulesData(**values).model_dump(mode="json")


def _saw(request: ApiRequest, ids: list[UUID]) -> None:
    record_view(actor=request.actor, object_type="customer", ids=ids, where="API: data quality")

"""Routes of conditions: the catalogue, and a check that explains and counts."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from ponte.apikit.auth import scope
from ponte.apikit.replies import json_response
from ponte.apikit.requests import ApiRequest
from ponte.apikit.scopes import covers
from ponte.conditions.api.schemas import (
    CatalogueFieldOut,
    CheckedOut,
    ConditionIn,
    OperatorOut,
    RelationOut,
    SubjectOut,
)
from ponte.conditions.catalogue import Subject, catalogue_of, may_use, subject_named, subjects
from ponte.conditions.choosing import options_of
from ponte.conditions.explaining import explain
from ponte.conditions.operators import operators_of
from ponte.conditions.parsing import read_condition
from ponte.conditions.planning import planned
from ponte.core.errors import Missing

router = Router(tags=["conditions"])
READ = scope("lists:read")


@router.get("/conditions/subjects", auth=READ, response=list[SubjectOut])
def list_condition_subjects(request: ApiRequest) -> HttpResponse:
    """What conditions can be about, with fields, operators and relations as your role may use them."""
    found = [_shown(request, one) for one in subjects() if may_use(request.member, one)]
    return json_response([each.model_dump(mode="json") for each in found])


@router.post("/conditions/{subject}/check", auth=READ, response=CheckedOut)
def check_condition(request: ApiRequest, subject: str, data: ConditionIn) -> HttpResponse:
    """Check a condition, say it in words, and count what satisfies it (about, where there are many)."""
    about = subject_named(subject)
    if about is None or not may_use(request.member, about):
        raise Missing
    raw = {"v": data.v, "where": data.where}
    condition = read_condition(raw, subject=subject, reader=request.member)
    count, estimated = None, False
    if covers(request.token.scopes, f"{about.rights}s:read"):
        plan = planned(condition, about.rows(request.member))
        count = plan.count if plan.count is not None else plan.rows.order_by().count()
        estimated = plan.count is not None and not plan.exact
    checked = CheckedOut(words=explain(condition), count=count, estimated=estimated)
    return json_response(checked.model_dump(mode="json"))


def _shown(request: ApiRequest, subject: Subject) -> SubjectOut:
    catalogue = catalogue_of(subject, request.member)
    fields = [
        CatalogueFieldOut(
            key=field.key,
            label=str(field.label),
            type=field.type,
            operators=[
                OperatorOut(key=one.key, label=str(one.label), shape=one.shape) for one in operators_of(field)
            ],
            choices=[list(pair) for pair in options_of(field, request.member)]
            if field.type == "choice"
            else [],
        )
        for field in catalogue.fields.values()
    ]
    relations = [
        RelationOut(key=one.key, label=str(one.label), subject=one.subject, dated=one.dated)
        for one in catalogue.relations.values()
    ]
    return SubjectOut(
        key=subject.key, label=str(subject.label), listed=subject.listed, fields=fields, relations=relations
    )

"""The API of merges."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import json_response, plain, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Int32, Moment, Out, Page, Paging
from ponte.core.errors import Denied, Missing
from ponte.core.rights import require
from ponte.directory.models import Merge
from ponte.directory.policies import customer_fields, get_party, right_name, visible_parties
from ponte.directory.selectors.merges import list_merges
from ponte.directory.services.merging import MOST, merge_customers, unmerge_customers

router = Router(tags=["Merges"])
READ, WRITE = scope("customers:read"), scope("customers:write")


class MergeIn(In):
    """Which customers become one. ``values`` names for a field the customer whose value is kept ("both" joins descriptions).

    Custom fields are named ``custom.<key>``.
    """

    survivor_id: UUID
    loser_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]
    values: dict[str, UUID | Literal["both"]] = {}
    versions: dict[UUID, Int32] = {}


class MergeOut(Out):
    """A merge: the ids in ``loser_ids`` lead to ``survivor_id``. It can be undone for 30 days."""

    id: UUID
    kind: str
    survivor_id: UUID
    loser_ids: list[UUID]
    created_at: Moment
    undone_at: Moment | None


class LeftOut(Schema):
    """What an undoing left as it is: a field changed since, or rows that are gone or belong to others now."""

    model: str
    field: str
    count: int


class UnmergeOut(Schema):
    """An undone merge."""

    merge: MergeOut
    left: list[LeftOut]


@router.get("", auth=READ, response=Page[MergeOut])
def list_merges_by_api(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List merges, the newest first."""
    require(request.member, "customer", "view")
    return page(request, list_merges(request.member), order=("-id",), schema=MergeOut, paging=paging)


@router.post("", auth=WRITE, response={201: MergeOut})
def merge_by_api(request: ApiRequest, data: MergeIn) -> HttpResponse:
    """Make customers of one kind one; all of them must be yours to edit."""
    require(request.member, "customer", "edit")
    for party_id in (data.survivor_id, *data.loser_ids):
        get_party(request.member, party_id, "edit")
    access = customer_fields(request.member)
    if any(not access.can_write(right_name(name)) for name in data.values):
        raise Denied("customer", "edit")
    merge = merge_customers(
        actor=request.actor,
        survivor_id=data.survivor_id,
        loser_ids=data.loser_ids,
        choices=data.values,
        versions=data.versions,
    )
    return respond(request, merge, MergeOut, status=201, location=f"/api/v1/merges/{merge.id}")


@router.get("/{merge_id}", auth=READ, response=MergeOut)
def get_merge(request: ApiRequest, merge_id: UUID) -> HttpResponse:
    """Return one merge."""
    return respond(request, _merge(request, merge_id), MergeOut)


@router.post("/{merge_id}/undo", auth=WRITE, response=UnmergeOut)
def undo_merge(request: ApiRequest, merge_id: UUID) -> HttpResponse:
    """Take a merge apart; answers what somebody changed since and was left as it is."""
    merge = _merge(request, merge_id)
    if not visible_parties(request.member, "edit").filter(id=merge.survivor_id).exists():
        raise Missing("merge")
    undone = unmerge_customers(actor=request.actor, merge_id=merge.id)
    left = [{"model": one.model, "field": one.field, "count": one.count} for one in undone.remainders]
    shown = plain(request, undone.merge, MergeOut, set(MergeOut.model_fields))
    return json_response({"merge": shown, "left": left})


def _merge(request: ApiRequest, merge_id: UUID) -> Merge:
    require(request.member, "customer", "view")
    merge = list_merges(request.member).filter(id=merge_id).first()
    if merge is None:
        raise Missing("merge")
    return merge

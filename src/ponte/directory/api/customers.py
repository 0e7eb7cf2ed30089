"""What the routes of people and companies share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from ponte.apikit import problems
from ponte.apikit.pagination import slice_of
from ponte.apikit.problems import FieldError
from ponte.apikit.replies import json_response, plain, refuse_unwritable, respond, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Paging
from ponte.apikit.writes import BULK_LIMIT, ItemStatus, Outcome, bulk_body, if_match, read_items
from ponte.conditions.parameters import conditioned
from ponte.core.concurrency import check_version
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.core.services.audit import record_view
from ponte.core.text import fold
from ponte.directory.api.inputs import BulkIn, CustomerFilters, as_data
from ponte.directory.api.schemas import RIGHTS, CustomerOut
from ponte.directory.data import ExternalId, PartyData
from ponte.directory.models import Party, PartyTag
from ponte.directory.policies import customer_fields, deleted_parties, get_party, right_name
from ponte.directory.selectors.parties import attach_parts, list_parties, with_facts, with_joins
from ponte.directory.selectors.search import searched_parties
from ponte.directory.services.bulk import bulk_upsert
from ponte.directory.services.contacts import (
    add_external_ids,
    set_addresses,
    set_emails,
    set_handles,
    set_phones,
)
from ponte.directory.services.deletion import delete_parties, restore_parties
from ponte.directory.services.stages import change_stage
from ponte.directory.services.tags import set_tags
from ponte.workplace.custom_fields.querying import custom_filtered, custom_slice, is_custom_sort

ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("sort_name", "id"),
    "created": (
        "created_at",
        "id",
    ),  # by the index of the kind; ids alone would walk past all of the other kind
    "updated": ("updated_at", "id"),
    "last_contact": ("facts__last_interaction_sort", "id"),
    "last_order": ("facts__last_order_sort", "id"),
    "revenue": ("facts__revenue", "id"),
}
BY_REVENUE = ("last_order", "revenue")  # sorts that tell what the field "revenue" hides
STATUSES: dict[str, ItemStatus] = {
    "created": "created",
    "updated": "updated",
    "unchanged": "unchanged",
    "skipped": "unchanged",
}
SETTERS: dict[str, Callable[..., Any]] = {
    "emails": set_emails,
    "phones": set_phones,
    "addresses": set_addresses,
    "handles": set_handles,
}


def list_customers(
    request: ApiRequest, kind: str, filters: CustomerFilters, paging: Paging, schema: type[CustomerOut]
) -> HttpResponse:
    """Answer one page of people or companies and note that personal data were seen."""
    rows = _filtered(request, list_parties(request.member, kind), filters, kind)
    shown = shown_fields(request, schema, paging.fields)
    rows = with_joins(rows, kind, shown)
    if is_custom_sort(filters.sort):
        found, cursor = custom_slice(request, rows, kind, filters.sort, paging)
    else:
        order = ORDERS[filters.sort.lstrip("-")]
        if filters.sort.startswith("-"):
            order = tuple(f"-{column}" for column in order)
        known = [column.lstrip("-") for column in order]
        found, cursor = slice_of(
            rows, order=order, limit=paging.limit, cursor=paging.cursor, never_null=known
        )
    attach_parts(found, shown)
    record_view(
        actor=request.actor, object_type="customer", ids=[row.id for row in found], where=f"API: {kind}"
    )
    return json_response(
        {"items": [plain(request, row, schema, shown) for row in found], "next_cursor": cursor}
    )


def _filtered(
    request: ApiRequest, rows: QuerySet[Party], filters: CustomerFilters, kind: str
) -> QuerySet[Party]:
    _refuse_hidden(request, filters)
    for name in ("stage", "owner_id", "team_id", "source"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if filters.state is not None:
        rows = rows.filter(state=filters.state.upper())
    if filters.tag is not None:
        links = PartyTag.objects.filter(party_id=OuterRef("pk"), tag__key=fold(filters.tag))
        rows = rows.filter(Exists(links))
    if filters.updated_since is not None:
        rows = rows.filter(updated_at__gte=filters.updated_since)
    if filters.q:
        rows = searched_parties(rows, filters.q, request.member)
    rows = custom_filtered(request, rows, kind)
    rows = conditioned(request, rows, kind, filters.condition)
    if "facts__" in ORDERS.get(filters.sort.lstrip("-"), ("",))[0]:
        rows = with_facts(rows).filter(facts__kind=kind)
    return rows


def _refuse_hidden(request: ApiRequest, filters: CustomerFilters) -> None:
    """A hidden field can't be filtered or sorted by."""
    access = customer_fields(request.member)
    used = [
        name
        for name in ("stage", "owner_id", "team_id", "state", "source")
        if getattr(filters, name) is not None
    ]
    hidden = [name for name in used if not access.can_read(right_name(name))]
    if filters.sort.lstrip("-") in BY_REVENUE and not access.can_read("revenue"):
        hidden.append("sort")
    if hidden:
        raise problems.invalid(
            [FieldError(name, "unknown", _("There is no such parameter."), "query") for name in hidden]
        )


def get_customer(
    request: ApiRequest, party_id: UUID, kind: str, schema: type[CustomerOut], fields: str | None = None
) -> HttpResponse:
    """Answer one customer and note that they were seen; the id of a merged one gives the customer it is part of."""
    party = get_party(request.member, party_id, kind=kind)
    record_view(actor=request.actor, object_type="customer", ids=[party.id], where=f"API: {kind}")
    return answer(request, party.id, kind, schema, fields=fields)


def answer(
    request: ApiRequest, party_id: UUID, kind: str, schema: type[CustomerOut], **options: Any
) -> HttpResponse:
    """Answer a customer as stored."""
    shown = shown_fields(request, schema, options.get("fields"))
    row = with_joins(Party.objects.filter(id=party_id), kind, shown).get()
    attach_parts([row], shown)
    return respond(request, row, schema, **options)


def create_customer(
    request: ApiRequest,
    data: In,
    kind: str,
    make: Callable[[dict[str, Any]], UUID],
    schema: type[CustomerOut],
) -> HttpResponse:
    """Create a person or company from what was sent."""
    require(request.member, "customer", "create")
    refuse_unwritable(request, "customer", {RIGHTS.get(name, name) for name in data.model_fields_set})
    party_id = make(as_data(data.model_dump()))
    path = "people" if kind == "person" else "companies"
    return answer(request, party_id, kind, schema, status=201, location=f"/api/v1/{path}/{party_id}")


def patch_customer(
    request: ApiRequest,
    party_id: UUID,
    data: In,
    kind: str,
    update: Callable[..., Any],
    schema: type[CustomerOut],
) -> HttpResponse:
    """Change the fields that were sent, as one transaction."""
    get_party(request.member, party_id, "edit", kind=kind)
    refuse_unwritable(request, "customer", {RIGHTS.get(name, name) for name in data.model_fields_set})
    given = as_data(data.model_dump(include=data.model_fields_set))
    stage, tags = given.pop("stage", ""), given.pop("tags", None)
    lists = {name: given.pop(name) for name in SETTERS if name in given}
    external_ids = given.pop("external_ids", None)
    version = if_match(request)
    update(actor=request.actor, party_id=party_id, changes=given, version=version)
    for name, items in lists.items():
        SETTERS[name](actor=request.actor, party_id=party_id, **{name: items})
    if external_ids:
        add_external_ids(actor=request.actor, party_id=party_id, external_ids=external_ids)
    if stage:
        change_stage(actor=request.actor, party_id=party_id, stage=stage)
    if tags is not None:
        set_tags(actor=request.actor, party_id=party_id, names=tags)
    return answer(request, party_id, kind, schema)


def upsert_customers(
    request: ApiRequest, data: BulkIn, kind: str, item_type: type[In], data_type: type[PartyData]
) -> HttpResponse:
    """Upsert up to 1,000 customers, each answered by itself."""
    require(request.member, "customer", "create")
    items: list[Any] = data.items  # type: ignore[attr-defined]
    good, outcomes = read_items(items[:BULK_LIMIT], item_type)
    rows = []
    for _index, item in good:
        values: Any = item
        own = ExternalId(source=data.source, id=values.external_id)
        given = as_data(values.model_dump())
        given["external_ids"] = [own, *given.get("external_ids", [])]
        rows.append(data_type(**given))
    results = bulk_upsert(
        actor=request.actor,
        rows=rows,
        kind=kind,
        policy=data.policy,
        match=data.match,
        source=data.source,
        default_owner_id=request.member.id,
    )
    for (index, _item), result in zip(good, results, strict=True):
        outcomes[index] = _outcome(result)
    return json_response(bulk_body(items, outcomes))


def _outcome(result: Any) -> Outcome:
    if result.outcome == "rejected":
        return Outcome(None, "failed", [FieldError(p.field, p.code, p.message) for p in result.problems])
    return Outcome(result.party_id, STATUSES[result.outcome])


def delete_customer(request: ApiRequest, party_id: UUID, kind: str) -> None:
    """Put a customer into the bin."""
    party = get_party(request.member, party_id, "delete", kind=kind)
    check_version(party, if_match(request))
    delete_parties(actor=request.actor, party_ids=[party.id])


def restore_customer(
    request: ApiRequest, party_id: UUID, kind: str, schema: type[CustomerOut]
) -> HttpResponse:
    """Bring a customer back from the bin."""
    if not deleted_parties(request.member).filter(id=party_id, kind=kind).exists():
        raise Missing("customer")
    restore_parties(actor=request.actor, party_ids=[party_id])
    return answer(request, party_id, kind, schema)

"""The API of interactions and their comments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page, slice_of
from ponte.apikit.problems import FieldError
from ponte.apikit.replies import json_response, plain, refuse_unwritable, respond, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import BulkOut, Outcome, bulk_body, if_match, read_items
from ponte.core.errors import Denied, Invalid
from ponte.core.rights import may, require
from ponte.core.services.audit import record_view
from ponte.directory.policies import visible_parties
from ponte.timeline.api.schemas import (
    CommentIn,
    CommentOut,
    InteractionBulk,
    InteractionFilters,
    InteractionIn,
    InteractionItem,
    InteractionOut,
    InteractionPatch,
    SharedOut,
    ShareIn,
)
from ponte.timeline.models import Interaction, InteractionComment
from ponte.timeline.participant import Participant
from ponte.timeline.policies import check_may_create, visible_interactions, visible_participants
from ponte.timeline.selectors.interactions import get_deleted_interaction, get_interaction
from ponte.timeline.selectors.timeline import containing
from ponte.timeline.services.bulk import BulkResult, bulk_record
from ponte.timeline.services.comments import comment_interaction
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.services.interaction_edits import (
    delete_interaction as take_away,
)
from ponte.timeline.services.interaction_edits import (
    edit_interaction,
    pin_interaction,
)
from ponte.timeline.services.interaction_edits import (
    restore_interaction as bring_back,
)
from ponte.timeline.services.interactions import find_by_key, record_interaction
from ponte.timeline.services.sharing import share_interaction

router = Router(tags=["Interactions"])
READ, WRITE = scope("interactions:read"), scope("interactions:write")
ORDER = ("-occurred_at", "-id")


@router.get("", auth=READ, response=Page[InteractionOut])
def list_interactions(
    request: ApiRequest, filters: Query[InteractionFilters], paging: Query[Paging]
) -> HttpResponse:
    """List interactions, newest first."""
    rows = _filtered(request, visible_interactions(request.member), filters)
    fields = shown_fields(request, InteractionOut, paging.fields)
    rows = rows.select_related("author").defer("folded_text").prefetch_related(_participants(request))
    found, cursor = slice_of(rows, order=ORDER, limit=paging.limit, cursor=paging.cursor)
    _note_view(request, found)
    items = [plain(request, row, InteractionOut, fields) for row in found]
    return json_response({"items": items, "next_cursor": cursor})


def _note_view(request: ApiRequest, rows: Sequence[Interaction]) -> None:
    record_view(
        actor=request.actor,
        object_type="interaction",
        ids=[row.id for row in rows],
        where="API: interactions",
    )


def _participants(request: ApiRequest) -> Any:
    """Those who took part, without customers hidden from the member."""
    return Prefetch("participants", visible_participants(request.member).order_by("id"))


def _answer(request: ApiRequest, row: Interaction, **options: Any) -> HttpResponse:
    prefetch_related_objects([row], _participants(request))
    return respond(request, row, InteractionOut, **options)


def _filtered(
    request: ApiRequest, rows: QuerySet[Interaction], filters: InteractionFilters
) -> QuerySet[Interaction]:
    _refuse_unbounded(filters)
    for name in ("party_id", "company_id", "kind", "channel", "author_id"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if filters.since is not None:
        rows = rows.filter(occurred_at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(occurred_at__lt=filters.until)
    return containing(rows, filters.q, request.member) if filters.q else rows


def _refuse_unbounded(filters: InteractionFilters) -> None:
    """Refuse what would read every interaction there is: no index finds a word, a kind or a channel alone.

    Raises:
        Invalid: naming the filter that needs company.
    """
    of_customer = filters.party_id is not None or filters.company_id is not None
    if filters.q and not of_customer:
        raise Invalid.on("q", "needs_customer", _("Search inside one customer: give party_id too."))
    if of_customer or filters.author_id is not None or filters.since is not None:
        return
    for name in ("kind", "channel"):
        if getattr(filters, name) is not None:
            message = _("Give party_id, company_id, author_id or since too.")
            raise Invalid.on(name, "needs_bounds", message)


def _refuse_locked(request: ApiRequest, given: set[str]) -> None:
    """Refuse fields the member's role locks; "body" locks its HTML form too."""
    refuse_unwritable(request, "interaction", given | ({"body"} if "body_html" in given else set()))


@router.post("", auth=WRITE, response={200: InteractionOut, 201: InteractionOut})
def record_interaction_by_api(request: ApiRequest, data: InteractionIn) -> HttpResponse:
    """Record an interaction; 200 instead of 201 when its external id was recorded before."""
    check_may_create(request.member, "interaction", data.party_id)
    _refuse_locked(request, data.model_fields_set)
    known = find_by_key(data.source, data.external_id)
    if known is not None:
        return _answer(request, get_interaction(request.member, known.id))
    values = _details(data.model_dump())
    row = record_interaction(actor=request.actor, **values)
    return _answer(request, row, status=201, location=f"/api/v1/interactions/{row.id}")


def _details(given: dict[str, Any]) -> dict[str, Any]:
    values = dict(given)
    if "external_id" in values:
        values["external_key"] = values.pop("external_id")
    if "participants" in values:
        values["participants"] = [Participant(**one) for one in values["participants"]]
    return values


@router.post("/bulk", auth=WRITE, response=BulkOut)
def record_interactions_in_bulk(request: ApiRequest, data: InteractionBulk) -> HttpResponse:
    """Record up to 1,000 interactions; each is answered by itself, known external ids are unchanged."""
    require(request.member, "interaction", "create")
    good, outcomes = read_items(data.items, InteractionItem)
    _refuse_locked(request, {name for _index, item in good for name in item.model_fields_set})
    wanted = {item.party_id for _index, item in good}
    visible = set(visible_parties(request.member).filter(id__in=wanted).values_list("id", flat=True))
    for index, item in good:
        if item.party_id not in visible:
            error = FieldError("party_id", "missing", _("There is no such customer."))
            outcomes[index] = Outcome(None, "failed", [error])
    fit = [(index, item) for index, item in good if index not in outcomes]
    rows = [InteractionData(author=request.member, **_details(item.model_dump())) for _index, item in fit]
    result = bulk_record(actor=request.actor, items=rows, source=data.source)
    for place, (index, _item) in enumerate(fit):
        outcomes[index] = _outcome(result, place)
    return json_response(bulk_body(data.items, outcomes))


def _outcome(result: BulkResult, place: int) -> Outcome:
    if place in result.problems:
        errors = [FieldError(one.field, one.code, one.message) for one in result.problems[place]]
        return Outcome(None, "failed", errors)
    return Outcome(result.ids[place], "created" if place in result.created_at else "unchanged")


@router.get("/{interaction_id}", auth=READ, response=InteractionOut)
def get_interaction_by_id(request: ApiRequest, interaction_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """Return one interaction."""
    row = get_interaction(request.member, interaction_id)
    _note_view(request, [row])
    return _answer(request, row, fields=sparse.fields)


@router.patch("/{interaction_id}", auth=WRITE, response=InteractionOut)
def update_interaction(request: ApiRequest, interaction_id: UUID, data: InteractionPatch) -> HttpResponse:
    """Correct an interaction; send the version you read in If-Match."""
    row = get_interaction(request.member, interaction_id)
    given = data.given()
    _refuse_locked(request, set(given))
    pinned = given.pop("pinned", None)
    version = if_match(request)
    if given or pinned is None:
        if "participants" in given:
            given["participants"] = [one.model_dump() for one in given["participants"]]
        row = edit_interaction(actor=request.actor, interaction=row, version=version, **_details(given))
        version = None
    if pinned is not None:
        row = pin_interaction(actor=request.actor, interaction=row, pinned=pinned, version=version)
    return _answer(request, row)


@router.delete("/{interaction_id}", auth=WRITE, response={204: None})
def delete_interaction(request: ApiRequest, interaction_id: UUID) -> Status[None]:
    """Take an interaction off the timeline; it can be restored."""
    row = get_interaction(request.member, interaction_id)
    take_away(actor=request.actor, interaction=row, version=if_match(request))
    return Status(204, None)


@router.post("/{interaction_id}/restore", auth=WRITE, response=InteractionOut)
def restore_interaction(request: ApiRequest, interaction_id: UUID) -> HttpResponse:
    """Bring a deleted interaction back."""
    row = get_deleted_interaction(request.member, interaction_id)
    return _answer(request, bring_back(actor=request.actor, interaction=row))


@router.get("/{interaction_id}/comments", auth=READ, response=Page[CommentOut])
def list_interaction_comments(
    request: ApiRequest, interaction_id: UUID, paging: Query[Paging]
) -> HttpResponse:
    """List the comments on an interaction, newest first."""
    row = get_interaction(request.member, interaction_id)
    comments = InteractionComment.objects.filter(interaction=row, deleted_at__isnull=True)
    return page(request, comments.select_related("author"), order=("-id",), schema=CommentOut, paging=paging)


@router.post("/{interaction_id}/comments", auth=WRITE, response={201: CommentOut})
def add_interaction_comment(request: ApiRequest, interaction_id: UUID, data: CommentIn) -> HttpResponse:
    """Comment on an interaction; mentioned colleagues are told."""
    row = get_interaction(request.member, interaction_id)
    if not may(request.member, "interaction", "create"):
        raise Denied("interaction", "create")
    comment = comment_interaction(
        actor=request.actor, interaction=row, body=data.body, mentions=data.mentions
    )
    return respond(request, comment, CommentOut, status=201)


@router.post("/{interaction_id}/share", auth=WRITE, response=SharedOut)
def share_with_colleagues(request: ApiRequest, interaction_id: UUID, data: ShareIn) -> dict[str, Any]:
    """Show an interaction to colleagues; those who may not see its customer aren't told."""
    row = get_interaction(request.member, interaction_id)
    told = share_interaction(actor=request.actor, interaction=row, **data.model_dump())
    return {"told": [one.id for one in told]}

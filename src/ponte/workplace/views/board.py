"""A list as a board, and writing one field of one row where it stands: a dragged card, a cell."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Conflict, Denied, Invalid, Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.audit import record_view
from ponte.workplace.lists import Editable, ListPage
from ponte.workplace.lists.addresses import PLACEHOLDER
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.board import board_columns, more_of_column, mover
from ponte.workplace.lists.cells import one_reader
from ponte.workplace.lists.looks import Saved
from ponte.workplace.lists.opening import opens_beside
from ponte.workplace.lists.results import Found, select
from ponte.workplace.lists.showing import cell_maker
from ponte.workplace.lists.state import BOARD, ListState, read_state
from ponte.workplace.selectors.lists import chosen_columns


def board_context(request: WorkspaceRequest, state: ListState, found: Found) -> dict[str, Any]:
    """Return what the board's template needs; what was shown is written to the access log."""
    member = request.member
    columns = board_columns(state, member, found, beside=opens_beside(member))
    _note(request, state, [card.id for column in columns for card in column.cards])
    field = mover(state, member)
    acts = state.look.acts if state.look is not None and field is not None else ()
    return {
        "columns": columns,
        "movable": field is not None,
        "move_url": reverse("workplace:list_field", args=[state.page.key, field.key]) if field else "",
        "column_url": reverse("workplace:list_board", args=[state.page.key])
        + state.query(without=("layout",)),
        "acts": [(act, reverse(act.url_name, args=[PLACEHOLDER])) for act in acts],
        "placeholder": PLACEHOLDER,
        "heads_known": any(column.head is not None for column in columns),
    }


@require_safe
def more_cards(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with further cards of one column."""
    page = list_for(request.member, key)
    params = request.GET.copy()
    params["layout"] = BOARD
    state = read_state(page, params, request.member, chosen=chosen_columns(request.member, page))
    options = dict(state.board.options_in(state, request.member)) if state.board else {}
    value = request.GET.get("column", "")
    if value not in options:
        raise Missing
    found = select(state, request.member)
    column = more_of_column(
        state, request.member, found, value, str(options[value]), beside=opens_beside(request.member)
    )
    _note(request, state, [card.id for card in column.cards])
    context = {"list": page, "column": column, "movable": mover(state, request.member) is not None}
    return render(request, "workplace/lists/_cards.html", context)


@require_POST
def write_field(request: WorkspaceRequest, key: str, field: str) -> HttpResponse:
    """Give one row's field a value: what dragging a card does.

    Answers with the row's new version, and what saving told: words, and the way back. A refusal may name the dialog that
    asks for what is missing.
    """
    page, editable = _asked(request, key, field)
    row_id = _reached(page, request.member, request.POST.get("id", ""))
    value = request.POST.get("value", "")
    try:
        saved = _save(request, editable, row_id)
    except Invalid as refusal:
        told = {"detail": str(refusal.problems[0].message)}
        if editable.ask_url is not None and (dialog := editable.ask_url(row_id, value, refusal)):
            told["dialog"] = dialog
        return JsonResponse(told, status=422)
    except Conflict:
        detail = _("Somebody changed this record just now. It was left as it is: reload the list to see it.")
        return JsonResponse({"detail": detail}, status=409)
    version = saved.version if isinstance(saved, Saved) else None
    if version is None:
        now = page.queryset(request.member).filter(pk=row_id).first()
        version = int(getattr(now, "version", 0))
    answer: dict[str, Any] = {"version": version}
    if isinstance(saved, Saved):
        answer |= {"text": str(saved.text), "undo": saved.undo_url}
    return JsonResponse(answer)


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: WorkspaceRequest, key: str, field: str, row_id: UUID) -> HttpResponse:
    """Answer with the field of one cell, or save it and answer with the cell as it reads then."""
    page, editable = _asked(request, key, field)
    if request.method != "POST":
        return _cell_form(request, page, editable, _written(page, editable, request.member, row_id))
    _reached(page, request.member, str(row_id))
    try:
        _save(request, editable, row_id)
    except Invalid as refusal:
        row = _written(page, editable, request.member, row_id)
        return _cell_form(request, page, editable, row, problem=str(refusal.problems[0].message))
    except Conflict:
        fresh = _written(page, editable, request.member, row_id)
        problem = _(
            "Somebody changed this record just now; there it reads “%(value)s”. Save again to replace it."
        )
        shown = {"value": _words(editable, editable.value(fresh), request.member)}
        return _cell_form(request, page, editable, fresh, problem=problem % shown)
    now = _row(page, request.member, row_id, column=editable.column)
    column = next(each for each in page.columns_for(request.member) if each.key == editable.column)
    with one_reader():
        html = column.cell.prepared([now]).render(now, page.link(now))
    return HttpResponse(cell_maker(page, editable)(now, html))


def _asked(request: WorkspaceRequest, key: str, field: str) -> tuple[ListPage, Editable]:
    page = list_for(request.member, key, "edit")
    editable = page.editable(request.member, field)
    if editable is None:
        raise Denied(page.object, "edit")
    return page, editable


def _reached(page: ListPage, member: Member, row_id: str) -> UUID:
    """Return the id of a row the member may edit; raise ``Missing``."""
    try:
        found = UUID(row_id)
    except ValueError:
        raise Missing from None
    if not page.reach(member, "edit").filter(pk=found).exists():
        raise Missing
    return found


def _written(page: ListPage, editable: Editable, member: Member, row_id: UUID) -> Any:
    """Return the row with what its editable field needs; raise ``Missing`` when it has just gone."""
    rows = page.reach(member, "edit").filter(pk=row_id)
    row = (rows.select_related(*editable.needs) if editable.needs else rows).first()
    if row is None:
        raise Missing
    return row


def _row(page: ListPage, member: Member, row_id: UUID, *, column: str = "") -> Any:
    needs = next((each.needs for each in page.columns_for(member) if each.key == column), ())
    rows = page.queryset(member).filter(pk=row_id)
    row = (rows.select_related(*needs) if needs else rows).first()
    if row is None:
        raise Missing
    return row


def _save(request: WorkspaceRequest, editable: Editable, row_id: UUID) -> Any:
    value = request.POST.get("value", "").replace("\x00", "").strip()[:2_000]
    if editable.required and not value:
        raise Invalid.on("value", "required", _("Fill in “%(field)s”.") % {"field": editable.label})
    offered = {str(key) for key, _label in editable.choices(request.member)} if editable.choices else set()
    if value and editable.choices and value not in offered:
        raise Invalid.on(
            "value", "unknown", _("Choose “%(field)s” from the list.") % {"field": editable.label}
        )
    version = request.POST.get("version", "")
    known = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    return editable.save(request.actor, row_id, value, known or None)


def _cell_form(
    request: WorkspaceRequest,
    page: ListPage,
    editable: Editable,
    row: Any,
    *,
    problem: str = "",
) -> HttpResponse:
    value = request.POST.get("value", "") if request.method == "POST" else editable.value(row)
    choices = (
        [(str(key), label) for key, label in editable.choices(request.member)] if editable.choices else []
    )
    context = {
        "list": page,
        "editable": editable,
        "is_choice": editable.choices is not None,
        "row": row,
        "value": value,
        "choices": choices,
        "problem": problem,
    }
    response = render(request, "workplace/lists/_cell_form.html", context, status=422 if problem else 200)
    response["HX-Reswap"] = "innerHTML"  # the field stays inside its place; only a saved value replaces it
    return response


def _words(editable: Editable, value: str, member: Member) -> str:
    """Return a value as a person reads it."""
    choices = editable.choices(member) if editable.choices else ()
    return next((str(label) for key, label in choices if str(key) == value), value or "–")


def _note(request: WorkspaceRequest, state: ListState, ids: list[Any]) -> None:
    if state.page.personal:
        record_view(
            actor=request.actor, object_type=state.page.object, ids=ids, where=f"list {state.page.key}"
        )

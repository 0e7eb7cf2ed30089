"""Standardisation: what the rules would change, before and after; doing it to all, one by one, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.ids import uuid7
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.directory.models import Suggestion
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.suggestions import count_suggestions, open_suggestions, rules_for, shown
from ponte.directory.services.suggestions import accept_suggestions, dismiss_suggestions, take_back
from ponte.directory.tables.actions import ALL_RULES, STANDARDISE
from ponte.directory.tables.companies import COMPANIES
from ponte.directory.tables.people import PEOPLE
from ponte.ui.htmx import close_dialog, toast, trigger
from ponte.workplace.lists.asking import action_for
from ponte.workplace.lists.bulk import MOST_ROWS
from ponte.workplace.selectors.runs import runs_of, underway_ids
from ponte.workplace.services.bulk_changes import Chosen, run_bulk

PAGE = 50
LISTS = {"person": PEOPLE, "company": COMPANIES}


@require_safe
@requires("customer", "edit")
def standardise(request: WorkspaceRequest) -> HttpResponse:
    """Show what the rules would change: counts, then the changes themselves, page by page."""
    kind = _kind(request.GET.get("kind", ""))
    rules = rules_for(request.member)
    chosen = request.GET.get("rule", "")
    chosen = chosen if chosen in {rule.key for rule in rules} else ""
    counts = count_suggestions(request.member, kind)
    rows = open_suggestions(request.member, kind=kind, rules=[chosen] if chosen else None)
    rows = rows.select_related("party").order_by("id")
    if after := request.GET.get("after"):
        rows = rows.filter(id__gt=_uuid(after))
    found = list(rows[: PAGE + 1])
    record_view(
        actor=request.actor,
        object_type="customer",
        ids=sorted({row.party_id for row in found[:PAGE]}),
        where="standardisation",
    )
    page = LISTS[kind]
    runs = runs_of(request.member, page)
    total = counts.get(chosen, 0) if chosen else sum(counts.values())
    context = {
        "kind": kind,
        "rules": [{"rule": rule, "count": counts.get(rule.key, 0)} for rule in rules],
        "chosen": chosen,
        "total": total,
        "everything": sum(counts.values()),
        "items": [shown(row) for row in found[:PAGE]],
        "after": found[PAGE - 1].id if len(found) > PAGE else "",
        "list": page,
        "runs": runs,
        "underway": underway_ids(runs),
        "once": uuid7(),
    }
    return render(request, "directory/standardise.html", context)


@require_POST
@requires("customer", "edit")
def run(request: WorkspaceRequest) -> HttpResponse:
    """Accept everything the chosen rule suggests but what was unticked; many in the background."""
    page = LISTS[_kind(request.POST.get("kind", ""))]
    rule = request.POST.get("rule", "") or ALL_RULES
    if rule != ALL_RULES and rule not in {each.key for each in rules_for(request.member)}:
        raise Missing("rule")
    action = action_for(request.member, page, STANDARDISE)
    rows = _rows(request.member, request.POST.get("kind", ""), rule)
    if rows.query is None and not rows.ids:  # an impatient second click, or somebody was quicker
        return close_dialog(_("Nothing is left to standardise."), events=("list-changed",))
    kept = set(request.POST.getlist("keep"))
    left_out = [str(_uuid(text)) for text in request.POST.getlist("shown") if text not in kept]
    try:
        change = run_bulk(
            actor=request.actor,
            page=page,
            action=action,
            rows=rows,
            inputs={"rule": rule, "except": ",".join(left_out)},
            once=_uuid(request.POST.get("once", "")),
        )
    except Invalid as refusal:
        return toast(HttpResponse(status=422), refusal.problems[0].message, tone="error")
    if change.background_id is not None:
        answer = close_dialog(_("It goes on in the background; this page shows how far it is."))
        return trigger(answer, "runs-changed")
    undo = reverse("workplace:bulk_undo", args=[page.key, action.key, change.id]) if change.undo else ""
    return close_dialog(
        str(action.done_text % {"count": change.count}), events=("list-changed",), undo_url=undo
    )


def _rows(member: Member, kind: str, rule: str) -> Chosen:
    rules = None if rule == ALL_RULES else [rule]
    waiting = open_suggestions(member, kind=kind, rules=rules).order_by().values_list("party_id", flat=True)
    ids: Sequence[UUID] = list(waiting.distinct()[: MOST_ROWS + 1])
    if len(ids) <= MOST_ROWS:
        return Chosen(ids=ids)
    keys = [each.key for each in rules_for(member)] if rules is None else rules
    return Chosen(query="&".join(f"suggestion={key}" for key in keys))


@require_POST
@requires("customer", "edit")
def accept(request: WorkspaceRequest, row_id: UUID) -> HttpResponse:
    """Accept one suggestion; its line goes away."""
    row = _mine(request.member, row_id)
    done = accept_suggestions(actor=request.actor, suggestion_ids=[row.id])
    if not done.party_ids:
        return toast(HttpResponse(), _("Somebody changed it meanwhile; it is left as it is."), tone="warning")
    answer = toast(
        HttpResponse(), _("Changed."), undo_url=reverse("directory:suggestion_back", args=[row.id])
    )
    for event in ("customer-changed", "customer-head-changed", "contacts-changed"):
        trigger(answer, event)
    return answer


@require_POST
@requires("customer", "edit")
def dismiss(request: WorkspaceRequest, row_id: UUID) -> HttpResponse:
    """Note that a text is right as it is; its line goes away."""
    row = _mine(request.member, row_id)
    dismiss_suggestions(actor=request.actor, suggestion_ids=[row.id])
    return toast(HttpResponse(), _("It won't be suggested again."))


@require_POST
@requires("customer", "edit")
def back(request: WorkspaceRequest, row_id: UUID) -> HttpResponse:
    """Take one accepted suggestion back."""
    row = Suggestion.objects.filter(id=row_id, state="accepted", decided_by=request.member).first()
    if row is None or not visible_parties(request.member, "edit").filter(id=row.party_id).exists():
        raise Missing("suggestion")
    undo: dict[str, Any] = {"ids": [str(row.id)], "rows": {}}
    if not take_back(actor=request.actor, undo=undo):
        return toast(HttpResponse(), _("Somebody changed it meanwhile; it is left as it is."), tone="warning")
    return close_dialog(_("Taken back."), events=("list-changed",))


def _mine(member: Member, row_id: UUID) -> Suggestion:
    row = open_suggestions(member).filter(id=row_id).first()
    if row is None:
        raise Missing("suggestion")
    return row


def _kind(text: str) -> str:
    return text if text in LISTS else "person"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing("suggestion") from None

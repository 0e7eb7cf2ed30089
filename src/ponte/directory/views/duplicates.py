"""Reviewing possible duplicates."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ponte.core.brazil.phones import format_phone
from ponte.core.errors import Invalid, Missing
from ponte.core.models import BackgroundRun, Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import FieldAccess, requires
from ponte.core.services.audit import record_view
from ponte.directory.matching.scoring import CERTAIN
from ponte.directory.models import DuplicatePair, Merge, Party
from ponte.directory.policies import customer_fields
from ponte.directory.selectors.duplicates import (
    COUNT_CAP,
    Cluster,
    clusters_of,
    count_pairs,
    list_pairs,
    reason_words,
)
from ponte.directory.services.duplicate_decisions import (
    MERGE_KIND,
    UNDO_KIND,
    decide_pairs,
    start_merging_certain,
    start_undoing,
)
from ponte.directory.services.duplicate_search import KIND, start_search
from ponte.directory.views.merging import merge_url

MOST = 30
State = DuplicatePair.State
STATES = (State.OPEN.value, State.LATER.value, State.DIFFERENT.value)


@require_safe
@requires("customer", "edit")
def duplicates(request: WorkspaceRequest) -> HttpResponse:
    """Show the surest possible duplicates, those that belong together as one."""
    state = request.GET.get("state", State.OPEN.value)
    state = state if state in STATES else State.OPEN.value
    pairs = list(list_pairs(request.member, state)[: MOST + 1])
    access = customer_fields(request.member)
    items = [_item(cluster, access) for cluster in clusters_of(pairs[:MOST])]
    seen = {party.id for item in items for party in item["parties"]}
    record_view(actor=request.actor, object_type="customer", ids=sorted(seen), where="duplicates")
    certain = list_pairs(request.member).filter(score__gte=CERTAIN).order_by()[: COUNT_CAP + 1].count()
    context = {
        "items": items,
        "state": state,
        "more": len(pairs) > MOST,
        "certain": certain if state == State.OPEN else 0,
        "cap": COUNT_CAP,
        **_runs(request.member),
    }
    return render(request, "directory/duplicates.html", context)


def _item(cluster: Cluster, access: FieldAccess) -> dict[str, Any]:
    reasons = [reason for pair in cluster.pairs for reason in pair.reasons]
    return {
        "parties": [_with_note(party, access) for party in cluster.parties],
        "pairs": cluster.pairs,
        "percent": int(cluster.score * 100),
        "is_certain": cluster.score >= CERTAIN,
        "reasons": reason_words(reasons, cluster.parties[0].kind, access),
        "merge_url": merge_url(party.id for party in cluster.parties),
    }


def _with_note(party: Party, access: FieldAccess) -> Party:
    parts = [
        party.email if access.can_read("email") else "",
        format_phone(party.phone) if party.phone and access.can_read("phone") else "",
        "/".join(p for p in (party.city, party.state) if p) if access.can_read("address") else "",
    ]
    party.note = " · ".join(part for part in parts if part)  # type: ignore[attr-defined]
    return party


def _runs(member: Member) -> dict[str, Any]:
    """Return what goes on, and the last bulk merge that can be taken back."""
    mine = BackgroundRun.objects.filter(started_by=member, kind__in=(KIND, MERGE_KIND, UNDO_KIND))
    newest = mine.order_by("-id").first()
    is_on = newest is not None and newest.state in ("queued", "running")
    undoable = None
    if newest is not None and newest.kind == MERGE_KIND and newest.state == "done":
        undoable = newest if Merge.objects.filter(run_id=newest.id, undone_at=None).exists() else None
    searched = BackgroundRun.objects.filter(kind=KIND, state="done").order_by("-id").first()
    return {"run": newest if is_on else None, "undoable": undoable, "searched": searched}


@require_safe
@requires("customer", "edit")
def progress(request: WorkspaceRequest) -> HttpResponse:
    """Answer how far the background work is; when it is done the page is loaded anew."""
    runs = _runs(request.member)
    response = render(request, "directory/_duplicate_run.html", runs)
    if runs["run"] is None:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@requires("customer", "edit")
def decide(request: WorkspaceRequest) -> HttpResponseRedirect:
    """Note what somebody decided about pairs: "different", "later" or "open" again."""
    ids = [_uuid(text) for text in request.POST.getlist("pair")]
    state = request.POST.get("decision", "")
    before = request.POST.get("state", State.OPEN.value)
    wanted = list_pairs(request.member, before if before in STATES else State.OPEN.value).filter(id__in=ids)
    try:
        decide_pairs(actor=request.actor, pair_ids=[pair.id for pair in wanted], state=state)
    except Invalid:
        raise Missing("decision") from None
    return redirect("directory:duplicates")


@require_POST
@requires("customer", "edit")
def search(request: WorkspaceRequest) -> HttpResponseRedirect:
    """Let the whole base be searched."""
    start_search(actor=request.actor)
    return redirect("directory:duplicates")


@require_POST
@requires("customer", "edit")
def merge_certain(request: WorkspaceRequest) -> HttpResponseRedirect:
    """Let all certain duplicates be merged."""
    with suppress(Invalid):  # somebody was quicker: the page shows that nothing is certain any more
        start_merging_certain(actor=request.actor)
    return redirect("directory:duplicates")


@require_POST
@requires("customer", "edit")
def undo_run(request: WorkspaceRequest, run_id: UUID) -> HttpResponseRedirect:
    """Let a bulk merge be undone."""
    start_undoing(actor=request.actor, run_id=run_id)
    return redirect("directory:duplicates")


@require_safe
@requires("customer", "edit")
def home_block(request: WorkspaceRequest) -> HttpResponse:
    """Answer the home page's tile: how many possible duplicates wait."""
    count = count_pairs(request.member)
    return render(
        request,
        "directory/_duplicates_block.html",
        {"count": min(count, COUNT_CAP), "more": count > COUNT_CAP},
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing("duplicate") from None

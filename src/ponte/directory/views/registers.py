"""Public registers: setting them up, looking customers up, reviewing what they say side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area, requires
from ponte.core.services.audit import record_view
from ponte.directory.adapters.registers import SHAPES
from ponte.directory.adapters.registers.transport import LookupFailed
from ponte.directory.forms.registers import SourceForm
from ponte.directory.models import RegisterSource
from ponte.directory.policies import get_party
from ponte.directory.register_words import failure_words
from ponte.directory.selectors.registers import (
    active_for,
    current_run,
    filling_run,
    last_run,
    parties_to_look_up,
)
from ponte.directory.selectors.suggestions import filling, found_suggestions, shown
from ponte.directory.services.enriching import accept_found, ask, codes_of, suggest_found
from ponte.directory.services.found_bulk import start_filling
from ponte.directory.services.lookups import MOST, start_lookups, stop_lookups
from ponte.directory.services.registers import save_source
from ponte.directory.services.suggestions import dismiss_suggestions
from ponte.ui.htmx import close_dialog
from ponte.workplace.admin.answers import answer_act, answer_form

SHOWN = 50


@require_safe
@requires("customer", "edit")
def registers(request: WorkspaceRequest) -> HttpResponse:
    """Show which registers are asked, what runs, and customers with something to review."""
    sources = active_for(request.member)
    waiting = found_suggestions(request.member).order_by("party_id", "id").select_related("party")
    found: dict[UUID, dict[str, Any]] = {}
    for row in waiting[: SHOWN * 10]:
        entry = found.setdefault(row.party_id, {"party": row.party, "items": []})
        entry["items"].append(shown(row))
    items = list(found.values())
    record_view(
        actor=request.actor,
        object_type="customer",
        ids=[item["party"].id for item in items[:SHOWN]],
        where="registers",
    )
    context = {
        "sources": [
            {"row": row, "shape": SHAPES[row.shape], "count": _count(request, what)}
            for what, row in sources.items()
        ],
        "items": items[:SHOWN],
        "more": len(items) > SHOWN,
        "run": current_run() or filling_run(),
        "fillable": filling(request.member).order_by().values("party_id").distinct().count(),
        "last": last_run(),
        "may_change": may_area(request.member, "settings"),
    }
    return render(request, "directory/registers.html", context)


def _count(request: WorkspaceRequest, what: str) -> int:
    return parties_to_look_up(request.member, what).order_by()[:MOST].count()


@require_safe
@requires("customer", "edit")
def progress(request: WorkspaceRequest) -> HttpResponse:
    """Answer how far the look-up is; when it is done the page is loaded anew."""
    run = current_run() or filling_run()
    response = render(request, "directory/_lookup_run.html", {"run": run})
    if run is None:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@requires("customer", "edit")
def start(request: WorkspaceRequest, what: str) -> HttpResponse:
    """Look up everybody who wasn't yet."""
    if what not in active_for(request.member):
        raise Missing("register")
    ids = list(parties_to_look_up(request.member, what).order_by("id").values_list("id", flat=True)[:MOST])
    return answer_act(
        request,
        lambda: start_lookups(actor=request.actor, what=what, party_ids=ids),
        done=_("It goes on in the background; this page shows how far it is."),
        back=reverse("directory:registers"),
    )


@require_POST
@requires("customer", "edit")
def fill(request: WorkspaceRequest) -> HttpResponse:
    """Accept whatever fills an empty field, of every customer."""
    return answer_act(
        request,
        lambda: start_filling(actor=request.actor),
        done=_("It goes on in the background; this page shows how far it is."),
        back=reverse("directory:registers"),
    )


@require_POST
@requires("customer", "edit")
def stop(request: WorkspaceRequest) -> HttpResponse:
    """Stop the look-up under way."""
    return answer_act(
        request,
        lambda: stop_lookups(actor=request.actor),
        done=_("Stopped. What was found stays."),
        back=reverse("directory:registers"),
    )


@require_http_methods(["GET", "POST"])
@requires("settings")
def source(request: WorkspaceRequest, what: str) -> HttpResponse:
    """Ask where companies or addresses are looked up."""
    if what not in RegisterSource.What.values:
        raise Missing("register")
    row = RegisterSource.objects.filter(what=what).first()
    form = SourceForm(what, row, request.POST if request.method == "POST" else None)

    def save(given: dict[str, Any]) -> None:
        key = "" if given.pop("drop_key", False) else (given.pop("key") or None)
        given.pop("key", None)
        save_source(actor=request.actor, what=what, key=key, **given)

    title = RegisterSource.What(what).label
    return answer_form(
        request, form, save, title=title, done=_("Saved."), back=reverse("directory:registers")
    )


@require_safe
@requires("customer", "edit")
def review(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show what registers say of a customer beside what is stored."""
    party = get_party(request.member, party_id, "edit")
    return _review(request, party_id=party.id)


@require_POST
@requires("customer", "edit")
def ask_now(request: WorkspaceRequest, party_id: UUID, what: str) -> HttpResponse:
    """Look one customer up now and show what was found."""
    party = get_party(request.member, party_id, "edit")
    found = active_for(request.member).get(what)
    codes = codes_of(party, what)
    if found is None or not codes:
        raise Missing("register")
    try:
        answers = ask(found, codes)
    except LookupFailed as failure:
        return _review(request, party_id=party.id, error=failure_words(failure.code))
    result = suggest_found(actor=request.actor, party_id=party.id, source=found, answers=answers)
    note = ""
    if not result.known:
        note = _("The register knows nothing of it. Check the number.")
    elif not result.count:
        note = _("The register says the same as the record.")
    return _review(request, party_id=party.id, note=note, status=result.status)


@require_POST
@requires("customer", "edit")
def decide(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Accept the ticked values, or dismiss them."""
    party = get_party(request.member, party_id, "edit")
    mine = found_suggestions(request.member).filter(party=party)
    wanted = set(request.POST.getlist("accept"))
    ids = [row.pk for row in mine if str(row.pk) in wanted]
    if not ids:
        return _review(request, party_id=party.id, error=_("Tick at least one value."))
    if "dismiss" in request.POST:
        dismiss_suggestions(actor=request.actor, suggestion_ids=ids)
        return close_dialog(_("It won't be suggested again."), events=("list-changed", "customer-changed"))
    try:
        accept_found(actor=request.actor, suggestion_ids=ids)
    except Invalid as refusal:
        text = " ".join(str(problem.message) for problem in refusal.problems)
        return _review(request, party_id=party.id, error=text)
    events = ("list-changed", "customer-changed", "contacts-changed", "customer-head-changed")
    return close_dialog(_("Saved."), events=events)


def _review(
    request: WorkspaceRequest, *, party_id: UUID, note: str = "", status: str = "", error: str = ""
) -> HttpResponse:
    party = get_party(request.member, party_id, "edit")
    rows = (
        found_suggestions(request.member).filter(party=party).select_related("party").order_by("rule", "id")
    )
    offered = [
        {"what": what, "shape": SHAPES[row.shape]}
        for what, row in active_for(request.member).items()
        if codes_of(party, what)
    ]
    context = {
        "party": party,
        "items": [shown(row) for row in rows],
        "offered": offered,
        "note": note,
        "status": status,
        "error": error,
    }
    return render(request, "directory/register_review.html", context, status=422 if error else 200)

"""Merging customers side by side, looking at merges, and undoing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Conflict, Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.directory.forms.contacts import MergeWithForm
from ponte.directory.models import Merge, Party
from ponte.directory.policies import customer_fields, get_party, right_name, visible_parties
from ponte.directory.selectors.merges import list_merges, merge_figures, stayed_since
from ponte.directory.services.merge_values import BOTH
from ponte.directory.services.merging import MOST, check_undoable, merge_customers, unmerge_customers
from ponte.directory.views.merge_rows import Row, merge_rows, order_by_weight
from ponte.ui.htmx import go_to
from ponte.workplace.admin.audit_words import field_of

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires("customer", "edit")
def merge(request: WorkspaceRequest) -> HttpResponse:
    """Show customers side by side (``?id=…&id=…``), and make them one."""
    given = request.POST if request.method == "POST" else request.GET
    if "again" in request.POST:
        return redirect(merge_url(given.getlist("id")[: MOST + 1]))
    parties = _chosen(request, given)
    if request.method != "POST":
        return _page(request, parties, given)
    try:
        done = merge_customers(
            actor=request.actor,
            survivor_id=parties[0].id,
            loser_ids=[party.id for party in parties[1:]],
            choices=_choices(request, parties),
            versions={party.id: _number(request.POST.get(f"version.{party.id}")) for party in parties},
        )
    except Conflict:
        text = _("Somebody changed one of these customers meanwhile. Look at the values again, then merge.")
        return _page(request, parties, given, problem=text, status=409)
    except Invalid as refusal:
        return _page(request, parties, given, problem=str(refusal.problems[0].message), status=422)
    return redirect("directory:merge_done", done.id)


def _chosen(request: WorkspaceRequest, given: QueryDict) -> list[Party]:
    """Return the customers named in the request, all editable by the member, the one that stays first."""
    ids = list(dict.fromkeys(one for one in map(_uuid, given.getlist("id")) if one))
    rows = visible_parties(request.member, "edit").filter(id__in=ids[: MOST + 1])
    parties = list(rows.select_related("person", "company__parent__party", "owner", "team", "facts"))
    if len(parties) < len(ids) or not parties:
        raise Missing("customer")
    return order_by_weight(parties, _uuid(given.get("stay", "")))


def _page(
    request: WorkspaceRequest,
    parties: Sequence[Party],
    given: QueryDict,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if not problem:
        problem = _why_not(parties)
    chosen = {name.removeprefix("value."): str(given[name]) for name in given if name.startswith("value.")}
    access = customer_fields(request.member)
    record_view(actor=request.actor, object_type="customer", ids=[p.id for p in parties], where="merge")
    rows: list[Row] = (
        [] if len({p.kind for p in parties}) > 1 else merge_rows(parties, access, chosen, request.member)
    )
    context = {
        "parties": parties,
        "differing": [row for row in rows if row.differs],
        "equal": [row for row in rows if not row.differs],
        "problem": problem,
        "blocked": bool(_why_not(parties)),
        "show_revenue": access.can_read("revenue"),
        "show_owner": access.can_read("owner"),
    }
    return render(request, "directory/merge.html", context, status=status)


def _why_not(parties: Sequence[Party]) -> str:
    if len({party.kind for party in parties}) > 1:
        return _("A person and a company can't be merged. Choose customers of one kind.")
    if len(parties) < 2:
        return _("Choose at least two customers to merge.")
    return _("Merge at most %(most)s customers at a time.") % {"most": MOST} if len(parties) > MOST else ""


def _choices(request: WorkspaceRequest, parties: Sequence[Party]) -> dict[str, UUID | str]:
    """Return what the form chose; fields the role hides or locks are left to the rule."""
    access = customer_fields(request.member)
    chosen: dict[str, UUID | str] = {}
    for name in request.POST:
        key = name.removeprefix("value.")
        if name == key or not request.POST[name]:
            continue
        if not access.can_write(right_name(key)):
            raise Denied("customer", "edit")
        value = request.POST[name]
        chosen[key] = BOTH if value == BOTH else (_uuid(value) or value)
    return chosen


def merge_url(ids: Iterable[Any]) -> str:
    """Return the address of the merge screen for these customers."""
    return f"{reverse('directory:merge')}?{urlencode([('id', one) for one in ids])}"


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def merge_with(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Ask with whom to merge a customer, then go to the merge screen."""
    party = get_party(request.member, party_id, "edit")
    form = MergeWithForm(request.POST or None, kind=party.kind)
    if form.is_valid():
        return go_to(merge_url([party.id, form.cleaned_data["other"]]))
    context = {
        "form": form,
        "title": _("Merge %(name)s with…") % {"name": party.label},
        "submit_label": _("Compare"),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires("customer", "view")
def done(request: WorkspaceRequest, merge_id: UUID) -> HttpResponse:
    """Show one merge: what came together, what moved, and the way back."""
    row = _merge(request, merge_id)
    why = ""
    try:
        check_undoable(row)
    except Invalid as refusal:
        why = str(refusal.problems[0].message)
    context = {
        "merge": row,
        "losers": Party.objects.filter(id__in=row.loser_ids).order_by("id"),
        "figures": merge_figures(row),
        "may_undo": not why and row.undone_at is None and _may_edit(request, row),
        "why": why,
    }
    return render(request, "directory/merge_done.html", context)


@require_POST
@requires("customer", "edit")
def undo(request: WorkspaceRequest, merge_id: UUID) -> HttpResponse:
    """Undo one merge, and tell what somebody changed since."""
    row = _merge(request, merge_id)
    if not _may_edit(request, row):
        raise Missing("merge")
    try:
        undone = unmerge_customers(actor=request.actor, merge_id=row.id)
    except Invalid:
        return redirect("directory:merge_done", row.id)
    lines = [
        {"what": _words(one.model, one.field), "count": one.count, "is_field": one.model in HALVES}
        for one in undone.remainders
    ]
    context = {
        "merge": undone.merge,
        "losers": Party.objects.filter(id__in=row.loser_ids).order_by("id"),
        "lines": lines,
        "stayed": stayed_since(undone.merge),
    }
    return render(request, "directory/merge_undone.html", context)


HALVES = ("directory.party", "directory.person", "directory.company")


def _words(model: str, field: str) -> str:
    """Return what a remainder is about: a field by its name, rows by their kind."""
    if model in HALVES:
        return field_of("customer", "customer", field)
    return str(apps.get_model(model)._meta.verbose_name_plural)


@require_safe
@requires("customer", "view")
def merges(request: WorkspaceRequest) -> HttpResponse:
    """List the newest merges into customers the member may see."""
    rows = list(list_merges(request.member)[: SHOWN + 1])
    return render(request, "directory/merges.html", {"merges": rows[:SHOWN], "more": len(rows) > SHOWN})


def _merge(request: WorkspaceRequest, merge_id: UUID) -> Merge:
    row = list_merges(request.member).filter(id=merge_id).first()
    if row is None:
        raise Missing("merge")
    return row


def _may_edit(request: WorkspaceRequest, row: Merge) -> bool:
    return visible_parties(request.member, "edit").filter(id=row.survivor_id).exists()


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0

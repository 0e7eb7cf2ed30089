"""The cleaning queue: customers with a problem, each mended, called right or opened with one click."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.brazil.phones import format_phone
from ponte.core.brazil.postal import format_cep
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import FieldAccess, requires
from ponte.core.services.audit import record_view
from ponte.directory.forms.fixing import FixForm
from ponte.directory.models import Party, PartyAddress, Suggestion
from ponte.directory.policies import check_writable, customer_fields, get_party
from ponte.directory.quality import Flaw
from ponte.directory.selectors.quality import addresses_astray, flaws_for, parties_with
from ponte.directory.selectors.stewards import areas_of, within_areas
from ponte.directory.selectors.suggestions import open_suggestions, shown
from ponte.directory.services.fixing import WRITES, fix_customer
from ponte.directory.services.quality import call_right, take_right_back
from ponte.directory.standards.addresses import contradicted_by_cep
from ponte.ui.htmx import close_dialog, toast, trigger

MOST = 50
ANY = "any"
# problem → the rule and field whose suggestion mends it
MENDED_BY = {"shouting": ("name_case", "name"), "mistyped": ("email", "emails")}


@require_safe
@requires("customer", "edit")
def queue(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show customers with one problem (or with any), the least complete first; ``mine``: those one looks after."""
    flaws = {flaw.key: flaw for flaw in flaws_for(request.member)}
    if key != ANY and key not in flaws:
        raise Missing("quality")
    wanted = [key] if key != ANY else list(flaws)
    areas = areas_of(request.member)
    mine = bool(areas) and (request.GET.get("mine") == "1")
    rows = parties_with(request.member, wanted)
    rows = within_areas(rows, areas, request.member) if mine else rows
    found = list(rows[: MOST + 1])
    record_view(
        actor=request.actor,
        object_type="customer",
        ids=[row.id for row in found[:MOST]],
        where="data quality",
    )
    context = {
        "key": key,
        "flaw": flaws.get(key),
        "flaws": flaws.values(),
        "items": _items(request.member, found[:MOST], [flaws[name] for name in wanted]),
        "more": len(found) > MOST,
        "is_steward": bool(areas),
        "mine": mine,
    }
    return render(request, "directory/quality_queue.html", context)


def _items(member: Member, parties: list[Party], flaws: list[Flaw]) -> list[dict[str, Any]]:
    """Return a line for each problem of each customer, with the suggestion that would mend it."""
    access = customer_fields(member)
    wanted = {
        (row.party_id, row.rule, row.field): row for row in open_suggestions(member).filter(party__in=parties)
    }
    asked = [party.id for party in parties if "cep_state" in party.quality.problems]
    astray = addresses_astray(asked) if asked and any(flaw.fix == "place" for flaw in flaws) else {}
    items = []
    for party in parties:
        for flaw in flaws:
            if flaw.key not in party.quality.problems:
                continue
            rule, field = MENDED_BY.get(flaw.key, ("", ""))
            row: Suggestion | None = wanted.get((party.id, rule, field))
            may_fix = flaw.fix and all(access.can_write(_right(name)) for name in WRITES[flaw.fix])
            items.append(
                {
                    "party": party,
                    "flaw": flaw,
                    "note": _note(party, flaw, access, astray.get(party.id)),
                    "suggestion": shown(row) if row else None,
                    "may_fix": may_fix,
                }
            )
    return items


def _right(name: str) -> str:
    return {"emails": "email", "phones": "phone", "addresses": "address"}.get(name, name)


def _note(party: Party, flaw: Flaw, access: FieldAccess, astray: PartyAddress | None) -> str:
    """Return what the problem is about, or how the customer can be reached."""
    if flaw.fix == "place" and astray is not None:
        true = contradicted_by_cep(astray.postal_code, astray.state)
        return _("%(cep)s is a CEP of %(true)s; the address says %(state)s.") % {
            "cep": format_cep(astray.postal_code),
            "true": true,
            "state": astray.state,
        }
    email = party.email if access.can_read("email") else ""
    phone = format_phone(party.phone) if party.phone and access.can_read("phone") else ""
    return email if flaw.fix == "email" else " · ".join(text for text in (email, phone) if text)


@require_http_methods(["GET", "POST"])
@requires("customer", "edit")
def fix(request: WorkspaceRequest, key: str, party_id: UUID) -> HttpResponse:
    """Ask for what mends one problem of one customer, and write it."""
    party = get_party(request.member, party_id, "edit")
    flaw = _flaw(request.member, key)
    if not flaw.fix:
        raise Missing("fix")
    check_writable(request.member, WRITES[flaw.fix])
    rule, field = MENDED_BY.get(key, ("", ""))
    row = open_suggestions(request.member).filter(party=party, rule=rule, field=field).first()
    given = request.POST if request.method == "POST" else None
    form = FixForm(flaw.fix, party, given, suggested=row.after if row else "")
    if request.method == "POST" and form.is_valid():
        try:
            fix_customer(actor=request.actor, party=party, fix=flaw.fix, given=form.cleaned_data)
        except Invalid as refusal:
            for problem in refusal.problems:
                name = next(
                    (
                        one
                        for one in form.fields
                        if problem.field.startswith(one) or problem.field.endswith(one)
                    ),
                    None,
                )
                form.add_error(name, str(problem.message))
        else:
            return close_dialog(_("Saved."), events=("list-changed",))
    context = {
        "form": form,
        "title": party.label,
        "subtitle": flaw.label,
        "cancel_url": reverse("directory:quality_flaw", args=[key]),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)


@require_POST
@requires("customer", "edit")
def right(request: WorkspaceRequest, key: str, party_id: UUID) -> HttpResponse:
    """Note that what looks like a problem is right; its line goes away."""
    party = get_party(request.member, party_id, "edit")
    call_right(actor=request.actor, party_id=party.id, problem=_flaw(request.member, key).key)
    undo = reverse("directory:quality_wrong", args=[key, party.id])
    return toast(HttpResponse(), _("It counts no more until the text changes."), undo_url=undo)


@require_POST
@requires("customer", "edit")
def wrong(request: WorkspaceRequest, key: str, party_id: UUID) -> HttpResponse:
    """Take back that something is right."""
    party = get_party(request.member, party_id, "edit")
    take_right_back(actor=request.actor, party_id=party.id, problem=_flaw(request.member, key).key)
    return trigger(close_dialog(_("Taken back.")), "list-changed")


def _flaw(member: Member, key: str) -> Flaw:
    found = next((flaw for flaw in flaws_for(member) if flaw.key == key), None)
    if found is None:
        raise Missing("quality")
    return found

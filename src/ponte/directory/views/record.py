"""The customer's page: the whole of it, its short version beside lists, and the bin's way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.directory.models import PartyFacts
from ponte.directory.policies import customer_fields, get_party, may_act
from ponte.directory.selectors.merges import survivor_of
from ponte.directory.selectors.records import CustomerRecord, get_deleted, get_record
from ponte.directory.services.deletion import delete_parties, restore_parties
from ponte.directory.views.showing import Shown, show_contacts, show_figures, show_groups, stage_tone
from ponte.ui.htmx import go_to, refresh_page
from ponte.workplace.custom_fields.showing import sections_of
from ponte.workplace.panels import panels_for
from ponte.workplace.record import Alert, MainBlock, alerts_for, main_blocks_for
from ponte.workplace.services.recents import note_seen


@require_safe
@requires("customer", "view")
def record(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show everything about one customer."""
    try:
        found = get_record(request.member, party_id)
    except Missing:
        return _elsewhere(request, party_id)
    party = found.party
    note_seen(member=request.member, object="customer", object_id=party.id)
    record_view(actor=request.actor, object_type="customer", ids=[party.id], where="customer page")
    blocks = [_block(request, block, party.id) for block in main_blocks_for(request.member, party.kind)]
    panels = [
        (panel, reverse(panel.url_name, args=[party.id])) for panel in panels_for(request.member, party.kind)
    ]
    context = _context(request, found) | {
        "blocks": blocks,
        "panels": panels,
        "alerts": [*_alerts(found), *alerts_for(request.member, party.id)],
        "may_delete": may_act(request.member, party, "delete"),
        "may_merge": may_act(request.member, party, "edit"),
    }
    return render(request, "directory/record.html", context)


@require_safe
@requires("customer", "view")
def quick(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer at a glance, for the side panel."""
    found = get_record(request.member, party_id)
    record_view(actor=request.actor, object_type="customer", ids=[party_id], where="customer at a glance")
    return render(request, "directory/quick.html", _context(request, found) | {"alerts": _alerts(found)})


@require_safe
@requires("customer", "view")
def figures(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Answer the key figures anew, after something changed."""
    party = get_party(request.member, party_id)
    access = customer_fields(request.member)
    facts = PartyFacts.objects.get(party_id=party.id)
    return render(
        request, "directory/_figures.html", {"party": party, "figures": show_figures(facts, access)}
    )


def _context(request: WorkspaceRequest, found: CustomerRecord) -> dict[str, Any]:
    access = customer_fields(request.member)
    party = found.party
    may_edit = may_act(request.member, party, "edit")
    groups: list[Shown] = show_groups(party, access)
    return {
        "party": party,
        "record": found,
        "may_edit": may_edit,
        "groups": groups,
        "contacts": show_contacts(found, access),
        "figures": show_figures(party.facts, access),
        "custom_sections": sections_of(request.member, party.kind, party.custom),
        "custom_object": party.kind,
        "row_id": party.id,
        "stage_tone": stage_tone(party),
        "is_square": not party.is_person,
        "show_stage": access.can_read("stage"),
        "may_stage": may_edit and access.can_write("stage"),
        "show_owner": access.can_read("owner"),
        "list_url": reverse("directory:people" if party.is_person else "directory:companies"),
    }


def _block(request: WorkspaceRequest, block: MainBlock, party_id: UUID) -> dict[str, Any]:
    """Return a block of the middle as the template needs it: written at once, or where it is fetched from."""
    if block.render is not None:
        return {"title": block.title, "html": block.render(request, party_id)}
    return {"title": block.title, "url": reverse(block.url_name, args=[party_id])}


def _alerts(found: CustomerRecord) -> list[Alert]:
    alerts = [Alert(found.party.alert, tone="orange")] if found.party.alert else []
    if found.fresh_merge:
        url = reverse("directory:merge_done", args=[found.fresh_merge])
        alerts.append(Alert(_("Merged in the last days: look at it or undo it"), "blue", "git-merge", url))
    if found.is_disputed:
        alerts.append(
            Alert(
                _("Another customer claims the same e-mail, phone or document"),
                icon="arrows-exchange",
                url=reverse("directory:claims"),
            )
        )
    closed = sum(1 for row in (*found.emails, *found.phones) if row["opted_out_at"])
    if closed:
        text = ngettext(
            "Doesn't want contact on one channel", "Doesn't want contact on %(count)s channels", closed
        )
        alerts.append(Alert(text % {"count": closed}, tone="red", icon="bell-off"))
    return alerts


def _elsewhere(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Lead from a merged customer to the one it is part of, or show that it rests in the bin."""
    survivor_id = survivor_of(party_id)
    if survivor_id is not None:
        return redirect("directory:record", get_party(request.member, survivor_id).id)
    party = get_deleted(request.member, party_id)
    return render(request, "directory/deleted.html", {"party": party})


@require_POST
@requires("customer", "delete")
def delete(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Put a customer into the bin and go back to the list."""
    party = get_party(request.member, party_id, "delete")
    delete_parties(actor=request.actor, party_ids=[party.id])
    url = reverse("directory:people" if party.is_person else "directory:companies")
    return go_to(url) if request.htmx else redirect(url)


@require_POST
@requires("customer", "delete")
def restore(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Bring a customer back from the bin."""
    party = get_deleted(request.member, party_id)
    restore_parties(actor=request.actor, party_ids=[party.id])
    if request.htmx:
        return refresh_page(_("%(name)s is back") % {"name": party.label})
    return redirect("directory:record", party.id)

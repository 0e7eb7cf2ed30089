"""Single entries of a timeline: correcting, pinning, deleting, commenting."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.errors import Denied, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.timeline.forms.interaction import EditForm, UUIDsField, initial_of, show_problems
from ponte.timeline.kinds import kind_of
from ponte.timeline.models import Interaction
from ponte.timeline.policies import get_visible_party, interaction_fields, may_comment, may_on
from ponte.timeline.selectors.interactions import (
    comments_of,
    get_comment,
    get_deleted_interaction,
    get_interaction,
)
from ponte.timeline.selectors.people import find_colleagues, participants_named, suggest_participants
from ponte.timeline.services import comments as talking
from ponte.timeline.services.interaction_edits import (
    delete_interaction,
    edit_interaction,
    pin_interaction,
    restore_interaction,
)
from ponte.timeline.views.present import show_all
from ponte.ui.htmx import toast, trigger


def _entry(request: WorkspaceRequest, row: Interaction, **context: Any) -> HttpResponse:
    """Answer one entry as the timeline shows it, its text whole."""
    shown = show_all(request.member, [row], whole=True)[0]
    if context.pop("all_comments", False):
        shown.around.comments = comments_of(request.member, row)
    return render(
        request,
        "timeline/_entry.html",
        {
            "entry": shown,
            "party": row.party,
            "may_comment": may_comment(request.member),
            **context,
        },
    )


@require_GET
@requires("interaction", "view")
def entry(request: WorkspaceRequest, interaction_id: UUID) -> HttpResponse:
    """Show one entry with its whole text and all its comments."""
    row = get_interaction(request.member, interaction_id)
    return _entry(request, row, all_comments=True, is_open=True)


@require_http_methods(["GET", "POST"])
@requires("interaction", "edit")
def edit(request: WorkspaceRequest, interaction_id: UUID) -> HttpResponse:
    """Correct an entry in its place."""
    row = get_interaction(request.member, interaction_id)
    if not (kind_of(row.kind).editable and may_on(request.member, "edit", row)):
        raise Denied("interaction", "edit")
    access = interaction_fields(request.member)
    form = EditForm(request.POST or None, initial=initial_of(request.member, row), access=access)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, row, form)
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return trigger(_entry(request, saved), "customer-changed")
    status = 422 if form.is_bound else 200
    context = {"form": form, "row": row, "kind": kind_of(row.kind), "party": row.party}
    return render(request, "timeline/_edit.html", context, status=status)


def _save(request: WorkspaceRequest, row: Interaction, form: EditForm) -> Interaction:
    changes = form.changes()
    if "others" in form.changed_data:
        party, names = row.party, form.cleaned_data["others"]
        changes["participants"] = participants_named(request.member, party, names)
    edit_interaction(actor=request.actor, interaction=row, version=form.cleaned_data["version"], **changes)
    return get_interaction(request.member, row.id)


@require_POST
@requires("interaction", "delete")
def delete(request: WorkspaceRequest, interaction_id: UUID) -> HttpResponse:
    """Take an entry away, with undo."""
    row = get_interaction(request.member, interaction_id)
    delete_interaction(actor=request.actor, interaction=row)
    response = trigger(HttpResponse(""), "customer-changed")
    undo = reverse("timeline:restore", args=[row.id])
    return toast(response, _("%(kind)s deleted") % {"kind": kind_of(row.kind).label}, undo_url=undo)


@require_POST
@requires("interaction", "delete")
def restore(request: WorkspaceRequest, interaction_id: UUID) -> HttpResponse:
    """Bring a deleted entry back."""
    row = get_deleted_interaction(request.member, interaction_id)
    restore_interaction(actor=request.actor, interaction=row)
    return trigger(trigger(HttpResponse(status=204), "timeline-changed"), "customer-changed")


@require_POST
@requires("interaction", "edit")
def pin(request: WorkspaceRequest, interaction_id: UUID) -> HttpResponse:
    """Pin an entry to the top, or unpin it."""
    row = get_interaction(request.member, interaction_id)
    pin_interaction(actor=request.actor, interaction=row, pinned=request.POST.get("pinned") == "1")
    return trigger(HttpResponse(status=204), "timeline-changed")


@require_POST
@requires("interaction", "create")
def comment(request: WorkspaceRequest, interaction_id: UUID) -> HttpResponse:
    """Add a comment and show the entry with it."""
    row = get_interaction(request.member, interaction_id)
    try:
        talking.comment_interaction(
            actor=request.actor,
            interaction=row,
            body=request.POST.get("body", ""),
            mentions=UUIDsField(required=False).clean(request.POST.getlist("mentions")),
        )
    except Invalid as refusal:
        context = {"comment_error": refusal.problems[0].message, "comment_text": request.POST.get("body", "")}
        response = _entry(request, row, all_comments=True, is_open=True, **context)
        response.status_code = 422
        return response
    return _entry(request, row, all_comments=True, is_open=True)


@require_POST
@requires("interaction", "view")
def delete_comment(request: WorkspaceRequest, comment_id: UUID) -> HttpResponse:
    """Take one's own comment away, with undo."""
    row = get_comment(request.member, comment_id)
    talking.delete_comment(actor=request.actor, comment=row)
    undo = reverse("timeline:restore_comment", args=[row.id])
    response = _entry(request, row.interaction, all_comments=True, is_open=True)
    return toast(response, _("Comment deleted"), undo_url=undo)


@require_POST
@requires("interaction", "view")
def restore_comment(request: WorkspaceRequest, comment_id: UUID) -> HttpResponse:
    """Bring one's own deleted comment back."""
    talking.restore_comment(actor=request.actor, comment=get_comment(request.member, comment_id))
    return trigger(HttpResponse(status=204), "timeline-changed")


@require_GET
@requires("interaction", "view")
def mentionable(request: WorkspaceRequest) -> JsonResponse:
    """Answer colleagues whose name begins with ``q``, for the @ picker."""
    found = find_colleagues(request.GET.get("q", "")[:60])
    items = [{"value": str(one.id), "label": one.name, "note": _(one.role.name)} for one in found]
    return JsonResponse({"items": items})


@require_GET
@requires("interaction", "view")
def participants(request: WorkspaceRequest, party_id: UUID) -> JsonResponse:
    """Answer people who may have taken part, by the beginning of a name."""
    party = get_visible_party(request.member, party_id)
    notes = {"customer": _("Customer"), "colleague": _("Colleague")}
    found = suggest_participants(request.member, party, request.GET.get("q", "")[:60])
    items = [{"value": name, "label": name, "note": notes[what]} for name, what in found]
    return JsonResponse({"items": items})

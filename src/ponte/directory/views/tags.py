"""Settings: the tags there are, how many customers carry each, renaming, joining and deleting them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.forms.tags import RetireForm, TagForm
from ponte.directory.models import PartyTag, Tag
from ponte.directory.services.tag_retiring import retire_tag, retiring
from ponte.directory.services.tags import create_tag, update_tag
from ponte.workplace.admin.answers import answer_form


@require_safe
@requires("settings")
def tags(request: WorkspaceRequest) -> HttpResponse:
    """Show every tag with the number of its customers: the same three queries for any number of tags."""
    living = PartyTag.objects.filter(party__deleted_at=None)
    counted = living.values_list("tag_id", "party__kind").annotate(count=Count("id"))
    counts = {(tag_id, kind): count for tag_id, kind, count in counted}
    leaving = retiring()
    rows = [
        {
            "tag": tag,
            "people": counts.get((tag.id, "person"), 0),
            "companies": counts.get((tag.id, "company"), 0),
            "is_leaving": str(tag.id) in leaving,
        }
        for tag in Tag.objects.order_by("key")
    ]
    return render(request, "directory/settings/tags.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires("settings")
def tag_new(request: WorkspaceRequest) -> HttpResponse:
    """Make a tag."""
    return answer_form(
        request,
        TagForm(request.POST or None),
        lambda given: create_tag(actor=request.actor, **given),
        title=_("New tag"),
        done=_("The tag is there."),
        back=reverse("directory:tag_list"),
    )


@require_http_methods(["GET", "POST"])
@requires("settings")
def tag_edit(request: WorkspaceRequest, tag_id: UUID) -> HttpResponse:
    """Rename or recolour a tag."""
    tag = _get(tag_id)
    return answer_form(
        request,
        TagForm(request.POST or None, initial={"name": tag.name, "color": tag.color}),
        lambda given: update_tag(actor=request.actor, tag_id=tag_id, **given),
        title=tag.name,
        done=_("Saved."),
        back=reverse("directory:tag_list"),
    )


@require_http_methods(["GET", "POST"])
@requires("settings")
def tag_retire(request: WorkspaceRequest, tag_id: UUID) -> HttpResponse:
    """Delete a tag, or join it into another one."""
    tag = _get(tag_id)
    form = RetireForm(request.POST if request.method == "POST" else None, tag=tag)

    def save(given: dict[str, Any]) -> None:
        into = UUID(given["into"]) if given["into"] else None
        retire_tag(actor=request.actor, tag_id=tag_id, into_id=into)

    return answer_form(
        request,
        form,
        save,
        title=_("Delete or join “%(name)s”") % {"name": tag.name},
        done=_("Being done in the background; with many customers it takes a minute."),
        back=reverse("directory:tag_list"),
    )


def _get(tag_id: UUID) -> Tag:
    tag = Tag.objects.filter(id=tag_id).first()
    if tag is None:
        raise Missing("tag")
    return tag

"""Giving and taking stars."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.ui.htmx import toast
from ponte.workplace.services.favourites import set_favourite


@require_POST
def favourite(request: WorkspaceRequest, object: str, object_id: UUID) -> HttpResponse:
    """Give (``starred=yes``) or take the member's star, and answer with the star as it is now."""
    wanted = request.POST.get("starred") == "yes"
    try:
        starred = set_favourite(member=request.member, object=object, object_id=object_id, starred=wanted)
    except Invalid as refusal:
        return toast(
            HttpResponse(status=422, headers={"HX-Reswap": "none"}), refusal.problems[0].message, tone="error"
        )
    context = {"object": object, "id": object_id, "starred": starred}
    response = render(request, "workplace/star.html", context)
    return toast(response, _("Added to favourites.") if starred else _("Removed from favourites."))

"""Settings: what came through a form, and deciding about what was held back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access, requires
from ponte.sales.form_fields import read_fields
from ponte.sales.models import Form, FormPost, Lead
from ponte.sales.policies import visible_leads
from ponte.sales.services.form_interests import typed_of
from ponte.sales.services.form_reading import discard_post, release_post
from ponte.workplace.admin.answers import answer_act


def shown_posts(
    request: WorkspaceRequest, form: Form, posts: Sequence[FormPost]
) -> list[tuple[FormPost, str, Lead | None]]:
    """Return posts with what was typed and the lead they became, as far as the member's role shows them."""
    fields = read_fields(form.fields)
    reads = field_access(request.member, "lead").can_read("typed")
    ids = {post.lead_id for post in posts if post.lead_id}
    leads = visible_leads(request.member).select_related("party").in_bulk(ids) if ids else {}
    return [
        (post, _short(typed_of(fields, post.values)) if reads else "", leads.get(post.lead_id))
        for post in posts
    ]


def _short(typed: dict[str, Any]) -> str:
    return " · ".join(str(value) for key, value in typed.items() if key != "_labels")[:200]


@require_POST
@requires("sales")
def release(request: WorkspaceRequest, form_id: UUID, post_id: UUID) -> HttpResponse:
    """Make a lead of what was held back."""
    return answer_act(
        request,
        lambda: release_post(actor=request.actor, post_id=post_id),
        done=_("It is a lead now."),
        back=reverse("sales:form", args=[form_id]),
    )


@require_POST
@requires("sales")
def discard(request: WorkspaceRequest, form_id: UUID, post_id: UUID) -> HttpResponse:
    """Throw away what was held back."""
    return answer_act(
        request,
        lambda: discard_post(actor=request.actor, post_id=post_id),
        done=_("Thrown away."),
        back=reverse("sales:form", args=[form_id]),
    )

"""What all pages for people without an account share: the workspace behind a token, limits, headers that keep the link secret."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ponte.core.actors import Actor
from ponte.core.brazil.documents import format_cpf
from ponte.core.errors import Invalid, Missing
from ponte.core.tenancy.models import Membership, Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.core.turns import PageTurns
from ponte.sales.document_links import workspace_of
from ponte.sales.documents.brand import load_logo

TURNS = PageTurns("document", looks=120, changes=20)  # per network address and minute
_PREVIEWS = re.compile(
    r"bot|crawl|spider|preview|facebookexternalhit|whatsapp|telegram|slack|skype|curl|wget", re.IGNORECASE
)


def serve(request: HttpRequest, token: str, answer: Callable[[Workspace], HttpResponse]) -> HttpResponse:
    """Answer inside the token's workspace; 404 for what isn't there, 429 for too much."""
    if not TURNS.take(request):
        return private(render(request, "429.html", status=429))
    workspace_id = workspace_of(token)
    workspace = Workspace.objects.filter(id=workspace_id, is_active=True).first() if workspace_id else None
    if workspace is None:
        raise Http404
    try:
        with workspace_scope(workspace):
            return private(answer(workspace))
    except Missing:
        raise Http404 from None


def customer_actor(request: HttpRequest, label: str) -> Actor:
    """Return who acts on such a page, as the audit log names them."""
    return Actor(member=None, kind="system", label=label, address=request.META.get("REMOTE_ADDR"))


def seen_by_customer(request: HttpRequest, workspace: Workspace) -> bool:
    """Tell whether a look counts: not those of colleagues who are logged in, nor of programs that make previews of links."""
    if request.method != "GET" or _PREVIEWS.search(request.headers.get("User-Agent", "")):
        return False
    user = request.user
    if not user.is_authenticated:
        return True
    return not Membership.objects.filter(user_id=user.pk, workspace=workspace).exists()


def evidence_of(request: HttpRequest, page: str) -> dict[str, str]:
    """Return what is known of who is at the page."""
    return {
        "address": request.META.get("REMOTE_ADDR", ""),
        "browser": request.headers.get("User-Agent", "")[:300].replace("\x00", ""),
        "page": page,
    }


def problems_by_field(refusal: Invalid, fields: Collection[str]) -> dict[str, str]:
    """Return what is wrong by the page's fields; "whole" for what belongs to none of them."""
    return {one.field if one.field in fields else "whole": str(one.message) for one in refusal.problems}


def first_wrong(problems: Collection[str], fields: Sequence[str]) -> str:
    """Return the first of the page's fields with a problem, which takes the cursor: on a long page nobody finds it otherwise."""
    return next((field for field in fields if field in problems), "")


def masked_cpf(cpf: str) -> str:
    """Return a CPF as strangers may see it: •••.982.247-••."""
    text = format_cpf(cpf)
    return f"•••.{text[4:11]}-••" if len(text) == 14 else ""


def logo_address() -> str:
    """Return the business's logo as a ``data:`` address; empty without one."""
    logo = load_logo()
    return f"data:{logo[0]};base64,{base64.b64encode(logo[1]).decode()}" if logo else ""


def private(response: HttpResponse) -> HttpResponse:
    """Keep the link secret. Not "no-referrer": the browser's form would then be refused as forged."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response

"""The preference page: a customer without an account decides what they are contacted for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.core.turns import PageTurns
from ponte.directory.models import Party
from ponte.directory.selectors.merges import survivor_of
from ponte.privacy.links import read_token
from ponte.privacy.purposes import LANGUAGES
from ponte.privacy.selectors.preferences import always, offered
from ponte.privacy.services.preferences import check_link, save_preferences, stop_everything

TURNS = PageTurns("preferences", looks=60, changes=20)  # per network address and minute
LABEL = "Customer (preference page)"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a customer allows, and save what they change; only POST changes anything."""
    if not TURNS.take(request):
        return _private(render(request, "429.html", status=429))
    found = read_token(token)
    if found is None:
        raise Http404
    workspace = Workspace.objects.filter(id=found[0], is_active=True).first()
    if workspace is None:
        raise Http404
    language = _language(request)
    with translation.override(language):
        return _private(_answer(request, workspace, found[1], found[2], language))


def _answer(
    request: HttpRequest, workspace: Workspace, party_id: UUID, serial: int, language: str
) -> HttpResponse:
    try:
        with workspace_scope(workspace):
            check_link(party_id=party_id, serial=serial)
            party_id = _living(party_id)
            if request.method == "POST":
                _save(request, party_id, language)
                return redirect(f"{request.path}?lang={language}&saved=1")
            context: dict[str, Any] = {
                "workspace": workspace,
                "purposes": offered(party_id, language),
                "always": always(),
                "saved": "saved" in request.GET,
                "language": language,
                "languages": (("pt-br", "Português"), ("en", "English")),
            }
            return render(request, "privacy/preferences.html", context)
    except Missing:
        raise Http404 from None


def _living(party_id: UUID) -> UUID:
    """Return the customer a link means: the one they were merged into, where they were."""
    found = survivor_of(party_id) or party_id
    if not Party.objects.filter(id=found, deleted_at=None).exists():
        raise Missing("customer")
    return found


def _save(request: HttpRequest, party_id: UUID, language: str) -> None:
    actor = Actor(member=None, kind="system", label=LABEL, address=request.META.get("REMOTE_ADDR"))
    evidence = {
        "address": request.META.get("REMOTE_ADDR", ""),
        "browser": request.headers.get("User-Agent", "")[:300].replace("\x00", ""),
        "page": "preferences",
        "language": language,
    }
    given: dict[str, Any] = {"party_id": party_id, "language": language, "evidence": evidence}
    if request.POST.get("act") == "stop":
        stop_everything(actor=actor, **given)
        return
    pairs = [value.partition(":") for value in request.POST.getlist("allow")]
    save_preferences(actor=actor, wanted={(purpose, channel) for purpose, _, channel in pairs}, **given)


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("lang") or translation.get_language_from_request(request)
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    # The link is a secret, so no other site may learn it. Not "no-referrer": browsers then send "Origin: null" with the
    # form, which the protection against forged requests refuses.
    response["Referrer-Policy"] = "same-origin"
    return response

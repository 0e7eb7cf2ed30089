"""Settings: purposes and the words customers agree to."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.privacy.forms.consent import PurposeForm, TextForm
from ponte.privacy.models import ConsentText, ContactChannel
from ponte.privacy.purposes import LANGUAGES, PurposeInfo, current_text, get_purpose, list_purposes
from ponte.privacy.services.purposes import create_purpose, publish_text, save_purpose
from ponte.workplace.admin.answers import answer_form

CHANNELS = dict(ContactChannel.choices)


@require_safe
@requires("settings")
def purposes(request: WorkspaceRequest) -> HttpResponse:
    """Show what customers are contacted for."""
    items = [
        {"info": info, "channels": [CHANNELS[channel] for channel in info.channels]}
        for info in list_purposes(active=False)
    ]
    return render(request, "privacy/settings/purposes.html", {"items": items})


@require_http_methods(["GET", "POST"])
@requires("settings")
def purpose_new(request: WorkspaceRequest) -> HttpResponse:
    """Add a purpose."""
    form = PurposeForm(request.POST or None, initial={"is_public": True, "channels": ["email", "whatsapp"]})

    def save(given: dict[str, Any]) -> None:
        given.pop("version")
        create_purpose(actor=request.actor, **given)

    return answer_form(
        request, form, save, title=_("New purpose"), done=_("Saved."), back=reverse("privacy:purposes")
    )


@require_http_methods(["GET", "POST"])
@requires("settings")
def purpose(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Change a purpose."""
    info = _get(key)
    names = (*PurposeForm.base_fields,)
    initial = {name: getattr(info, name, None) for name in names}
    form = PurposeForm(request.POST or None, initial=initial, fixed_key=True)

    def save(given: dict[str, Any]) -> None:
        save_purpose(actor=request.actor, key=key, **given, order=info.order)

    return answer_form(
        request, form, save, title=str(info.name), done=_("Saved."), back=reverse("privacy:purposes")
    )


@require_http_methods(["GET", "POST"])
@requires("settings")
def texts(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Change the words customers agree to."""
    info = _get(key)
    initial = {_field(language): current_text(info, language) for language in LANGUAGES}

    def save(given: dict[str, Any]) -> None:
        for language in LANGUAGES:
            publish_text(actor=request.actor, purpose=key, language=language, body=given[_field(language)])

    return answer_form(
        request,
        TextForm(request.POST or None, initial=initial),
        save,
        title=_("Words customers agree to: %(purpose)s") % {"purpose": info.name},
        done=_("Saved. Consents keep the words they were given on."),
        back=reverse("privacy:purposes"),
    )


@require_safe
@requires("settings")
def versions(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show every version of a purpose's words."""
    info = _get(key)
    rows = ConsentText.objects.filter(purpose=key).order_by("language", "-version")
    return render(request, "privacy/settings/versions.html", {"info": info, "rows": rows})


def _field(language: str) -> str:
    return language.replace("-", "_")


def _get(key: str) -> PurposeInfo:
    info = get_purpose(key)
    if info is None:
        raise Missing("purpose")
    return info

"""What a phone asks for to write without a network, and where it sends what was written then."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.timeline.forms.interaction import ComposerForm, show_problems
from ponte.timeline.kinds import composer_kinds
from ponte.timeline.policies import get_visible_party, interaction_fields
from ponte.timeline.views.telling import keep_told
from ponte.workplace.devices import keeps_names
from ponte.workplace.selectors.records import recent_records

MOST_NAMES = 60
CUSTOMERS = frozenset({"customer", "person", "company"})


@require_GET
@never_cache
def state(request: WorkspaceRequest) -> JsonResponse:
    """Answer who is logged in, what they may write, and the customers they saw last.

    The names are kept on the device, for a search without a network, unless the member has said no.
    """
    member = request.member
    may_keep = keeps_names(member)
    return JsonResponse(
        {
            "member": str(member.id),
            "name": member.name,
            "workspace": request.workspace.slug,
            "workspace_name": request.workspace.name,
            "language": get_language(),
            "csrf": get_token(request),
            "keeps_names": may_keep,
            "kinds": _kinds(member),
            "customers": _customers(member) if may_keep else [],
        }
    )


def _kinds(member: Member) -> list[dict[str, str]]:
    """Return what the member may write about a customer; only what has a text can be written on the device."""
    if not may(member, "interaction", "create") or not interaction_fields(member).can_write("body"):
        return []
    kinds = [{"key": kind.key, "label": str(kind.label)} for kind in composer_kinds()]
    return [*kinds, {"key": "task", "label": _("Task")}] if may(member, "task", "create") else kinds


def _customers(member: Member) -> list[dict[str, str]]:
    seen = [hit for hit in recent_records(member, MOST_NAMES) if hit.object in CUSTOMERS]
    return [{"id": str(hit.id), "name": hit.title} for hit in seen]  # no phone, no address: names only


@require_POST
@requires("interaction", "create")
def entries(request: WorkspaceRequest) -> JsonResponse:
    """Record what was written without a network: the composer's fields, ``party``, ``device_key`` and ``written_at``.

    Answers 201 when it was recorded, 200 when it had been before, 422 with what is wrong.
    """
    form = ComposerForm(request.POST, request.FILES, access=interaction_fields(request.member))
    if not form.is_valid():
        return _refused(request, form)
    if form.cleaned_data["device_key"] is None:
        return _refusal(
            request, [_("The device gave this no key of its own. Copy the text and record it by hand.")]
        )
    try:
        party = get_visible_party(request.member, _asked_party(request))
        kept = keep_told(request, party, form, written_at=_written_at(request))
    except Missing:
        return _refusal(request, [_("This customer isn't there any more, or isn't visible to you.")])
    except Denied:
        return _refusal(request, [_("Your role doesn't allow recording this any more.")])
    except Invalid as refusal:
        show_problems(form, refusal)
        return _refused(request, form)
    return JsonResponse({"url": kept.url, "said": kept.said}, status=200 if kept.is_known else 201)


def _asked_party(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("party", ""))
    except ValueError as error:
        raise Missing("customer") from error


def _written_at(request: HttpRequest) -> datetime:
    """Return when it was written; a clock that runs ahead counts as now."""
    now = timezone.now()
    try:
        told = parse_datetime(request.POST.get("written_at", ""))
    except ValueError:
        told = None
    return now if told is None or timezone.is_naive(told) else min(told, now)


def _refused(request: WorkspaceRequest, form: ComposerForm) -> JsonResponse:
    problems = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        problems += [f"{label}: {error}" if label else str(error) for error in errors]
    return _refusal(request, problems)


def _refusal(request: WorkspaceRequest, problems: list[Any]) -> JsonResponse:
    request.ponte_failed = True
    return JsonResponse({"problems": problems}, status=422)

"""Settings: the service contracts may be signed at."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.contract_template import ServiceForm
from ponte.sales.models.signature_service import SignatureService
from ponte.sales.services.signature_services import (
    hook_path,
    remove_signature_service,
    save_signature_service,
)
from ponte.workplace.admin.answers import answer_act, answer_form

BACK = "sales:contract_templates"


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def service(request: WorkspaceRequest) -> HttpResponse:
    """Choose the service and give its secrets."""
    row = SignatureService.objects.first()
    initial = {"url": row.url, "is_active": row.is_active} if row else {"is_active": True}
    posted = request.POST if request.method == "POST" else None
    return answer_form(
        request,
        ServiceForm(posted, initial=initial, is_new=row is None),
        lambda given: save_signature_service(actor=request.actor, **given),
        title=_("Signature service"),
        done=_("Saved. Enter the address for messages at the service."),
        back=reverse(BACK),
    )


@require_POST
@requires("sales")
def remove(request: WorkspaceRequest) -> HttpResponse:
    """Forget the service."""
    return answer_act(
        request,
        lambda: remove_signature_service(actor=request.actor),
        done=_("The signature service is forgotten."),
        back=reverse(BACK),
    )


def hook_address(request: WorkspaceRequest, row: SignatureService | None) -> str:
    """Return the whole address the service is to call; empty without one."""
    base = settings.PONTE_URL or request.build_absolute_uri("/")
    return base.rstrip("/") + hook_path(row) if row else ""

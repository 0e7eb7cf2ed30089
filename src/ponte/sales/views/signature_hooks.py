"""Where the signature service tells what happened. No log-in: the address is secret and each message is signed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ponte.core.errors import Missing
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.sales.adapters.clicksign.webhooks import HEADER, MOST_BYTES
from ponte.sales.document_links import workspace_of
from ponte.sales.services.provider_events import receive_message
from ponte.sales.views.public_frame import private


@csrf_exempt
@require_POST
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Store a message; the answer is quick, reading it is a job's."""
    workspace_id = workspace_of(token)
    workspace = Workspace.objects.filter(id=workspace_id, is_active=True).first() if workspace_id else None
    if workspace is None:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return private(HttpResponse(status=413))
    raw = request.body
    try:
        with workspace_scope(workspace):
            taken = receive_message(token=token, raw=raw, header=request.headers.get(HEADER, ""))
    except Missing:
        raise Http404 from None
    return private(HttpResponse(status=200 if taken else 401))

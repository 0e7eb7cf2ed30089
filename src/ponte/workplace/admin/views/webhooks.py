"""Outgoing webhooks and their delivery log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.models import WebhookDelivery, WebhookEndpoint
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services import webhooks
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.admin.forms.webhooks import WebhookForm

PAGE = 50


@require_safe
@requires("integrations")
def webhook_list(request: WorkspaceRequest) -> HttpResponse:
    """Show the endpoints and how they fare."""
    endpoints = WebhookEndpoint.objects.order_by("name", "id")[:200]
    return render(request, "workplace/admin/webhooks.html", {"endpoints": endpoints})


@never_cache
@require_http_methods(["GET", "POST"])
@requires("integrations")
def webhook_create(request: WorkspaceRequest) -> HttpResponse:
    """Make an endpoint and show its secret, this once."""
    form = WebhookForm(request.POST or None, initial={"events": [webhooks.ALL_EVENTS]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            endpoint, secret = webhooks.create_endpoint(
                name=data["name"], url=data["url"], events=data["events"], actor=request.actor
            )
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _show_secret(request, endpoint, secret)
    context = {"form": form, "title": _("New webhook"), "submit_label": _("Create")}
    context["cancel_url"] = reverse("workplace:webhooks")
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)


@require_safe
@requires("integrations")
def webhook(request: WorkspaceRequest, endpoint_id: UUID) -> HttpResponse:
    """Show an endpoint with its delivery log, a page at a time."""
    endpoint = _get(endpoint_id)
    deliveries = endpoint.deliveries.order_by("-id")
    cursor = _uuid(request.GET.get("cursor", ""))
    if request.GET.get("state") in WebhookDelivery.State.values:
        deliveries = deliveries.filter(state=request.GET["state"])
    if cursor:
        deliveries = deliveries.filter(id__lt=cursor)
    rows = list(deliveries[: PAGE + 1])
    context = {
        "endpoint": endpoint,
        "deliveries": rows[:PAGE],
        "next": str(rows[PAGE - 1].id) if len(rows) > PAGE else "",
        "state": request.GET.get("state", ""),
    }
    template = "workplace/admin/_deliveries.html" if cursor else "workplace/admin/webhook.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@requires("integrations")
def webhook_edit(request: WorkspaceRequest, endpoint_id: UUID) -> HttpResponse:
    """Change an endpoint."""
    endpoint = _get(endpoint_id)
    initial = {field: getattr(endpoint, field) for field in ("name", "url", "events", "version")}
    form = WebhookForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any]) -> None:
        webhooks.update_endpoint(endpoint=endpoint, actor=request.actor, **data)

    back = reverse("workplace:webhook", args=[endpoint.id])
    return answer_form(request, form, save, title=endpoint.name, done=_("Saved."), back=back)


@require_POST
@requires("integrations")
def webhook_switch(request: WorkspaceRequest, endpoint_id: UUID) -> HttpResponse:
    """Switch an endpoint on or off."""
    endpoint = _get(endpoint_id)
    active = request.POST.get("active") == "on"
    done = _("The webhook is on.") if active else _("The webhook is off.")
    return _act(
        request,
        endpoint,
        lambda: webhooks.switch_endpoint(endpoint=endpoint, active=active, actor=request.actor),
        done,
    )


@never_cache
@require_POST
@requires("integrations")
def webhook_rotate(request: WorkspaceRequest, endpoint_id: UUID) -> HttpResponse:
    """Give an endpoint a new secret and show it, this once."""
    endpoint = _get(endpoint_id)
    return _show_secret(request, endpoint, webhooks.rotate_secret(endpoint=endpoint, actor=request.actor))


@require_POST
@requires("integrations")
def webhook_test(request: WorkspaceRequest, endpoint_id: UUID) -> HttpResponse:
    """Send a test event."""
    endpoint = _get(endpoint_id)
    return _act(
        request,
        endpoint,
        lambda: webhooks.send_test(endpoint=endpoint, actor=request.actor),
        _("A test is on its way."),
    )


@require_POST
@requires("integrations")
def webhook_delete(request: WorkspaceRequest, endpoint_id: UUID) -> HttpResponse:
    """Delete an endpoint with its log."""
    endpoint = _get(endpoint_id)
    act = webhooks.delete_endpoint
    done = _("Webhook deleted.")
    back = reverse("workplace:webhooks")
    return answer_act(
        request, lambda: act(endpoint=endpoint, actor=request.actor), done=done, back=back, leave=True
    )


@require_safe
@requires("integrations")
def delivery(request: WorkspaceRequest, delivery_id: UUID) -> HttpResponse:
    """Show what was sent, every attempt and the last answer."""
    found = _get_delivery(delivery_id)
    context = {"delivery": found, "body": webhooks.body_of(found).decode(), "title": found.event_name}
    return render(request, "workplace/admin/delivery.html", context)


@require_POST
@requires("integrations")
def replay(request: WorkspaceRequest, delivery_id: UUID) -> HttpResponse:
    """Send a delivery again."""
    found = _get_delivery(delivery_id)
    return _act(
        request,
        found.endpoint,
        lambda: webhooks.replay_webhook(delivery=found, actor=request.actor),
        _("It is being sent again."),
    )


def _act(request: WorkspaceRequest, endpoint: WebhookEndpoint, act: Any, done: str) -> HttpResponse:
    return answer_act(request, act, done=done, back=reverse("workplace:webhook", args=[endpoint.id]))


def _show_secret(request: WorkspaceRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    context = {
        "title": endpoint.name,
        "secret": secret,
        "label": _("Signing secret"),
        "explanation": _(
            "Copy it now: it is shown this once. With it the other side checks that calls come from Ponte."
        ),
        "back": reverse("workplace:webhook", args=[endpoint.id]),
    }
    return render(request, "workplace/admin/secret.html", context)


def _get(endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.filter(id=endpoint_id).first()
    if endpoint is None:
        raise Missing
    return endpoint


def _get_delivery(delivery_id: UUID) -> WebhookDelivery:
    found = WebhookDelivery.objects.select_related("endpoint", "event").filter(id=delivery_id).first()
    if found is None:
        raise Missing
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

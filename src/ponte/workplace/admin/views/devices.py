"""One's own phones: the product on the home screen, what is kept there, which of them are told of notices."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Invalid, Missing
from ponte.core.models import PushDevice
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.members import set_member_preference
from ponte.core.services.notifications import notify
from ponte.core.services.push_devices import Subscription, add_device, public_key, remove_device
from ponte.workplace.admin.answers import answer_act
from ponte.workplace.admin.selectors.logins import browser_of
from ponte.workplace.devices import NAMES_ON_DEVICE, keeps_names

TEST = "push.test"


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: WorkspaceRequest) -> HttpResponse:
    """Show how to install Ponte and who is told; choose whether names are kept on the device."""
    if request.method == "POST":
        set_member_preference(member=request.member, key=NAMES_ON_DEVICE, value="names" in request.POST)
        messages.success(request, _("Saved."))
        return redirect("workplace:devices")
    context = {
        "keeps_names": keeps_names(request.member),
        "devices": PushDevice.objects.filter(member=request.member).order_by("-id"),
        "public_key": public_key(),
    }
    return render(request, "workplace/admin/devices.html", context)


@require_POST
def push_add(request: WorkspaceRequest) -> JsonResponse:
    """Send notices to the browser that asks, with the subscription it got from its push service."""
    told = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    label = browser_of(request.headers.get("User-Agent", ""))["name"]
    try:
        add_device(member=request.member, subscription=Subscription(**told), label=label, actor=request.actor)
    except Invalid as refusal:
        problems = [str(problem.message) for problem in refusal.problems]
        return JsonResponse({"problems": problems}, status=422)
    return JsonResponse({}, status=201)


@require_POST
def push_remove(request: WorkspaceRequest, device_id: UUID) -> HttpResponse:
    """Send no more notices to one of one's own browsers."""
    device = _own(request, device_id)
    return answer_act(
        request,
        lambda: remove_device(device=device, actor=request.actor),
        done=_("No more notices there."),
        back=reverse("workplace:devices"),
    )


@require_POST
def push_test(request: WorkspaceRequest) -> HttpResponse:
    """Send a notice to all of one's own browsers."""
    url = reverse("workplace:devices")
    return answer_act(
        request,
        lambda: notify(
            member=request.member, kind=TEST, title=_("This is how a notice of Ponte looks."), url=url
        ),
        done=_("On its way."),
        back=url,
    )


def _own(request: WorkspaceRequest, device_id: UUID) -> PushDevice:
    device = PushDevice.objects.filter(id=device_id, member=request.member).first()
    if device is None:
        raise Missing
    return device

"""One's own phone: the product on the home screen, what is kept there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ponte.core.requests import WorkspaceRequest
from ponte.core.services.members import set_member_preference
from ponte.workplace.devices import NAMES_ON_DEVICE, keeps_names


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: WorkspaceRequest) -> HttpResponse:
    """Show how to install Ponte; choose whether names are kept on the device."""
    if request.method == "POST":
        set_member_preference(member=request.member, key=NAMES_ON_DEVICE, value="names" in request.POST)
        messages.success(request, _("Saved."))
        return redirect("workplace:devices")
    return render(request, "workplace/admin/devices.html", {"keeps_names": keeps_names(request.member)})

"""What the business says about itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.business import FIELDS, update_workspace
from ponte.ui.forms import add_problems
from ponte.workplace.admin.forms.settings import WorkspaceForm


@require_http_methods(["GET", "POST"])
@requires("workspace")
def workspace(request: WorkspaceRequest) -> HttpResponse:
    """Show and change name, kind, language, time zone and currency."""
    initial: dict[str, Any] = {field: getattr(request.workspace, field) for field in FIELDS}
    form = WorkspaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            update_workspace(actor=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("workplace:workspace")
    return render(
        request, "workplace/admin/workspace.html", {"form": form}, status=422 if form.errors else 200
    )

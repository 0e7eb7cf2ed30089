"""Roles and the switch that hides members' customers from each other."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.models import Role
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.roles import ADMINISTRATOR
from ponte.core.services import roles
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act
from ponte.workplace.admin.forms.rights import ACT_LABELS, RoleForm, areas, rights_from, rows, summary
from ponte.workplace.admin.selectors.people import roles_with_sizes


@require_safe
@requires("roles")
def role_list(request: WorkspaceRequest) -> HttpResponse:
    """Show the roles, how many have each, and the switch."""
    context = {
        "roles": [(role, summary(role)) for role in roles_with_sizes()],
        "private": roles.are_members_private(),
        "private_roles": [role.name for role in roles.private_roles()],
    }
    return render(request, "workplace/admin/roles.html", context)


@require_http_methods(["GET", "POST"])
@requires("roles")
def role_create(request: WorkspaceRequest) -> HttpResponse:
    """Make a role, starting from a copy of ``?from=`` where it is given."""
    source = (
        Role.objects.filter(id=request.GET["from"]).first() if _is_uuid(request.GET.get("from")) else None
    )
    start = source.rights if source and not source.rights.get("all") else {}
    initial = {"name": _("%(name)s (copy)") % {"name": source.name} if source else ""}
    return _edit(request, None, RoleForm(request.POST or None, initial=initial), start)


@require_http_methods(["GET", "POST"])
@requires("roles")
def role_edit(request: WorkspaceRequest, role_id: UUID) -> HttpResponse:
    """Change a role; the administrator's is shown and stays as it is."""
    role = _get(role_id)
    if role.key == ADMINISTRATOR and request.method == "POST":
        raise Missing
    initial = {"name": role.name, "description": role.description, "version": role.version}
    return _edit(request, role, RoleForm(request.POST or None, initial=initial), role.rights)


def _edit(
    request: WorkspaceRequest, role: Role | None, form: RoleForm, rights: dict[str, object]
) -> HttpResponse:
    if request.method == "POST":
        rights = rights_from(request.POST)
        if form.is_valid():
            try:
                _save(request, role, form, rights)
            except Invalid as refusal:
                add_problems(form, refusal)
            else:
                messages.success(request, _("Role saved."))
                return redirect("workplace:roles")
    context = {
        "role": role,
        "form": form,
        "title": role.name if role else _("New role"),
        "rows": rows(rights),
        "areas": areas(rights),
        "acts": list(ACT_LABELS.values()),
        "fixed": bool(role and role.key == ADMINISTRATOR),
    }
    return render(request, "workplace/admin/role.html", context, status=422 if form.errors else 200)


def _save(request: WorkspaceRequest, role: Role | None, form: RoleForm, rights: dict[str, object]) -> None:
    data = form.cleaned_data
    roles.save_role(
        actor=request.actor,
        role=role,
        name=data["name"],
        description=data["description"],
        rights=rights,
        version=data["version"] if role else None,
    )


@require_POST
@requires("roles")
def role_delete(request: WorkspaceRequest, role_id: UUID) -> HttpResponse:
    """Delete a custom role nobody has."""
    role = _get(role_id)
    return answer_act(
        request,
        lambda: roles.delete_role(role=role, actor=request.actor),
        done=_("Role deleted."),
        back=reverse("workplace:roles"),
    )


@require_POST
@requires("roles")
def role_privacy(request: WorkspaceRequest) -> HttpResponse:
    """Turn the switch "members don't see each other's, leaders see theirs" on or off."""
    hide = request.POST.get("private") == "on"
    done = (
        _("Members now see only their own customers.")
        if hide
        else _("Members see each other's customers again.")
    )
    act = roles.hide_members_records if hide else roles.show_members_records
    return answer_act(request, lambda: act(actor=request.actor), done=done, back=reverse("workplace:roles"))


def _is_uuid(text: str | None) -> bool:
    try:
        UUID(text or "")
    except ValueError:
        return False
    return True


def _get(role_id: UUID) -> Role:
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise Missing
    return role

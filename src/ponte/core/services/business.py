"""What the workspace says about itself."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import current_workspace

FIELDS = ("name", "kind", "timezone", "currency", "language")


def update_workspace(*, actor: Actor, **values: Any) -> Workspace:
    """Change name, kind, timezone, currency or language of the open workspace. Raises ``Invalid`` on the field."""
    workspace = Workspace.objects.select_for_update().get(id=current_workspace().id)
    before = {field: getattr(workspace, field) for field in FIELDS}
    if not str(values.get("name", workspace.name)).strip():
        raise Invalid.on("name", "required", _("Give the name of the business."))
    for field in FIELDS:
        if field in values:
            setattr(workspace, field, str(values[field]).strip())
    try:
        ZoneInfo(workspace.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid.on("timezone", "invalid", _("Choose one of the time zones offered.")) from error
    changes = audit.diff(before, {field: getattr(workspace, field) for field in FIELDS})
    if changes:
        workspace.save(update_fields=[*FIELDS])
        audit.record(actor=actor, act="workspace.updated", target=workspace, changes=changes)
    return workspace

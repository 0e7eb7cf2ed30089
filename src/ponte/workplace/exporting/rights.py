"""Who may take everything out."""

from __future__ import annotations

from ponte.core.models import Member
from ponte.core.rights import Scope, field_access, may_area, registered_objects, scope_of


def may_export_everything(member: Member) -> bool:
    """Say whether the member may make complete exports: settings, and export of all of every object, no field hidden."""
    return may_area(member, "workspace") and all(
        scope_of(member, found.name, "export") is Scope.ALL and not field_access(member, found.name).hidden
        for found in registered_objects()
        if "export" in found.acts
    )

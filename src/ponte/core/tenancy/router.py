"""Keeps shared tables out of workspaces' schemas and the reverse."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.conf import settings

migrating_workspace: ContextVar[bool] = ContextVar("ponte_migrating_workspace", default=False)


class TenancyRouter:
    """Lets a migration touch only the kind of schema that is being migrated."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (app_label in settings.TENANT_LABELS) == migrating_workspace.get()

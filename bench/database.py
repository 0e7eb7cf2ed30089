"""The benchmark's own installation: a home, a migrated database and a workspace, made once per scale."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from ponte.cli.postgres import ensure_server
from ponte.cli.postgres.server import Server

SLUG = "bench"
EMAIL, PASSWORD = "bench@exemplo.com.br", "medir-sem-inventar"


@dataclass(frozen=True)
class Installation:
    """Where the measured product lives."""

    home: Path
    server: Server

    def environment(self, port: int) -> dict[str, str]:
        """Return the environment of the product's processes on ``port``."""
        return {
            **os.environ,
            "PONTE_HOME": str(self.home),
            "PORT": str(port),
            "PONTE_API_RATE": "100000000",
            "PONTE_LOG_LEVEL": "ERROR",
            "PONTE_ALLOWED_HOSTS": "localhost,127.0.0.1",
        }


def prepare(home: Path) -> Installation:
    """Start the embedded server of ``home``, point Django at it and migrate."""
    server = ensure_server(home)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "ponte.config.settings",
        "PONTE_HOME": str(home),
        "DATABASE_URL": server.app_url,
        "DATABASE_DIRECT_URL": server.owner_url,
        "PONTE_DATABASE_POOL": "0",
        "PONTE_LOG_LEVEL": "ERROR",
        # the product is started with the same keys, so that the session made here is one of its own
        "PONTE_SECRET_KEY": "bench-bench-bench-bench-bench-bench-bench",
        "PONTE_ENCRYPTION_KEY": base64.urlsafe_b64encode(b"b" * 32).decode(),
    }
    import django

    django.setup()
    from ponte.core.tenancy.schemas import migrate_all

    migrate_all()
    return Installation(home, server)


def make_workspace() -> tuple[str, str]:
    """Create the workspace with an administrator and a token; return its schema and the token's secret."""
    from ponte.core.actors import Actor
    from ponte.core.services.tokens import SCOPES, create_token
    from ponte.core.services.workspaces import add_member, create_workspace
    from ponte.core.tenancy.models import User, Workspace
    from ponte.core.tenancy.scope import workspace_scope

    workspace = Workspace.objects.filter(slug=SLUG).first() or create_workspace(name="Bancada", slug=SLUG)
    user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(
        EMAIL, PASSWORD, name="Bia Bancada"
    )
    actor = Actor.system("bench")
    with workspace_scope(workspace):
        member = add_member(user=user, role="administrator", actor=actor)
        _, secret = create_token(member=member, name="bench", scopes=SCOPES, actor=actor)
    return workspace.schema_name, secret

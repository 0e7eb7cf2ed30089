"""`ponte demo`: the demo workspace with its people and data, made and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ponte.cli.migrating import migrate_with_progress
from ponte.cli.problems import Problem
from ponte.cli.surroundings import read_settings, ready

if TYPE_CHECKING:
    from ponte.core.models import Member, Team
    from ponte.core.tenancy.models import Workspace

SLUG = "demo"
NAME = "Serra Azul Cafés Especiais"
PASSWORD = "ponte-demo-2026"  # noqa: S105 - meant to be known


@dataclass(frozen=True)
class Login:
    """One of the demo's people."""

    name: str
    email: str
    role: str
    label: str
    team: str | None = None
    leads: bool = False


LOGINS = (
    Login("Marina Alves", "marina@demo.example", "administrator", "administradora"),
    Login("Rafael Nunes", "rafael@demo.example", "manager", "gerente de vendas", "Vendas", leads=True),
    Login("Beatriz Lima", "beatriz@demo.example", "salesperson", "vendedora", "Vendas"),
    Login("João Pedro Moura", "joao@demo.example", "salesperson", "vendedor", "Vendas"),
    Login("Camila Rocha", "camila@demo.example", "marketer", "marketing", "Marketing", leads=True),
    Login("Diego Souza", "diego@demo.example", "agent", "atendimento", "Atendimento", leads=True),
)


def demo(
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete the demo workspace with everything in it.")
    ] = False,
) -> None:
    """Make the demo workspace (once), or remove it."""
    ready()
    if remove:
        typer.echo("demo workspace deleted" if remove_demo() else "there is no demo workspace")
        return
    migrate_with_progress()
    made = ensure_demo()
    typer.echo("demo workspace made" if made else "the demo workspace is there already")
    typer.echo("\n".join(logins()))


def logins() -> list[str]:
    """Lines that tell how to log in to the demo."""
    width = max(len(login.email) for login in LOGINS)
    shown = [login for login in LOGINS if login.name != "João Pedro Moura"]
    return [
        "  Demo log-ins (password " + PASSWORD + "):",
        *(f"    {login.email:<{width}}  {login.name}, {login.label}" for login in shown),
    ]


def ensure_demo() -> bool:
    """Make the demo workspace unless it is there: all of it, or nothing when it fails. Tell whether it was made."""
    from django.db import transaction
    from rich.console import Console

    from ponte.core.tenancy.models import Workspace

    if read_settings().is_production:
        raise Problem(
            "The demo workspace has well-known passwords: it is not made with PONTE_MODE=production."
        )
    if Workspace.objects.filter(slug=SLUG).exists():
        return False
    with Console(stderr=True).status("Demo data …") as status, transaction.atomic():
        _make(lambda line: status.update(f"Demo data: {line} …"))
    return True


def _make(say: Callable[[str], None]) -> None:
    from django.utils import timezone, translation

    from ponte.core.actors import Actor
    from ponte.core.services.workspaces import create_workspace
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_scope
    from ponte.workplace.demo import DemoContext, make_demo

    workspace = create_workspace(name=NAME, slug=SLUG, kind=Workspace.Kind.RETAIL, is_demo=True)
    with workspace_scope(workspace), translation.override(workspace.language):
        members = _people()
        today = timezone.localdate()
        context = DemoContext(actor=Actor.for_member(members[0]), today=today, say=say)
        context.made["members"] = list(members)
        make_demo(context)


def _people() -> list[Member]:
    """Accounts, teams and members of the demo, in the open scope."""
    from ponte.cli.accounts import ensure_user
    from ponte.core.actors import Actor
    from ponte.core.services.workspaces import add_member, save_team

    system = Actor.system("demo")
    teams: dict[str, Team] = {}
    members = []
    for login in LOGINS:
        if login.team and login.team not in teams:
            teams[login.team] = save_team(actor=system, name=login.team)
        user, _ = ensure_user(email=login.email, name=login.name, password=PASSWORD)
        team = teams[login.team] if login.team else None
        member = add_member(user=user, role=login.role, actor=system, team=team)
        if team and login.leads:
            save_team(actor=system, team=team, name=team.name, leader=member)
        members.append(member)
    return members


def remove_demo() -> bool:
    """Delete the demo workspace and the accounts that belong to it alone; tell whether there was one."""
    from django.db import transaction

    from ponte.core.services.workspaces import delete_workspace
    from ponte.core.tenancy.models import User, Workspace

    workspace: Workspace | None = Workspace.objects.filter(slug=SLUG, is_demo=True).first()
    if workspace is None:
        return False
    with transaction.atomic():
        delete_workspace(workspace)
        emails = [login.email for login in LOGINS]
        User.objects.filter(email__in=emails, memberships=None).delete()
    return True

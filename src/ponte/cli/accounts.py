"""`ponte user create` and `ponte token create`: who may log in, and programs that act for them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ponte.cli.finding import member_of, workspace_named
from ponte.cli.problems import Problem
from ponte.cli.surroundings import ready

if TYPE_CHECKING:
    from ponte.core.models import Role
    from ponte.core.tenancy.models import User

users = typer.Typer(help="People who may log in.", no_args_is_help=True)
tokens = typer.Typer(help="API tokens: secrets programs show to act for a person.", no_args_is_help=True)

Slug = Annotated[str, typer.Option("--workspace", "-w", help="Address (slug) of the workspace.")]


def ensure_user(*, email: str, name: str, password: str | None) -> tuple[User, bool]:
    """The account of an address, made when missing with its address counted as verified; and whether it was made."""
    from allauth.account.models import EmailAddress

    from ponte.core.tenancy.models import User

    known = User.objects.filter(email=email.lower()).first()
    if known:
        return known, False
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user, True


@users.command("create")
def create_user(
    workspace: Slug,
    email: Annotated[str, typer.Option("--email", "-e", help="Address to log in with.")],
    name: Annotated[str, typer.Option("--name", "-n", help="Name shown to colleagues.")] = "",
    role: Annotated[
        str, typer.Option("--role", "-r", help="Key or name of a role of the workspace.")
    ] = "administrator",
    password: Annotated[
        str | None,
        typer.Option(envvar="PONTE_USER_PASSWORD", help="Password. [default: one is made and shown]"),
    ] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="May see pages of the whole installation (jobs).")
    ] = False,
) -> None:
    """Let a person into a workspace; the account is made when it is not there yet."""
    ready()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from ponte.core.actors import Actor
    from ponte.core.services.workspaces import add_member
    from ponte.core.tenancy.scope import workspace_scope

    try:
        validate_email(email)
    except ValidationError as problem:
        raise Problem(f"{email} is not an e-mail address.") from problem
    chosen = password or secrets.token_urlsafe(12)
    with workspace_scope(workspace_named(workspace)):
        user, made = ensure_user(email=email, name=name, password=_checked(chosen) if password else chosen)
        if operator and not user.is_operator:
            user.is_operator = True
            user.save(update_fields=["is_operator"])
        member = add_member(
            user=user, role=_role(role), actor=Actor.system("ponte user create"), name=name or None
        )
    typer.echo(f"{member.name} <{user.email}> may enter {workspace}")
    if made and password is None:
        typer.echo(f"password: {chosen}")
    elif not made:
        typer.echo("the account was there already; its password is unchanged")


def _checked(password: str) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password)
    except ValidationError as problem:
        raise Problem("The password is too weak: " + " ".join(problem.messages)) from problem
    return password


def _role(name: str) -> Role:
    from django.db.models import Q

    from ponte.core.models import Role

    role = Role.objects.filter(Q(key=name) | Q(name__iexact=name)).first()
    if role is None:
        offered = ", ".join(
            sorted(str(key or title) for key, title in Role.objects.values_list("key", "name"))
        )
        raise Problem(f"There is no role {name}. Choose one of: {offered}")
    return role


@tokens.command("create")
def create_api_token(
    workspace: Slug,
    user: Annotated[str, typer.Option("--user", "-u", help="Address of the person the token acts for.")],
    name: Annotated[str, typer.Option("--name", "-n", help="What the token is for.")] = "ponte token create",
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="May be given again. [default: every scope]")
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Days it works. [default: until revoked]")
    ] = None,
) -> None:
    """Print a new API token. It is shown this once."""
    ready()
    from django.utils import timezone

    from ponte.core.actors import Actor
    from ponte.core.services.tokens import SCOPES, create_token
    from ponte.core.tenancy.scope import workspace_scope

    unknown = sorted(set(scope or ()) - set(SCOPES))
    if unknown:
        raise Problem(f"There is no scope {', '.join(unknown)}. Choose from: {', '.join(SCOPES)}")
    with workspace_scope(workspace_named(workspace)):
        member = member_of(user)
        _, secret = create_token(
            member=member,
            name=name,
            scopes=scope or SCOPES,
            actor=Actor.system("ponte token create"),
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
    typer.echo(secret)

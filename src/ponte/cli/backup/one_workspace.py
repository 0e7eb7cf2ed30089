"""Restoring one workspace beside the others, under its own or a new address."""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from psycopg import sql

from ponte.cli.backup.archive import Manifest, dump_of
from ponte.cli.backup.restoring import put_files, require_key
from ponte.cli.backup.tools import restore_as_sql
from ponte.cli.problems import Problem
from ponte.cli.surroundings import ready

if TYPE_CHECKING:
    from ponte.core.tenancy.models import User, Workspace


def restore_workspace(manifest: Manifest, tar: tarfile.TarFile, *, slug: str | None) -> str:
    """Bring one workspace back; return its address.

    It keeps its id (and with it the links to its files and records) unless that is in use; API tokens and
    invitations are not part of it.

    Raises:
        Problem: the address is taken, or the key is another one; nothing was changed.
    """
    ready()
    require_key(manifest)
    from ponte.cli.migrating import migrate_with_progress
    from ponte.core.ids import uuid7
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.schemas import SCHEMA_PREFIX, migrate_schema

    migrate_with_progress()
    kept = manifest.workspace
    address = slug or kept["slug"]
    _require_free(address)
    identifier = UUID(kept["id"])
    if Workspace.objects.filter(id=identifier).exists():
        identifier = uuid7()
    schema = f"{SCHEMA_PREFIX}{identifier.hex}"
    owner = _owner_url()
    _drop(owner, schema)  # nobody's: left by a restore that was interrupted
    try:
        with dump_of(tar) as dump:
            restore_as_sql(dump, url=owner, rewrite=renaming(kept["schema_name"], schema))
        _move_files(owner, schema, kept["schema_name"])
        migrate_schema(schema)
        put_files(tar, prefix=(f"{kept['schema_name']}/", f"{schema}/"))
        _register(identifier, schema, address, kept)
    except BaseException:
        _drop(owner, schema)
        raise
    return address


def renaming(old: str, new: str) -> Callable[[Iterable[bytes]], Iterator[bytes]]:
    """A rewriter of SQL that puts one schema's name for another, except inside the rows themselves."""
    pattern, replacement = re.compile(rb"\b" + re.escape(old.encode()) + rb"\b"), new.encode()

    def rewrite(lines: Iterable[bytes]) -> Iterator[bytes]:
        in_rows = False
        for line in lines:
            if in_rows:
                in_rows = line != b"\\.\n"
                yield line
                continue
            in_rows = line.startswith(b"COPY ") and line.endswith(b"FROM stdin;\n")
            yield pattern.sub(replacement, line)

    return rewrite


def _owner_url() -> str:
    return os.environ["DATABASE_DIRECT_URL"]


def _require_free(address: str) -> None:
    from ponte.core.services.workspaces import SLUG_PATTERN
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.urls import RESERVED_SLUGS

    if not SLUG_PATTERN.fullmatch(address) or address in RESERVED_SLUGS:
        raise Problem(f"{address} cannot be a workspace's address. Choose another one with --as.")
    if Workspace.objects.filter(slug=address).exists():
        raise Problem(
            f"There is a workspace {address} already. Restore beside it with --as another-address, "
            f"or delete it first (ponte workspace delete {address})."
        )


def _drop(owner: str, schema: str) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def _move_files(owner: str, schema: str, old: str) -> None:
    """Let the rows that name stored files name them in this workspace's own folder."""
    if schema == old:
        return
    query = "SELECT table_name FROM information_schema.columns WHERE table_schema = %s AND column_name = 'storage_key'"
    with psycopg.connect(owner) as connection:
        for (table,) in connection.execute(query, [schema]).fetchall():
            update = sql.SQL(
                "UPDATE {} SET storage_key = {} || substr(storage_key, {}) WHERE storage_key LIKE {}"
            )
            connection.execute(
                update.format(
                    sql.Identifier(schema, table),
                    sql.Literal(f"{schema}/"),
                    sql.Literal(len(old) + 2),
                    sql.Literal(old.replace("_", "\\_") + "/%"),
                )
            )


def _register(identifier: UUID, schema: str, address: str, kept: dict[str, Any]) -> None:
    """Enter the workspace and its people into the shared schema, in one transaction."""
    from django.db import transaction

    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.schemas import fingerprint

    workspace = Workspace(
        id=identifier,
        slug=address,
        schema_name=schema,
        fingerprint=fingerprint(),
        **{name: kept[name] for name in ("name", "kind", "language", "timezone", "currency", "is_demo")},
    )
    with transaction.atomic():
        workspace.save(force_insert=True)
        _enter(workspace, kept["users"])


def _enter(workspace: Workspace, users: list[dict[str, Any]]) -> None:
    from ponte.core.models import Member
    from ponte.core.tenancy.models import Membership
    from ponte.core.tenancy.scope import workspace_scope

    with workspace_scope(workspace):
        for each in users:
            user = _user(each)
            Membership.objects.create(user=user, workspace=workspace, is_active=each["is_active"])
            Member.objects.filter(user_id=UUID(each["id"])).update(user_id=user.id)


def _user(kept: dict[str, Any]) -> User:
    """The account with this address, made with its old password when it is gone."""
    from allauth.account.models import EmailAddress

    from ponte.core.tenancy.models import User

    user = User.objects.filter(email=kept["email"]).first()
    if user is None:
        taken = User.objects.filter(id=UUID(kept["id"])).exists()
        user = User(
            email=kept["email"], name=kept["name"], password=kept["password"], language=kept["language"]
        )
        if not taken:
            user.id = UUID(kept["id"])
        user.save(force_insert=True)
        EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    return user

"""What was backed up comes back: rows, rights, files, keys; and nothing half."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ponte.cli.backup.one_workspace import renaming
from ponte.cli.postgres import Server, find_server
from tests.runtime.running import Commands, clean_environment


def server_of(commands: Commands) -> Server:
    server = find_server(commands.home)
    assert server is not None
    return server


def content(commands: Commands, schema: str) -> dict[str, tuple[int, str]]:
    """Rows and a digest of them for every table of a schema; ids of runs of sequences included."""
    found = {}
    with psycopg.connect(server_of(commands).superuser_url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace ORDER BY 1",
            [schema],
        )
        for (table,) in tables.fetchall():
            query = sql.SQL(
                "SELECT count(*), coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"
            )
            row = connection.execute(query.format(sql.Identifier(schema, table))).fetchone()
            assert row is not None
            found[table] = row
    return found


def schema_of(commands: Commands, slug: str) -> str:
    with psycopg.connect(server_of(commands).superuser_url) as connection:
        row = connection.execute(
            "SELECT schema_name FROM tenancy_workspace WHERE slug = %s", [slug]
        ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture(scope="module")
def filled(shop: Commands) -> Commands:
    """The workspace with a stored file that a row names."""
    schema = schema_of(shop, "loja")
    key = f"{schema}/contract"
    path = shop.home / "files" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"contract" * 1000)
    with psycopg.connect(server_of(shop).superuser_url) as connection:
        connection.execute(
            sql.SQL(
                "INSERT INTO {} (id, created_at, updated_at, object_type, object_id, name, content_type, size, sha256, storage_key) "
                "VALUES (gen_random_uuid(), now(), now(), 'customer', gen_random_uuid(), 'contrato.pdf', 'application/pdf', 8000, '', %s)"
            ).format(sql.Identifier(schema, "core_attachment")),
            [key],
        )
    return shop


def test_everything_comes_back_in_another_installation(
    filled: Commands, elsewhere: Commands, folder: Path
) -> None:
    file = folder / "all.tar"
    schema = schema_of(filled, "loja")
    before = {name: content(filled, name) for name in ("public", schema)}
    filled("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0

    elsewhere("restore", str(file), "--yes")

    after = {name: content(elsewhere, name) for name in ("public", schema)}
    assert after[schema] == before[schema]
    assert sum(rows for rows, _ in after[schema].values()) > 20
    assert after["public"]["tenancy_user"] == before["public"]["tenancy_user"]
    assert after["public"]["procrastinate_jobs"] == before["public"]["procrastinate_jobs"]
    assert (elsewhere.home / "files" / schema / "contract").read_bytes() == b"contract" * 1000
    assert (elsewhere.home / "keys.json").read_text() == (filled.home / "keys.json").read_text()


def test_restored_installation_has_the_same_rights(filled: Commands, elsewhere: Commands) -> None:
    schema = schema_of(elsewhere, "loja")
    with psycopg.connect(server_of(elsewhere).app_url, autocommit=True) as app:
        app.execute(sql.SQL("SET search_path TO {}, public").format(sql.Identifier(schema)))
        app.execute("UPDATE core_member SET version = version")
        for forbidden in (
            "UPDATE core_auditentry SET act = 'x'",
            "DELETE FROM core_accessentry",
            "CREATE TABLE x (i int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)
    elsewhere("workspace", "create", "Nova Depois")  # cloning needs rights on its functions
    assert "append-only for the application" in elsewhere("doctor")


def test_restoring_keeps_what_was_there_before(filled: Commands, elsewhere: Commands, folder: Path) -> None:
    elsewhere("workspace", "create", "Feita Antes", "--slug", "antes")
    elsewhere("restore", str(folder / "all.tar"), "--yes")
    assert "antes" not in elsewhere("workspace", "list")
    with psycopg.connect(server_of(elsewhere).url_for("superuser", "ponte_before_restore")) as connection:
        kept = connection.execute("SELECT count(*) FROM tenancy_workspace WHERE slug = 'antes'").fetchone()
    assert kept == (1,)


def test_one_workspace_comes_back_beside_the_others(filled: Commands, folder: Path) -> None:
    file = folder / "loja.tar"
    old = schema_of(filled, "loja")
    before = content(filled, old)
    filled("backup", str(file), "--workspace", "loja")
    assert "--as" in filled("restore", str(file), "--yes", fails=True)

    filled("restore", str(file), "--yes", "--as", "copia")

    new = schema_of(filled, "copia")
    assert new != old
    after = content(filled, new)
    # These name files in the workspace's own folder, which is another one now; checked below.
    moved = {"core_attachment", "workplace_importrun"}
    assert {name for name in before if before[name] != after[name]} == moved
    assert (filled.home / "files" / new / "contract").read_bytes() == b"contract" * 1000
    with psycopg.connect(server_of(filled).superuser_url) as connection:
        query = sql.SQL("SELECT storage_key FROM {} WHERE name = 'contrato.pdf'")
        keys = connection.execute(query.format(sql.Identifier(new, "core_attachment"))).fetchall()
    assert keys == [(f"{new}/contract",)]
    assert content(filled, old) == before


def test_deleted_workspace_comes_back_as_it_was(filled: Commands, folder: Path) -> None:
    old = schema_of(filled, "loja")
    before = content(filled, old)
    filled("workspace", "delete", "loja", "--yes")
    filled("restore", str(folder / "loja.tar"), "--yes")
    assert schema_of(filled, "loja") == old
    assert content(filled, old) == before
    assert filled("token", "create", "-w", "loja", "-u", "marina@loja.example").startswith("ponte_")


def test_workspace_of_another_key_is_refused(
    filled: Commands, folder: Path, homes: Callable[[str], Path]
) -> None:
    home = homes("stranger")
    stranger = Commands(home, clean_environment(home))
    said = stranger("restore", str(folder / "loja.tar"), "--yes", fails=True)
    assert "another encryption key" in said


def test_backup_that_is_damaged_changes_nothing(elsewhere: Commands, folder: Path) -> None:
    before = content(elsewhere, "public")
    damaged = folder / "damaged.tar"
    with tarfile.open(folder / "all.tar") as whole, tarfile.open(damaged, "w") as half:
        for info in whole:
            if info.name == "database.dump":
                info.size //= 2
            half.addfile(info, whole.extractfile(info))
    said = elsewhere("restore", str(damaged), "--yes", fails=True)
    assert re.search(r"failed|refused", said)
    assert content(elsewhere, "public") == before


def test_backup_never_overwrites_and_leaves_no_part(filled: Commands, folder: Path) -> None:
    assert "exists already" in filled("backup", str(folder / "all.tar"), fails=True)
    assert "cannot be written" in filled("backup", str(folder / "no-such-folder" / "x.tar"), fails=True)
    assert [each.name for each in folder.iterdir() if "partial" in each.name or "backup-" in each.name] == []


def test_backup_holds_keys_only_when_wanted(filled: Commands, folder: Path) -> None:
    without = folder / "without.tar"
    filled("backup", str(without), "--without-keys")
    with tarfile.open(without) as tar:
        assert "keys.json" not in tar.getnames()
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert manifest["kind"] == "all"
    assert (filled.home / "keys.json").read_text().split('"')[3] not in without.read_bytes().decode("latin-1")


def test_renaming_a_schema_leaves_rows_alone() -> None:
    dump = [
        b"CREATE TABLE ws_a.note (id int);\n",
        b"COPY ws_a.note (text) FROM stdin;\n",
        b"about ws_a.note\n",
        b"\\.\n",
        b"ALTER TABLE ONLY ws_a.note ADD PRIMARY KEY (id);\n",
        b"CREATE TABLE ws_ab.other (id int);\n",
    ]
    assert list(renaming("ws_a", "ws_b")(dump)) == [
        b"CREATE TABLE ws_b.note (id int);\n",
        b"COPY ws_b.note (text) FROM stdin;\n",
        b"about ws_a.note\n",
        b"\\.\n",
        b"ALTER TABLE ONLY ws_b.note ADD PRIMARY KEY (id);\n",
        b"CREATE TABLE ws_ab.other (id int);\n",
    ]

"""Commands for workspaces, people, tokens and imports; what they answer and with which exit code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import psycopg

from ponte.cli.postgres import find_server
from tests.runtime.running import Commands


def rows(commands: Commands, query: str, *parameters: object) -> list[tuple[object, ...]]:
    server = find_server(commands.home)
    assert server is not None
    with psycopg.connect(server.superuser_url) as connection:
        return connection.execute(query, parameters).fetchall()  # type: ignore[call-overload, no-any-return]


def test_help_names_every_command(shop: Commands) -> None:
    said = shop("--help")
    for name in ("up", "demo", "migrate", "workspace", "user", "token", "import", "export", "backup", "restore",
                 "doctor", "worker", "web", "live", "manage", "postgres"):  # fmt: skip
        assert f" {name} " in said


def test_token_works_for_the_person_and_is_kept_as_digest(shop: Commands) -> None:
    secret = shop(
        "token", "create", "-w", "loja", "-u", "marina@loja.example", "--scope", "customers:read"
    ).strip()
    digest = hashlib.sha256(secret.encode()).hexdigest()
    assert rows(shop, "SELECT scopes FROM tenancy_apitoken WHERE digest = %s", digest) == [
        (["customers:read"],)
    ]


MISTAKES = (
    (("token", "create", "-w", "loja", "-u", "nobody@loja.example"), "Nobody with the address"),
    (("token", "create", "-w", "loja", "-u", "marina@loja.example", "--scope", "all"), "no scope all"),
    (("token", "create", "-w", "nowhere", "-u", "marina@loja.example"), "no workspace nowhere"),
    (("user", "create", "-w", "loja", "-e", "not an address"), "not an e-mail address"),
    (("user", "create", "-w", "loja", "-e", "x@loja.example", "-r", "king"), "no role king"),
    (("user", "create", "-w", "loja", "-e", "x@loja.example", "--password", "abc"), "too weak"),
    (("workspace", "create", "Outra", "--slug", "API"), "slug"),
    (("workspace", "create", "Outra", "--timezone", "Mars/Base"), "no time zone"),
    (("workspace", "delete", "nowhere", "--yes"), "no workspace nowhere"),
    (("restore", __file__, "--yes"), "not a backup"),
    (("import", "cars", __file__, "-w", "loja"), "cars cannot be imported"),
    (("export", ".", "-w", "loja"), "not empty"),
)


def test_mistakes_are_told_in_words(shop: Commands) -> None:
    answers = shop.each(*(arguments for arguments, _ in MISTAKES))
    for (arguments, told), (code, said) in zip(MISTAKES, answers, strict=True):
        assert told in said, arguments
        assert code == 1, arguments


def test_workspace_comes_and_goes(shop: Commands) -> None:
    assert "padaria-sol" in shop("workspace", "create", "Padaria Sol")
    said = shop("user", "create", "-w", "padaria-sol", "-e", "Rita@Padaria.example", "-n", "Rita Sol")
    assert "password: " in said
    assert "Padaria Sol" in shop("workspace", "list")
    schema = rows(shop, "SELECT schema_name FROM tenancy_workspace WHERE slug = 'padaria-sol'")[0][0]
    assert rows(shop, f"SELECT name, email FROM {schema}.core_member") == [
        ("Rita Sol", "rita@padaria.example")
    ]
    shop("workspace", "delete", "padaria-sol", "--yes")
    assert rows(shop, "SELECT to_regnamespace(%s)", str(schema)) == [(None,)]


def test_import_twice_changes_nothing_and_a_dry_run_nothing_at_all(shop: Commands, tmp_path: Path) -> None:
    file = tmp_path / "clientes.csv"
    file.write_text(
        "codigo;nome;e-mail;telefone\n1;Ana Souza;ana@cliente.example;(11) 98765-4321\n2;Bruno;errado@;\n",
        encoding="cp1252",
    )
    shop("workspace", "create", "Importa", "--slug", "importa")
    command = (
        "import",
        "people",
        str(file),
        "-w",
        "importa",
        "--source",
        "loja",
        "--map",
        "codigo=external_id",
    )
    refused = tmp_path / "recusadas.csv"
    assert "would import 2 rows: 1 created" in shop(*command, "--dry-run")
    schema = rows(shop, "SELECT schema_name FROM tenancy_workspace WHERE slug = 'importa'")[0][0]
    assert rows(shop, f"SELECT count(*) FROM {schema}.directory_party") == [(0,)]
    assert "2 rows: 1 created, 0 updated, 0 unchanged, 0 skipped, 1 rejected" in shop(
        *command, "--rejected", str(refused)
    )
    assert "0 created" in shop(*command)
    assert rows(shop, f"SELECT name FROM {schema}.directory_party") == [("Ana Souza",)]
    assert "errado@" in refused.read_text(encoding="utf-8-sig")
    wrong = shop.each((*command, "--map", "preço=name"), (*command, "--map", "nome=salario"))
    assert [code for code, _ in wrong] == [1, 1]
    assert "no column preço" in wrong[0][1]
    assert "no field salario" in wrong[1][1]


def test_keys_are_made_once_and_private(shop: Commands) -> None:
    file = shop.home / "keys.json"
    before = json.loads(file.read_text())
    shop("workspace", "list")
    assert json.loads(file.read_text()) == before
    assert file.stat().st_mode & 0o077 == 0


def test_database_that_is_not_migrated_says_so(shop: Commands) -> None:
    server = find_server(shop.home)
    assert server is not None
    server.create_database("blank")
    said = shop("workspace", "list", fails=True, DATABASE_URL=server.url_for("owner", "blank"))
    assert "ponte migrate" in said


def test_unreachable_database_is_told_at_once(shop: Commands) -> None:
    said = shop("workspace", "list", fails=True, DATABASE_URL="postgresql://ponte:geheim@127.0.0.1:1/ponte")
    assert "does not answer" in said
    assert "geheim" not in said


def test_one_role_is_enough_for_a_database_of_ones_own(shop: Commands) -> None:
    """With a single role everything works; the doctor says what is lost."""
    server = find_server(shop.home)
    assert server is not None
    server.create_database("own")
    url = server.url_for("owner", "own")
    assert "brought up to date" in shop("migrate", DATABASE_URL=url)
    shop("workspace", "create", "Uma Função", DATABASE_URL=url)
    said = shop("doctor", DATABASE_URL=url)
    assert "may create schemas" in said
    assert "audit log could be changed" in said


def test_export_holds_every_row_of_every_kind(shop: Commands, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert " rows" in shop("export", str(folder), "-w", "loja")
    manifest = json.loads((folder / "manifest.json").read_text())
    people = next(each for each in manifest["files"] if each["path"] == "data/directory.party.jsonl")
    schema = rows(shop, "SELECT schema_name FROM tenancy_workspace WHERE slug = 'loja'")[0][0]
    assert [(people["rows"],)] == rows(shop, f"SELECT count(*) FROM {schema}.directory_party")
    assert people["rows"] == 3
    logged = rows(shop, f"SELECT count(*) FROM {schema}.core_accessentry WHERE act = 'export'")
    assert logged == [(1,)]

"""``python -m bench.duplicates --people 100000``: how fast and how well duplicates are found, on labelled customers.

The labels follow from the seed; weights were set by hand on seed 1, figures are taken on another.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.database import prepare
from bench.doubles import Maker
from bench.report import PAGE, _replace

STAGING = """
CREATE UNLOGGED TABLE doubles_staging (id uuid, truth bigint, name text, sort_name text, birthday date, cpf text, email text, phone text,
  city text, state text, postal_code text, number text, code text)
"""
COLUMNS = "id, truth, name, sort_name, birthday, cpf, email, phone, city, state, postal_code, number, code"
THRESHOLDS = (0.80, 0.90, 0.98, 0.995)


def main() -> None:
    """Fill, search, compare with the truth, write the report."""
    options = argparse.ArgumentParser(prog="python -m bench.duplicates")
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=2)
    options.add_argument("--home", type=Path)
    options.add_argument("--show", type=int, default=0, help="print that many wrong and missed pairs")
    options.add_argument("--no-report", action="store_true")
    chosen = options.parse_args()
    home = chosen.home or Path(tempfile.gettempdir()) / f"ponte-doubles-{chosen.people}-{chosen.seed}"
    installation = prepare(home)
    from bench.database import make_workspace

    schema, _token = make_workspace()
    truth = _fill(installation.server.superuser_url, schema, chosen.people, chosen.seed)
    figures = _search()
    lines = _judge(truth, figures, chosen)
    print("\n".join(lines))
    if not chosen.no_report:
        title = f"Duplicates, {chosen.people:,} people".replace(",", ".")
        page = PAGE.read_text() if PAGE.exists() else ""
        PAGE.write_text(_replace(page, title, "\n".join([f"## {title}", "", *lines, ""])))


def _fill(url: str, schema: str, people: int, seed: int) -> dict[int, list[UUID]]:
    """Load the records unless they are there; return the ids of each true person."""
    from bench.fill import insert
    from ponte.core.ids import uuid7
    from ponte.core.text import sort_key
    from ponte.directory.models import Party, PartyAddress, PartyEmail, PartyFacts, PartyPhone, Person

    with psycopg.connect(url) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        connection.execute("SET session_replication_role = replica")
        if not _has_staging(connection, schema):
            started = time.monotonic()
            connection.execute(STAGING)  # type: ignore[arg-type]
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY doubles_staging ({COLUMNS}) FROM STDIN") as copy,
            ):  # type: ignore[arg-type]
                for one in Maker(seed).records(people):
                    identifier = uuid7()
                    copy.write_row(
                        (identifier, one.truth, one.name, sort_key(one.name), one.birthday, one.cpf, one.email, one.phone, one.city, one.state,
                         one.postal_code, one.number, identifier.hex[-8:])
                    )  # fmt: skip
            stamps = {"created_at": "now()", "updated_at": "now()"}
            insert(connection, Party, "doubles_staging s", id="s.id", kind="'person'", name="s.name", sort_name="s.sort_name", code="s.code",
                   email="s.email", phone="s.phone", city="s.city", state="s.state", **stamps)  # fmt: skip
            insert(
                connection, Person, "doubles_staging s", party_id="s.id", cpf="s.cpf", birthday="s.birthday"
            )
            insert(connection, PartyFacts, "doubles_staging s", party_id="s.id", kind="'person'")
            insert(connection, PartyEmail, "doubles_staging s WHERE email <> ''", id="uuidv7()", party_id="s.id", address="s.email",
                   is_primary="true", **stamps)  # fmt: skip
            insert(connection, PartyPhone, "doubles_staging s WHERE phone <> ''", id="uuidv7()", party_id="s.id", number="s.phone",
                   is_primary="true", **stamps)  # fmt: skip
            insert(connection, PartyAddress, "doubles_staging s WHERE postal_code <> ''", id="uuidv7()", party_id="s.id",
                   postal_code="s.postal_code", number="s.number", city="s.city", state="s.state", is_primary="true", **stamps)  # fmt: skip
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM (ANALYZE)")
            print(f"filled in {time.monotonic() - started:.0f} s", flush=True)
        found: dict[int, list[UUID]] = defaultdict(list)
        for truth, identifier in connection.execute("SELECT truth, id FROM doubles_staging"):
            found[truth].append(identifier)
    return found


def _has_staging(connection: psycopg.Connection[Any], schema: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s)", [f'"{schema}".doubles_staging']).fetchone()
    return bool(row and row[0])


def _search() -> dict[str, float]:
    """Search everybody as the product's job does; return seconds and memory."""
    from ponte.core.actors import Actor
    from ponte.core.models import BackgroundRun
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.directory.models import CommonKey, DuplicatePair, MatchKeys, NameShare
    from ponte.directory.services.duplicate_search import search_everybody, start_search

    workspace = Workspace.objects.get(slug="bench")
    with workspace_scope(workspace):
        for model in (DuplicatePair, MatchKeys, CommonKey, NameShare):
            model._default_manager.all()._raw_delete("default")
        BackgroundRun.objects.all().delete()
        run = start_search(actor=Actor.system("bench"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.monotonic()
    with workspace_context(workspace):
        search_everybody(run.id)
    return {
        "seconds": time.monotonic() - started,
        "before": before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _judge(truth: dict[int, list[UUID]], figures: dict[str, float], chosen: argparse.Namespace) -> list[str]:
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_scope
    from ponte.directory.models import DuplicatePair

    wanted = {tuple(sorted(pair)) for ids in truth.values() for pair in combinations(ids, 2)}
    with workspace_scope(Workspace.objects.get(slug="bench")):
        found = {
            (a, b): (score, reasons)
            for a, b, score, reasons in DuplicatePair.objects.values_list(
                "first_id", "second_id", "score", "reasons"
            )
        }
        if chosen.show:
            _show(wanted, found, chosen.show)
    rows = []
    for least in THRESHOLDS:
        picked = {pair for pair, (score, _reasons) in found.items() if score >= least}
        right = len(picked & wanted)
        precision, recall = right / max(1, len(picked)), right / max(1, len(wanted))
        rows.append(
            f"| {least} | {len(picked)} | {precision:.4f} | {recall:.4f} | {2 * precision * recall / max(1e-9, precision + recall):.4f} |"
        )
    return [
        f"{date.today():%Y-%m-%d}, `python -m bench.duplicates --people {chosen.people} --seed {chosen.seed}`, {len(wanted)} true pairs (typos, nicknames, "
        "missing ninth digits, swapped and abbreviated names; families, twins, father and son of one name, homonyms in one city as hard negatives).",
        "",
        f"Whole base searched in {figures['seconds']:.0f} s on one process; it grew from {figures['before']:.0f} to {figures['peak']:.0f} MB at most (RSS).",
        "",
        "| score from | pairs | precision | recall | F1 |",
        "|--:|--:|--:|--:|--:|",
        *rows,
    ]


def _show(wanted: set[Any], found: dict[Any, Any], number: int) -> None:
    from ponte.directory.selectors.match_profiles import load_profiles

    wrong = [pair for pair in sorted(found, key=lambda p: -found[p][0]) if pair not in wanted][:number]
    missed = [pair for pair in sorted(wanted) if pair not in found][:number]
    for title, pairs in (("WRONG", wrong), ("MISSED", missed)):
        for pair in pairs:
            print(title, *(found.get(pair, ())), sep=" ")
            for profile in load_profiles(pair):
                print(
                    "   ",
                    " ".join(profile.name.words),
                    profile.birthday,
                    profile.document,
                    *profile.emails,
                    *profile.phones,
                    profile.city,
                    *profile.addresses,
                )


if __name__ == "__main__":
    main()

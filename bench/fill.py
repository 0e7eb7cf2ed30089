"""Filling the workspace set-based: COPY into staging, INSERT … SELECT into the product's tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import models

from bench.names import Generator
from ponte.core.ids import uuid7
from ponte.core.text import sort_key
from ponte.directory.models import (
    Company,
    Identity,
    Party,
    PartyEmail,
    PartyFacts,
    PartyPhone,
    PartySearch,
    Person,
)
from ponte.directory.services.search_text import Findable, search_text
from ponte.timeline.models import Interaction

BIG_HISTORIES = 20  # customers with a very long history
BIG_HISTORY = 50_000
STAGING = """
CREATE UNLOGGED TABLE bench_staging (n bigserial, id uuid, kind text, name text, sort_name text, code text, email text,
  phone text, city text, state text, stage text, search tsvector, born timestamptz)
"""


def fill(url: str, schema: str, people: int, *, say: Any = print) -> None:
    """Fill ``schema`` with ``people`` people, a tenth as many companies, ten interactions and one order each.

    ``url`` is the superuser's: foreign keys are trusted while loading, indexes are built afterwards.
    """
    with _large_log(url), psycopg.connect(url) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET max_parallel_maintenance_workers = 2")
        if _count(connection, "directory_party") >= people:
            say("already filled")
            return
        started = time.monotonic()
        with _without_indexes(connection, schema, say):
            _stage(connection, people)
            say(f"staged after {time.monotonic() - started:.0f} s")
            _customers(connection)
            _interactions(connection, people)
            say(f"interactions after {time.monotonic() - started:.0f} s")
            _orders(connection)
            _facts(connection)
            connection.execute("DROP TABLE bench_staging")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
        say(f"filled in {time.monotonic() - started:.0f} s")


def _stage(connection: psycopg.Connection[Any], people: int) -> None:
    connection.execute(STAGING)  # type: ignore[arg-type]
    columns = "id, kind, name, sort_name, code, email, phone, city, state, stage, search, born"
    makers = Generator()
    with connection.cursor() as cursor, cursor.copy(f"COPY bench_staging ({columns}) FROM STDIN") as copy:  # type: ignore[arg-type]
        for index in range(people + people // 10):
            one = makers.person() if index < people else makers.company()
            identifier = uuid7()
            code = identifier.hex[-8:]
            found = Findable(
                codes=[code],
                names=[one.name],
                emails=[one.email],
                phones=[one.phone],
                words=[one.city, one.state],
            )
            born = datetime(2024, 11, 22, tzinfo=UTC) + timedelta(seconds=index * 60)
            copy.write_row(
                (identifier, one.kind, one.name, sort_key(one.name), code, one.email, one.phone, one.city, one.state,
                 one.stage, search_text(found), born)
            )  # fmt: skip


def _customers(connection: psycopg.Connection[Any]) -> None:
    members = "(SELECT array_agg(id ORDER BY id) FROM core_member)"
    insert(
        connection, Party, "bench_staging s",
        id="s.id", kind="s.kind", name="s.name", sort_name="s.sort_name", code="s.code", email="s.email", phone="s.phone",
        city="s.city", state="s.state", stage="s.stage", created_at="s.born", updated_at="s.born",
        stage_since="s.born", owner_id=f"{members}[1 + s.n % greatest(1, cardinality({members}))]",
    )  # fmt: skip
    insert(connection, PartySearch, "bench_staging s", party_id="s.id", lexemes="s.search")
    insert(connection, Person, "bench_staging s WHERE s.kind = 'person'", party_id="s.id")
    insert(connection, Company, "bench_staging s WHERE s.kind = 'company'", party_id="s.id")
    stamps = {"created_at": "s.born", "updated_at": "s.born"}
    insert(connection, PartyEmail, "bench_staging s", id="uuidv7()", party_id="s.id", address="s.email",
           is_primary="true", **stamps)  # fmt: skip
    insert(connection, PartyPhone, "bench_staging s", id="uuidv7()", party_id="s.id", number="s.phone",
           is_primary="true", **stamps)  # fmt: skip
    insert(
        connection,
        Identity,
        "bench_staging s",
        id="uuidv7()",
        party_id="s.id",
        kind="'email'",
        value="s.email",
        **stamps,
    )
    insert(connection, Identity, "(SELECT DISTINCT ON (phone) * FROM bench_staging ORDER BY phone, n) s", id="uuidv7()",
           party_id="s.id", kind="'phone'", value="s.phone", **stamps)  # fmt: skip


def _interactions(connection: psycopg.Connection[Any], people: int) -> None:
    texts = (
        "Cliente pediu orçamento atualizado",
        "Ligação sobre a entrega",
        "Reunião de alinhamento",
        "Enviou dúvida",
    )
    common = {
        "id": "uuidv7()",
        "party_id": "s.id",
        "company_id": "CASE WHEN s.kind = 'company' THEN s.id END",
        "kind": "(ARRAY['note','call','meeting','message'])[1 + (g.g + s.n) % 4]",
        "channel": "(ARRAY['','phone','visit','whatsapp'])[1 + (g.g + s.n) % 4]",
        "direction": "(ARRAY['','in','out'])[1 + (g.g + s.n) % 3]",
        "occurred_at": "timestamptz '2026-11-20' - make_interval(secs => (hashint8(s.n * 100003 + g.g) & 2147483647) % 63072000)",
        "subject": "(ARRAY['" + "','".join(texts) + "'])[1 + (g.g + s.n) % 4]",
        "body": "repeat('Conversamos sobre prazo, preço e próximos passos. ', 1 + (g.g % 4)::int)",
        "created_at": "timestamptz '2026-11-20'",
        "updated_at": "timestamptz '2026-11-20'",
    }
    long_ones = min(BIG_HISTORIES, max(1, people // 5000))
    insert(connection, Interaction, "bench_staging s CROSS JOIN generate_series(1, 10) g(g)", **common)
    insert(
        connection, Interaction, f"bench_staging s CROSS JOIN generate_series(11, {BIG_HISTORY}) g(g) WHERE s.n <= {long_ones}",
        **common,
    )  # fmt: skip


def _orders(connection: psycopg.Connection[Any]) -> None:
    from ponte.commerce.models import Order, OrderLine

    value = "(20 + s.n % 900)::numeric(14,2)"
    placed = "timestamptz '2026-11-20' - make_interval(secs => (hashint8(s.n) & 2147483647) % 63072000)"
    insert(
        connection, Order, "bench_staging s", id="uuidv7()", party_id="s.id", number="'P' || s.n", status="'delivered'",
        placed_at=placed, goods_total=value, total=value, paid_total=value, revenue=value, margin=f"{value} * 0.3",
        created_at=placed, updated_at=placed,
    )  # fmt: skip
    insert(
        connection, OrderLine, "commerce_order o", id="uuidv7()", order_id="o.id", description="'Produto'",
        unit_price="o.total", total="o.total", created_at="o.placed_at", updated_at="o.placed_at",
    )  # fmt: skip


def _facts(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "CREATE TEMP TABLE talked ON COMMIT DROP AS SELECT party_id, min(occurred_at) AS first, max(occurred_at) AS last,"
        " count(*) AS number FROM timeline_interaction GROUP BY party_id"
    )
    insert(
        connection, PartyFacts,
        "bench_staging s JOIN talked i ON i.party_id = s.id LEFT JOIN commerce_order o ON o.party_id = s.id",
        party_id="s.id", kind="s.kind", first_interaction_at="i.first", last_interaction_at="i.last",
        interactions_count="i.number", orders_count="(o.id IS NOT NULL)::int", first_order_at="o.placed_at",
        last_order_at="o.placed_at", revenue="coalesce(o.revenue, 0)", margin="coalesce(o.margin, 0)",
        average_ticket="o.revenue",
    )  # fmt: skip


def insert(
    connection: psycopg.Connection[Any], model: type[models.Model], source: str, **values: str
) -> None:
    """Run INSERT … SELECT of SQL expressions; columns not given take the model's defaults."""
    names, expressions, constants = [], [], []
    for column in model._meta.concrete_fields:
        if getattr(column, "generated", False):
            continue
        names.append(f'"{column.column}"')
        if column.column in values:
            expressions.append(values.pop(column.column).replace("%", "%%"))
        else:
            expressions.append("%s")
            constants.append(_default(column))
    if values:
        raise KeyError(f"{model.__name__} has no columns {sorted(values)}")
    statement = f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) SELECT {", ".join(expressions)} FROM {source}'
    connection.execute(statement, constants)  # type: ignore[arg-type]


def _default(column: models.Field[Any, Any]) -> Any:
    value = column.get_default()
    if isinstance(value, dict | list):
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return getattr(value, "value", value)


@contextmanager
def _large_log(url: str) -> Iterator[None]:
    """Let the write-ahead log grow while loading, so that checkpoints don't; put it back afterwards."""
    settings = {"max_wal_size": "24GB", "checkpoint_timeout": "1h", "synchronous_commit": "off"}
    with psycopg.connect(url, autocommit=True) as admin:
        for name, value in settings.items():
            admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")  # type: ignore[arg-type]
        admin.execute("SELECT pg_reload_conf()")
        yield
        for name in settings:
            admin.execute(f"ALTER SYSTEM RESET {name}")  # type: ignore[arg-type]
        admin.execute("SELECT pg_reload_conf()")


@contextmanager
def _without_indexes(connection: psycopg.Connection[Any], schema: str, say: Any) -> Iterator[None]:
    tables = ("directory_%", "timeline_%", "commerce_%")
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " WHERE c.relnamespace = to_regnamespace(%s) AND c.relname LIKE ANY (%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
        [f'"{schema}"', list(tables)],
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")  # type: ignore[arg-type]
    yield
    for number, (_, definition) in enumerate(found, 1):
        connection.execute(definition)
        if number % 10 == 0:
            say(f"index {number} of {len(found)}")


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
    return int(row[0]) if row else 0

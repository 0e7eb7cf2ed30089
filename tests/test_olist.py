"""The real marketplace data come in whole: counts, sums to the cent, and nothing changes the second time."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "olist"
pytestmark = [
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"the Olist sample is not on this machine ({FOLDER.name})"
    ),
    pytest.mark.committing,
]
FILES = {
    "people": "customers",
    "companies": "sellers",
    "products": "products",
    "orders": "orders",
    "order_lines": "order_items",
    "payments": "order_payments",
    "reviews": "order_reviews",
}
COUNTS = {
    "people": 8016, "companies": 1610, "products": 5460, "orders": 8135, "order_lines": 8365, "payments": 8924,
    "reviews": 8225,
}  # fmt: skip
NOT_REVENUE = {"canceled", "unavailable"}


def path_of(target: str) -> Path:
    return FOLDER / f"olist_{FILES[target]}_dataset.csv"


def table(target: str) -> list[dict[str, str]]:
    with path_of(target).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bring_in(workspace: Any, target: str) -> Any:
    from ponte.core.actors import Actor
    from ponte.core.tenancy.scope import workspace_context
    from ponte.workplace.importing.command import run_import_file

    with workspace_context(workspace):
        return run_import_file(
            actor=Actor.system("ponte import"), target=target, path=path_of(target), source="olist"
        )


def new_workspace(slug: str) -> Any:
    from ponte.core.services.workspaces import create_workspace

    return create_workspace(name=slug.title(), slug=slug)


def drop_workspace(workspace: Any) -> None:
    from django.db import transaction

    from ponte.core.tenancy.schemas import drop_schema

    with transaction.atomic():
        drop_schema(workspace.schema_name)
        workspace.delete()


@pytest.fixture(scope="module")
def olist(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Import all seven files, committed, into a workspace of their own."""
    with django_db_blocker.unblock():
        workspace = new_workspace("olist")
        yield workspace, {target: bring_in(workspace, target) for target in FILES}
        drop_workspace(workspace)


@pytest.fixture
def inside(olist: tuple[Any, dict[str, Any]]) -> Iterator[None]:
    from ponte.core.tenancy.scope import workspace_scope

    with workspace_scope(olist[0]):
        yield


def test_every_row_is_in(olist: tuple[Any, dict[str, Any]]) -> None:
    runs = olist[1]
    assert {target: run.state for target, run in runs.items()} == dict.fromkeys(FILES, "done")
    assert {target: run.created for target, run in runs.items()} == COUNTS
    assert {target: run.rejected for target, run in runs.items()} == dict.fromkeys(FILES, 0)
    assert {target: run.rows for target, run in runs.items()} == {
        target: len(table(target)) for target in FILES
    }


def test_tables_hold_what_the_files_hold(inside: None) -> None:
    from ponte.commerce.models import Order, OrderLine, Payment, Product
    from ponte.directory.models import Identity, Party
    from ponte.timeline.models import Interaction

    assert Party.objects.filter(kind="person").count() == COUNTS["people"]
    assert Party.objects.filter(kind="company").count() == COUNTS["companies"]
    assert Product.objects.count() == COUNTS["products"]
    assert Order.objects.count() == COUNTS["orders"]
    assert OrderLine.objects.count() == COUNTS["order_lines"]
    assert Payment.objects.count() == COUNTS["payments"]
    assert Interaction.objects.filter(kind="review").count() == COUNTS["reviews"]
    names = {one for row in table("people") for one in (row["customer_id"], row["customer_unique_id"])}
    sellers = {row["seller_id"] for row in table("companies")}
    assert Identity.objects.filter(kind="external").count() == len(names) + len(sellers)


def test_sums_to_the_cent(inside: None) -> None:
    from django.db.models import F, Sum

    from ponte.commerce.models import Order, OrderLine, Payment
    from ponte.directory.models import PartyFacts

    lines = OrderLine.objects.aggregate(sum=Sum(F("unit_price") + F("freight")))["sum"]
    assert lines == Decimal("1265552.74")
    assert Order.objects.aggregate(sum=Sum("total"))["sum"] == lines
    assert Payment.objects.aggregate(sum=Sum("value"))["sum"] == Decimal("1428602.81")
    status = {row["order_id"]: row["order_status"] for row in table("orders")}
    revenue = sum(
        (Decimal(row["price"]) + Decimal(row["freight_value"]) for row in table("order_lines")
         if status[row["order_id"]] not in NOT_REVENUE),
        Decimal(0),
    )  # fmt: skip
    assert Order.objects.aggregate(sum=Sum("revenue"))["sum"] == revenue
    assert PartyFacts.objects.aggregate(sum=Sum("revenue"))["sum"] == revenue


def test_every_customer_is_worth_what_the_files_say(inside: None) -> None:
    from ponte.directory.models import Identity, PartyFacts

    person = {row["customer_id"]: row["customer_unique_id"] for row in table("people")}
    worth: dict[str, Decimal] = defaultdict(Decimal)
    bought: dict[str, int] = defaultdict(int)
    of_order: dict[str, str] = {}
    for order in table("orders"):
        if order["order_status"] not in NOT_REVENUE:
            of_order[order["order_id"]] = person[order["customer_id"]]
            bought[person[order["customer_id"]]] += 1
    for line in table("order_lines"):
        if line["order_id"] in of_order:
            worth[of_order[line["order_id"]]] += Decimal(line["price"]) + Decimal(line["freight_value"])
    holders = dict(
        Identity.objects.filter(kind="external", value__in=[f"olist:{one}" for one in set(person.values())])
        .values_list("value", "party_id")
    )  # fmt: skip
    facts = {row[0]: row[1:] for row in PartyFacts.objects.values_list("party_id", "revenue", "orders_count")}
    for unique_id in set(person.values()):
        assert facts[holders[f"olist:{unique_id}"]] == (worth[unique_id], bought[unique_id]), unique_id


def test_reviews_keep_their_words(inside: None) -> None:
    from ponte.timeline.models import Interaction

    wanted = max(table("reviews"), key=lambda row: row["review_comment_message"].strip().count("\n"))
    key = f"review:{wanted['review_id']}:{wanted['order_id']}"
    kept = Interaction.objects.get(external_key=key)
    assert kept.body.split() == wanted["review_comment_message"].split()
    assert kept.body.count("\n") > 0
    assert kept.data["score"] == int(wanted["review_score"])


def test_twice_changes_nothing(olist: tuple[Any, dict[str, Any]]) -> None:
    for target in FILES:
        run = bring_in(olist[0], target)
        assert (run.state, run.created, run.updated, run.rejected) == ("done", 0, 0, 0), target
        assert run.unchanged + run.skipped == len(table(target))


CHILD = """
import django; django.setup()
import sys, uuid
from ponte.core.tenancy.scope import workspace_context
from ponte.workplace.importing.running import carry_on
with workspace_context(sys.argv[1]):
    carry_on(uuid.UUID(sys.argv[2]), progress=lambda run: print(run.rows, flush=True))
"""


def test_kill_minus_nine_loses_and_doubles_nothing(django_db_setup: None, django_db_blocker: Any) -> None:
    from django.core.files.base import File

    from ponte.core.actors import Actor
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.directory.models import Identity, Party
    from ponte.workplace.importing.running import carry_on
    from ponte.workplace.models import ImportRun
    from ponte.workplace.services.import_starting import start_import
    from ponte.workplace.services.imports import create_import

    with django_db_blocker.unblock():
        workspace = new_workspace("olist-killed")
        actor = Actor.system("ponte import")
        with workspace_scope(workspace), path_of("people").open("rb") as file:
            run = create_import(
                actor=actor, target="people", upload=File(file), name="people.csv", source="olist"
            )
            start_import(run=run, actor=actor, in_background=False)
        survived = 0
        for chunks in (1, 2):
            survived = _kill_after(workspace.slug, run.id, chunks)
        with workspace_scope(workspace):
            halfway = ImportRun.objects.get(id=run.id)
            assert halfway.state == "running"
            assert survived <= halfway.rows < COUNTS["people"]
        with workspace_context(workspace):
            run = carry_on(run.id)
        assert (run.state, run.rows, run.created) == ("done", len(table("people")), COUNTS["people"])
        with workspace_scope(workspace):
            assert Party.objects.count() == COUNTS["people"]
            assert Identity.objects.count() == len(
                {one for row in table("people") for one in (row["customer_id"], row["customer_unique_id"])}
            )
        drop_workspace(workspace)


def _kill_after(slug: str, run_id: Any, chunks: int) -> int:
    """Carry the import on in a process of its own, kill that in the middle of a chunk, return the rows it told of."""
    command = [sys.executable, "-c", CHILD, slug, str(run_id)]
    rows = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ, text=True) as process:
        assert process.stdout is not None
        for _chunk in range(chunks):
            rows = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    return rows

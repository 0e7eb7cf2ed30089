"""What hangs on a customer points at one that is there, though no foreign key says so (ADR 0017)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from ponte.core.ids import uuid7, uuid7_text
from ponte.core.setbased import insert_rows
from ponte.directory.data import EmailData, PersonData, PhoneData
from ponte.directory.models import Identity, Party, PartyEmail, PartyFacts, PartySearch, Person
from ponte.directory.services.people import create_person

pytestmark = [pytest.mark.usefixtures("workspace"), pytest.mark.urls("ponte.config.workspace_urls")]


@pytest.fixture
def ana(actor: Any) -> Person:
    data = PersonData(
        name="Ana Girassol",
        emails=[EmailData(address="ana@exemplo.com.br")],
        phones=[PhoneData(number="11 98888-7777")],
        tags=["vip"],
    )
    return create_person(actor=actor, data=data)


def loose_models() -> list[Any]:
    """Return the models whose way to the customer no foreign key holds."""
    return [
        model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.remote_field and not field.db_constraint and field.related_model is Party
    ]


def test_each_way_without_a_foreign_key_has_its_triggers() -> None:
    tables = {model._meta.db_table for model in loose_models()}
    assert len(tables) == 11
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(t.tgname::text ORDER BY t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgname LIKE 'party\\_%%' GROUP BY 1",
            [],
        )
        held = dict(cursor.fetchall())
        assert held.pop("directory_party") == ["party_nothing_left"]
        cursor.execute(
            "SELECT tgargs FROM pg_trigger WHERE tgname = 'party_nothing_left' AND tgrelid = 'directory_party'::regclass"
        )
        looked_at = set(bytes(cursor.fetchone()[0]).decode().rstrip("\0").split("\0"))
    assert held == {key: ["party_there", "party_there_still"] for key in tables}
    assert looked_at == tables


@pytest.mark.parametrize(
    "row",
    [
        lambda: PartyEmail(party_id=uuid7(), address="x@exemplo.com.br"),
        lambda: PartyFacts(party_id=uuid7(), kind="person"),
        lambda: Identity(party_id=uuid7(), kind="email", value="x@exemplo.com.br"),
        lambda: Person(party_id=uuid7()),
    ],
)
def test_a_row_of_nobody_is_refused(row: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row().save(force_insert=True)


def test_one_row_of_nobody_among_many_is_refused(ana: Person) -> None:
    rows = [(uuid7_text(), ana.pk, f"a{number}@exemplo.com.br") for number in range(50)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(
            PartyEmail, ("id", "party_id", "address"), [*rows, (uuid7_text(), uuid7(), "b@exemplo.com.br")]
        )
    insert_rows(PartyEmail, ("id", "party_id", "address"), rows)
    assert ana.party.emails.count() == 51


def test_a_row_does_not_go_over_to_nobody(ana: Person, actor: Any) -> None:
    bia = create_person(actor=actor, data=PersonData(name="Bia"))
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyEmail.objects.update(party_id=uuid7())
    PartyEmail.objects.update(party_id=bia.pk)
    assert bia.party.emails.count() == 1


@pytest.mark.parametrize("model", [Identity, PartySearch, PartyFacts])
def test_a_customer_with_rows_left_is_not_deleted(ana: Person, model: Any) -> None:
    left = list(model.objects.filter(party_id=ana.pk))
    assert left
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM directory_party WHERE id = %s", [ana.pk])
    Party.objects.filter(id=ana.pk).delete()  # takes what hangs on it along
    assert not model.objects.filter(party_id=ana.pk).exists()


def test_from_another_schema_the_rows_own_customers_are_looked_at(ana: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        cursor.execute("SET LOCAL search_path TO pg_catalog")
        insert = f"INSERT INTO {schema}.directory_partysearch (party_id, lexemes) VALUES (%s, '')"
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(insert, [uuid7()])
        cursor.execute(f"DELETE FROM {schema}.directory_partysearch")
        cursor.execute(insert, [ana.pk])
        cursor.execute(f'SET LOCAL search_path TO "{schema}"')
    assert PartySearch.objects.count() == 1

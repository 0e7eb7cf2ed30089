"""What customers are found by: a row beside theirs, written only when it differs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.text import search_query
from ponte.directory.data import EmailData, PersonData
from ponte.directory.models import Party, PartySearch
from ponte.directory.services.deletion import delete_parties, purge_parties
from ponte.directory.services.field_bulk import set_field
from ponte.directory.services.people import create_person, update_person
from ponte.directory.services.search_text import refresh_search

pytestmark = [pytest.mark.usefixtures("workspace"), pytest.mark.urls("ponte.config.workspace_urls")]


def found(text: str) -> set[str]:
    rows = Party.objects.filter(findable__lexemes__words=search_query(text))
    return set(rows.values_list("name", flat=True))


def place(party: Any) -> str:
    """Return where the words of a customer lie: another place, another version of the row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM directory_partysearch WHERE party_id = %s", [party.pk])
        return str(cursor.fetchone()[0])


def written(queries: CaptureQueriesContext) -> list[str]:
    return [one["sql"] for one in queries.captured_queries if one["sql"].startswith(("UPDATE", "INSERT"))]


def test_words_come_change_and_go(actor: Any) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="Ana Girassol", emails=[EmailData(address="ana@exemplo.com.br")])
    )
    assert found("girassol") == found("ana@exemplo.com.br") == {"Ana Girassol"}
    update_person(actor=actor, party_id=ana.pk, changes={"name": "Ana Margarida 🌼"})
    assert (found("girassol"), found("margar")) == (set(), {"Ana Margarida 🌼"})
    delete_parties(actor=actor, party_ids=[ana.pk])
    purge_parties(actor=actor, party_ids=[ana.pk])
    assert not PartySearch.objects.exists()


def test_an_edit_of_other_fields_writes_no_words(actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="Ana"))
    before = place(ana)
    set_field(actor=actor, party_ids=[ana.pk], kind="person", field="source", value="event")
    update_person(actor=actor, party_id=ana.pk, changes={"job_title": "Compradora"})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        refresh_search([ana.pk])
    assert not [sql for sql in written(queries) if 'directory_party"' in sql]
    assert place(ana) == before
    assert found("ana") == {"Ana"}


def test_who_lost_the_words_gets_them_back(actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="Ana"))
    PartySearch.objects.all().delete()
    Party.objects.update(sort_name="zzz")
    assert found("ana") == set()
    refresh_search([ana.pk])
    assert found("ana") == {"Ana"}
    assert Party.objects.get().sort_name == "ana"
    refresh_search([])


def test_a_search_joins_the_words_once(actor: Any) -> None:
    rows = Party.objects.filter(kind="person", deleted_at=None, findable__lexemes__words="'ana':*")
    sql = str(rows.values_list("pk").query)
    assert sql.count("INNER JOIN") == 1
    assert "LEFT OUTER" not in sql

"""The audit log: append-only, personal values sealed, secrets masked."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from ponte.core.models import AccessEntry, AuditEntry
from ponte.core.selectors.audit import read_entry
from ponte.core.services import audit
from ponte.core.services.subject_keys import destroy_key


@pytest.fixture
def entry(admin, actor):
    return audit.record(
        actor=actor, act="member.updated", target=admin, subject_id=uuid4(), personal=["name"],
        changes={"name": ("Ana", "Ana Lúcia 🌷"), "stage": ("lead", "mql")},
    )  # fmt: skip


def test_personal_values_are_sealed_and_read_back(entry):
    assert entry.changes == {"stage": ["lead", "mql"]}
    assert b"Ana" not in bytes(entry.sealed)
    assert read_entry(entry).changes["name"] == ["Ana", "Ana Lúcia 🌷"]


def test_destroying_the_key_erases_the_values_and_keeps_the_entry(entry):
    destroy_key(entry.subject_id)
    read = read_entry(AuditEntry.objects.get(id=entry.id))
    assert read.erased
    assert read.changes == {"stage": ["lead", "mql"]}


def test_an_erased_subject_gets_no_new_key(entry, admin, actor):
    destroy_key(entry.subject_id)
    later = audit.record(
        actor=actor,
        act="x.y",
        target=admin,
        subject_id=entry.subject_id,
        personal=["name"],
        changes={"name": ("a", "b")},
    )
    assert later.sealed is None
    assert later.changes == {}


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor_label = 'eu'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["core_auditentry", "core_accessentry"])
def test_the_application_cannot_change_the_log(entry, statement, table):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_secrets_are_masked(admin, actor):
    made = audit.record(actor=actor, act="x.y", target=admin, changes={"webhook_secret": (None, "segredo")})
    assert made.changes == {"webhook_secret": [None, "•••"]}


def test_a_page_of_views_is_one_row_and_an_empty_page_none(admin, actor):
    assert audit.record_view(actor=actor, object_type="customer", ids=[], where="people") is None
    audit.record_view(actor=actor, object_type="customer", ids=[uuid4(), uuid4()], where="people")
    assert len(AccessEntry.objects.get().object_ids) == 2


def test_a_denied_page_is_recorded_and_its_transaction_is_not(
    workspace, member_with, client_for, monkeypatch
):
    from ponte.core.errors import Denied
    from ponte.core.models import Notification

    seller = member_with("salesperson")

    def view(request):
        Notification.objects.create(member=request.member, kind="x", title="must not stay")
        raise Denied("customer", "delete")

    from django.test import override_settings
    from django.urls import path

    class Urls:
        urlpatterns = [path("denied/", view)]

    with override_settings(WORKSPACE_URLCONF=Urls):
        response = client_for(seller).post("/teste/denied/")
    assert response.status_code == 404
    assert not Notification.objects.filter(title="must not stay").exists()
    denial = AuditEntry.objects.get(act="access.denied")
    assert (denial.actor_id, denial.changes["act"], denial.changes["place"]) == (
        seller.id,
        "delete",
        "/teste/denied/",
    )


@pytest.mark.parametrize("many", [3, 40])
def test_entries_of_many_records_are_each_as_one(actor, many):
    """From some number on they are written with COPY: whatever stands in the values, they say the same."""
    nasty = "tab\tline\nback\\slash \\N 🌷 “aspas” '"
    ids = [uuid4() for _ in range(many)]
    erased = ids[1]
    audit.record_each(actor=actor, act="x", object_type="customer", changes={erased: {"a": (1, 2)}}, subjects={erased: erased})  # fmt: skip
    destroy_key(erased)
    with audit.noting() as noted:
        audit.record_each(
            actor=actor, act="customer.updated", object_type="customer", impersonal=["stage"],
            changes={one: {"stage": (None, nasty), "name": (nasty, [1, None, {"k": nasty}])} for one in ids},
            subjects=dict.fromkeys(ids[:1]) | {one: one for one in ids[1:]},
        )  # fmt: skip
    entries = {entry.object_id: entry for entry in AuditEntry.objects.filter(id__in=noted)}
    assert entries.keys() == set(ids)
    assert {entry.actor_label for entry in entries.values()} == {actor.label}
    assert all(entry.changes["stage"] == [None, nasty] for entry in entries.values())
    assert entries[ids[0]].sealed is None, "no customer: nothing to seal"
    assert entries[erased].sealed is None, "who was erased gets nothing new"
    for one in (ids[0], *ids[2:]):
        assert read_entry(entries[one]).changes["name"] == [nasty, [1, None, {"k": nasty}]]

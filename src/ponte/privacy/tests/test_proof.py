"""Proof of consent in the database itself: only ever added. And the right that older workspaces' roles were given."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ponte.directory.models import Party
from ponte.directory.services.deletion import delete_parties
from ponte.privacy.models import ConsentRecord

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE privacy_consentrecord SET status = 'withdrawn'",
        "UPDATE privacy_consentrecord SET occurred_at = now()",
        "UPDATE privacy_consentrecord SET evidence = '{}', source = 'x'",
        "DELETE FROM privacy_consentrecord",
    ],
)
def test_no_statement_changes_proof(make_party: Any, say: Any, change: str) -> None:
    row = say(make_party(), evidence={"note": "pasta azul"})
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert ConsentRecord.objects.get(id=row.id).evidence == {"note": "pasta azul"}


def test_it_follows_a_merge_and_goes_with_the_customer(make_party: Any, say: Any, actor: Any) -> None:
    ana, other = make_party(), make_party("Rui")
    row = say(ana)
    assert ConsentRecord.objects.filter(id=row.id).update(party=other, member=None) == 1
    delete_parties(actor=actor, party_ids=[other.id])
    Party.objects.get(id=other.id).delete()
    assert not ConsentRecord.objects.filter(id=row.id).exists()


def test_a_new_workspace_has_the_guard_too(other_workspace: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = 'privacy_keep_proof' AND c.relnamespace = to_regnamespace(%s)",
            [other_workspace.schema_name],
        )
        assert cursor.fetchone() == (1,)

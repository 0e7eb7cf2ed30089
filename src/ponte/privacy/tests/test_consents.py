"""Writing down what customers say: proof, history, order, events, audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.models import AuditEntry, StoredEvent
from ponte.directory.services.deletion import delete_parties
from ponte.privacy.data import ConsentData
from ponte.privacy.models import ConsentRecord, ConsentText, Permission, Purpose
from ponte.privacy.purposes import current_text, get_purpose, list_purposes
from ponte.privacy.selectors.decisions import decide
from ponte.privacy.services.consents import record_consents
from ponte.privacy.services.purposes import create_purpose, publish_text, save_purpose

pytestmark = pytest.mark.usefixtures("workspace")


def test_a_consent_keeps_its_proof(make_party: Any, say: Any) -> None:
    ana = make_party()
    row = say(ana, channels=["email"], given_through="paper", source="ficha 12", language="pt-br",
              evidence={"note": "pasta azul"})  # fmt: skip
    assert row.text is not None
    assert row.text.version == 1
    assert "ofertas" in row.text.body.lower()
    assert (row.given_through, row.source, row.evidence["note"]) == ("paper", "ficha 12", "pasta azul")
    entry = AuditEntry.objects.get(act="consent.granted")
    assert entry.subject_id == ana.id
    assert "evidence" not in entry.changes
    assert entry.sealed is not None
    event = StoredEvent.objects.get(name="privacy.consent_granted")
    assert event.payload["channels"] == ["email"]


def test_proof_is_never_changed(make_party: Any, say: Any) -> None:
    row = say(make_party())
    row.source = "other"
    with pytest.raises(TypeError):
        row.save()


def test_what_was_said_earlier_does_not_undo_what_was_said_later(make_party: Any, say: Any) -> None:
    ana, now = make_party(), timezone.now()
    say(ana, allows=False, occurred_at=now - timedelta(days=1))
    say(ana, channels=["email"], occurred_at=now - timedelta(days=400))
    assert not decide(party_id=ana.id, purpose="marketing", channel="email")
    assert ConsentRecord.objects.filter(party=ana).count() == 2


def test_many_at_once_in_a_constant_number_of_queries(make_party: Any, actor: Any) -> None:
    ids = [make_party(f"P{n}").id for n in range(10)]

    def queries(of: list[Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            record_consents(
                actor=actor, entries=[ConsentData(party_id=one, purpose="marketing") for one in of]
            )
        return len(seen)

    assert queries(ids[:2]) == queries(ids[2:])
    assert Permission.objects.filter(party_id=ids[5], status="granted").count() == 5
    assert StoredEvent.objects.filter(name="privacy.consents_recorded").count() == 2


def test_the_same_customer_twice_in_a_chunk_ends_with_the_later_word(make_party: Any, actor: Any) -> None:
    ana, now = make_party(), timezone.now()
    said = {"party_id": ana.id, "purpose": "marketing"}
    record_consents(
        actor=actor,
        entries=[
            ConsentData(**said, allows=False, occurred_at=now),
            ConsentData(**said, occurred_at=now - timedelta(days=3)),
        ],
    )
    assert {row.status for row in Permission.objects.filter(party=ana)} == {"refused"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purpose": "nonsense"}, "purpose"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"purpose": "survey", "channels": ["mail"]}, "channels"),
        ({"purpose": "billing", "allows": False}, "purpose"),
        ({"basis": "because"}, "basis"),
        ({"given_through": "telepathy"}, "given_through"),
        ({"occurred_at": timezone.now() + timedelta(days=1)}, "occurred_at"),
    ],
)
def test_what_cannot_be_is_refused_by_name(make_party: Any, say: Any, wrong: Any, field: str) -> None:
    ana = make_party()
    with pytest.raises(Invalid) as refusal:
        say(ana, wrong.pop("purpose", "marketing"), **wrong)
    assert refusal.value.problems[0].field == field
    assert not ConsentRecord.objects.exists()


def test_nobody_in_the_bin_is_written_about(make_party: Any, say: Any, actor: Any) -> None:
    ana = make_party()
    delete_parties(actor=actor, party_ids=[ana.id])
    with pytest.raises(Missing):
        say(ana)


def test_new_words_are_a_new_version_and_old_consents_keep_theirs(
    make_party: Any, say: Any, actor: Any
) -> None:
    before = say(make_party(), language="pt-br")
    publish_text(actor=actor, purpose="marketing", language="pt-br", body="Aceito tudo isso.")
    after = say(make_party("Bia"), language="pt-br")
    assert (before.text.version, after.text.version) == (1, 2)
    assert after.text.body == "Aceito tudo isso."
    publish_text(actor=actor, purpose="marketing", language="pt-br", body="Aceito tudo isso.")
    assert ConsentText.objects.count() == 2


def test_usual_purposes_are_translated_until_reworded(actor: Any) -> None:
    save_purpose(actor=actor, key="marketing", valid_months=24)
    info = get_purpose("marketing")
    assert info is not None
    assert info.valid_months == 24
    from django.utils.translation import override

    with override("pt-br"):
        portuguese = str(info.name)
    with override("en"):
        assert str(info.name) != portuguese
    save_purpose(actor=actor, key="marketing", name="Clube do café", version=1)
    with override("en"):
        assert str(get_purpose("marketing").name) == "Clube do café"  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        save_purpose(actor=actor, key="marketing", name="Outro", version=1)


def test_own_purposes(actor: Any) -> None:
    create_purpose(actor=actor, key="club", name="Clube", basis="consent", channels=["email"])
    assert "club" in [info.key for info in list_purposes()]
    assert current_text(get_purpose("club"), "pt-br") == "Clube"  # type: ignore[arg-type]
    for wrong in (
        {"key": "club", "name": "Clube", "basis": "consent", "channels": ["email"]},
        {"key": "Bad Key", "name": "Clube", "basis": "consent", "channels": ["email"]},
        {"key": "x", "name": "", "basis": "consent", "channels": ["email"]},
        {"key": "x", "name": "X", "basis": "consent", "channels": []},
        {"key": "x", "name": "X", "basis": "consent", "channels": ["email"], "is_essential": True},
        {"key": "x", "name": "X", "basis": "consent", "channels": ["email"], "valid_months": 500},
    ):
        with pytest.raises(Invalid):
            create_purpose(actor=actor, **wrong)
    assert Purpose.objects.count() == 1

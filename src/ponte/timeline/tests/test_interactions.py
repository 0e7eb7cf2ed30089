"""Recording interactions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid
from ponte.core.models import AuditEntry, Notification, StoredEvent
from ponte.timeline.models import Interaction
from ponte.timeline.participant import Participant
from ponte.timeline.services.interaction_edits import (
    delete_interaction,
    edit_interaction,
    pin_interaction,
    restore_interaction,
)
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.tests.conftest import facts_of


def events(name: str) -> int:
    return StoredEvent.objects.filter(name=f"timeline.{name}").count()


def test_a_note_is_written_with_author_audit_event_and_facts(actor, ana):
    before = timezone.now()
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Ligar na sexta 📞")

    assert note.author == actor.member
    assert note.body == "Ligar na sexta 📞"
    assert note.occurred_at >= before
    assert facts_of(ana).last_interaction_at == note.occurred_at
    assert facts_of(ana).interactions_count == 1
    assert AuditEntry.objects.filter(act="interaction.recorded", subject_id=ana.id).count() == 1
    assert events("interaction_recorded") == 1


def test_a_persons_interaction_is_their_companys_too(actor, ana, acme, employ):
    employ(ana, acme)
    call = record_interaction(actor=actor, party_id=ana.id, kind="call")

    assert call.company == acme
    assert call.channel == "phone"
    assert facts_of(acme).last_interaction_at == call.occurred_at


def test_a_companys_interaction_shows_on_itself_and_counts_once(actor, acme):
    visit = record_interaction(actor=actor, party_id=acme.id, kind="visit")

    assert visit.company == acme
    assert facts_of(acme).interactions_count == 1


def test_the_same_external_key_twice_is_one_row(actor, ana):
    told = {"party_id": ana.id, "kind": "note", "source": "erp", "external_key": "42"}
    first = record_interaction(actor=actor, body="um", **told)
    second = record_interaction(actor=actor, body="dois", **told)

    assert first.id == second.id
    assert second.body == "um"
    assert facts_of(ana).interactions_count == 1
    assert events("interaction_recorded") == 1


def test_the_same_key_from_another_source_is_another_row(actor, ana):
    record_interaction(actor=actor, party_id=ana.id, kind="note", body="a", source="erp", external_key="42")
    record_interaction(actor=actor, party_id=ana.id, kind="note", body="b", source="loja", external_key="42")

    assert Interaction.objects.count() == 2


def test_out_of_order_dates_keep_the_last_contact(actor, ana):
    now = timezone.now()
    record_interaction(actor=actor, party_id=ana.id, kind="note", body="novo", occurred_at=now)
    old = now - timedelta(days=900)
    record_interaction(actor=actor, party_id=ana.id, kind="note", body="velho", occurred_at=old)

    assert facts_of(ana).last_interaction_at == now
    assert facts_of(ana).first_interaction_at == old


def test_what_is_no_contact_does_not_move_the_last_contact(actor, ana):
    record_interaction(actor=actor, party_id=ana.id, kind="stage_change", data={"from": "lead", "to": "mql"})

    assert facts_of(ana).last_interaction_at is None


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"body": ""}, "body", "required"),
        ({"body": " \x00\n "}, "body", "required"),
        ({"body": "x" * 10_000_000}, "body", "too_long"),
        ({"body": "x", "subject": "s" * 256}, "subject", "too_long"),
        ({"body": "x", "occurred_at": timezone.now() + timedelta(hours=1)}, "occurred_at", "in_future"),
        ({"body": "x", "occurred_at": timezone.now().replace(tzinfo=None)}, "occurred_at", "naive"),
        ({"body": "x", "occurred_at": timezone.now().replace(year=1800)}, "occurred_at", "too_early"),
        ({"body": "x", "direction": "sideways"}, "direction", "invalid"),
        ({"body": "x", "channel": "Pombo correio"}, "channel", "invalid"),
        ({"body": "x", "duration_seconds": -1}, "duration_seconds", "out_of_range"),
        ({"body": "x", "data": {"big": "x" * 70_000}}, "data", "invalid"),
        ({"body": "x", "data": {"nul": "\x00"}}, "data", "invalid"),
        ({"body": "x", "data": {"a": object()}}, "data", "invalid"),
    ],
)
def test_what_cannot_be_recorded_names_its_field(actor, ana, told, field, code):
    with pytest.raises(Invalid) as refused:
        record_interaction(actor=actor, party_id=ana.id, kind="note", **told)

    assert [(one.field, one.code) for one in refused.value.problems] == [(field, code)]
    assert not Interaction.objects.exists()


def test_an_unknown_or_deleted_customer_is_refused(actor, ana):
    ana.deleted_at = timezone.now()
    ana.save()
    with pytest.raises(Invalid) as refused:
        record_interaction(actor=actor, party_id=ana.id, kind="note", body="x")

    assert refused.value.problems[0].field == "party_id"


def test_control_characters_go_and_line_ends_are_one_kind(actor, ana):
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="a\x00b\r\nc\x07\ud800")

    assert note.body == "ab\nc"


def test_html_from_outside_is_made_harmless(actor, ana):
    hostile = (
        '<p onclick="x()">Oi <b>Ana</b></p><script>alert(1)</script><img src=x onerror=alert(1)>'
        '<a href="javascript:alert(1)">a</a><a href="https://ponte.example" target=_blank>b</a>'
        "<style>p{}</style><iframe src=//x></iframe><form action=/x><input></form>"
    )
    mail = record_interaction(actor=actor, party_id=ana.id, kind="email", body_html=hostile)

    for word in ("script", "onclick", "onerror", "javascript", "<img", "iframe", "<form", "<input", "style"):
        assert word not in mail.body_html
    assert "<b>Ana</b>" in mail.body_html
    assert 'href="https://ponte.example"' in mail.body_html
    assert "noopener" in mail.body_html
    assert mail.body.startswith("Oi Ana")
    assert "<" not in mail.body


def test_participants_are_kept_once_and_never_the_customer_itself(actor, admin, ana, acme):
    note = record_interaction(
        actor=actor,
        party_id=ana.id,
        kind="meeting",
        participants=[
            Participant(party_id=ana.id),
            Participant(party_id=acme.id),
            Participant(party_id=acme.id),
            Participant(member_id=admin.id),
            Participant(label="Seu Zé"),
            Participant(label="seu zé "),
            Participant(),
        ],
    )

    assert note.participants.count() == 3
    assert {one.occurred_at for one in note.participants.all()} == {note.occurred_at}


def test_an_edit_keeps_before_and_after_and_raises_the_version(actor, ana):
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Oi")
    changed = edit_interaction(actor=actor, interaction=note, version=1, body="Olá")

    assert (changed.body, changed.version) == ("Olá", 2)
    assert changed.edited_at is not None
    entry = AuditEntry.objects.get(act="interaction.updated")
    assert "body" not in entry.changes  # sealed: it may tell about the customer
    assert entry.sealed
    assert events("interaction_updated") == 1


def test_an_edit_that_changes_nothing_leaves_no_trace(actor, ana):
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Oi")
    assert edit_interaction(actor=actor, interaction=note, body="Oi").version == 1
    assert not AuditEntry.objects.filter(act="interaction.updated").exists()


def test_the_second_of_two_edits_is_told(actor, ana):
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Oi")
    edit_interaction(actor=actor, interaction=note, version=1, body="Olá")
    with pytest.raises(Conflict) as told:
        edit_interaction(actor=actor, interaction=note, version=1, body="Oi!")

    assert (told.value.current_version, told.value.given_version) == (2, 1)
    assert Interaction.objects.get().body == "Olá"


def test_moving_an_interaction_in_time_moves_facts_and_participants(actor, ana, acme):
    now = timezone.now()
    note = record_interaction(
        actor=actor, party_id=ana.id, kind="meeting", participants=[Participant(party_id=acme.id)]
    )
    earlier = now - timedelta(days=3)
    edit_interaction(actor=actor, interaction=note, occurred_at=earlier)

    assert facts_of(ana).last_interaction_at == earlier
    assert note.participants.get().occurred_at == earlier


def test_entries_of_the_system_cannot_be_edited(actor, ana):
    entry = record_interaction(actor=actor, party_id=ana.id, kind="order", subject="Pedido 1")
    with pytest.raises(Invalid) as refused:
        edit_interaction(actor=actor, interaction=entry, subject="Pedido 2")

    assert refused.value.problems[0].code == "not_editable"


def test_deleting_and_bringing_back_keeps_the_facts_true(actor, ana):
    first = record_interaction(
        actor=actor, party_id=ana.id, kind="note", body="1", occurred_at=timezone.now() - timedelta(days=1)
    )
    second = record_interaction(actor=actor, party_id=ana.id, kind="note", body="2")

    delete_interaction(actor=actor, interaction=second)
    delete_interaction(actor=actor, interaction=second)
    assert facts_of(ana).last_interaction_at == first.occurred_at
    assert facts_of(ana).interactions_count == 1

    restore_interaction(actor=actor, interaction=second)
    assert facts_of(ana).last_interaction_at == second.occurred_at
    assert facts_of(ana).interactions_count == 2


def test_deleting_the_only_one_leaves_no_contact(actor, ana, acme, employ):
    employ(ana, acme)
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="1")
    delete_interaction(actor=actor, interaction=note)

    for party in (ana, acme):
        facts = facts_of(party)
        assert (facts.last_interaction_at, facts.interactions_count) == (None, 0)


def test_a_colleague_without_the_right_cannot_edit_or_delete(actor, ana, member_with):
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Oi")
    reader = Actor.for_member(member_with("read_only"))
    for act in (edit_interaction, delete_interaction):
        with pytest.raises(Denied):
            act(actor=reader, interaction=note)
    seller = Actor.for_member(member_with("salesperson"))
    with pytest.raises(Denied):  # a salesperson deletes their own only
        delete_interaction(actor=seller, interaction=note)


def test_the_author_may_delete_their_own(ana, member_with):
    seller = Actor.for_member(member_with("salesperson"))
    note = record_interaction(actor=seller, party_id=ana.id, kind="note", body="Oi")
    assert delete_interaction(actor=seller, interaction=note).deleted_at is not None


def test_pinning_is_recorded(actor, ana):
    note = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Oi")
    assert pin_interaction(actor=actor, interaction=note, pinned=True).pinned_at is not None
    assert pin_interaction(actor=actor, interaction=note, pinned=False).pinned_at is None
    assert AuditEntry.objects.filter(act__in=["interaction.pinned", "interaction.unpinned"]).count() == 2


def test_a_mentioned_colleague_is_notified_once(actor, ana, member_with):
    bia = member_with("salesperson", name="Bia")
    note = record_interaction(
        actor=actor,
        party_id=ana.id,
        kind="note",
        body="@Bia veja",
        mentions=[bia.id, bia.id, actor.member.id],
    )
    edit_interaction(actor=actor, interaction=note, body="@Bia veja isto", mentions=[bia.id])

    notice = Notification.objects.get(member=bia)
    assert notice.kind == "timeline.mention"
    assert str(ana.id) in notice.url
    assert events("member_mentioned") == 1


def test_a_mention_does_not_reach_who_may_not_see_the_customer(actor, ana, member_with):
    bia = member_with("salesperson", name="Bia")
    bia.role.rights["objects"]["customer"]["view"] = "own"
    bia.role.save()
    record_interaction(actor=actor, party_id=ana.id, kind="note", body="@Bia veja", mentions=[bia.id])

    assert not Notification.objects.filter(member=bia).exists()

"""Suppressed addresses and the opt-outs on customers' records always say the same."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.errors import Invalid, Missing
from ponte.core.models import StoredEvent
from ponte.directory.data import EmailData, PersonData, PhoneData
from ponte.directory.models import Party, PartyEmail, PartyPhone
from ponte.directory.services.bulk import bulk_upsert_people
from ponte.directory.services.contacts import add_contact, set_emails, set_phones
from ponte.privacy.models import Suppression
from ponte.privacy.services.suppressions import lift_suppression, reopen_channel, suppress_address

pytestmark = pytest.mark.usefixtures("workspace")


def opted_out(address: str) -> bool:
    rows = [*PartyEmail.objects.filter(address=address), *PartyPhone.objects.filter(number=address)]
    assert rows
    states = {row.opted_out for row in rows}
    assert len(states) == 1
    return states.pop()


def suppressed(address: str, reason: str = "opt_out") -> bool:
    return Suppression.objects.filter(address=address, channel="", reason=reason, lifted_at=None).exists()


def test_suppressing_marks_every_customer_with_the_address(make_party: Any, actor: Any) -> None:
    ana = make_party(emails=[EmailData(address="casa@x.com.br")])
    make_party("Bia", emails=[EmailData(address="casa@x.com.br")])
    row = suppress_address(actor=actor, address=" Casa@X.com.br ", reason="opt_out", channel="email")
    assert opted_out("casa@x.com.br")
    assert Party.objects.get(id=ana.id).version == ana.version + 1
    assert suppress_address(actor=actor, address="casa@x.com.br", reason="opt_out").id == row.id
    assert StoredEvent.objects.filter(name="privacy.addresses_suppressed").count() == 1
    lift_suppression(actor=actor, suppression_id=row.id, because="Pediu de novo")
    assert not opted_out("casa@x.com.br")
    with pytest.raises(Missing):
        lift_suppression(actor=actor, suppression_id=row.id, because="x")


def test_opting_out_on_the_record_suppresses_and_ticking_off_lifts(make_party: Any, actor: Any) -> None:
    ana = make_party(emails=[EmailData(address="a@x.com.br", opted_out=True)])
    assert suppressed("a@x.com.br")
    set_emails(actor=actor, party_id=ana.id, emails=[EmailData(address="a@x.com.br", kind="work")])
    assert opted_out("a@x.com.br"), "not said is not lifted"
    set_emails(actor=actor, party_id=ana.id, emails=[EmailData(address="a@x.com.br", opted_out=False)])
    assert not opted_out("a@x.com.br")
    assert not suppressed("a@x.com.br")
    set_emails(actor=actor, party_id=ana.id, emails=[EmailData(address="a@x.com.br", opted_out=True)])
    assert suppressed("a@x.com.br")


def test_a_closed_address_comes_back_closed_whichever_way(make_party: Any, actor: Any) -> None:
    suppress_address(actor=actor, address="(11) 98123-4567", reason="opt_out")
    suppress_address(actor=actor, address="z@x.com.br", reason="opt_out")
    ana = make_party(phones=[PhoneData(number="1181234567")])
    assert PartyPhone.objects.get(party=ana).opted_out
    bia = make_party("Bia", phones=[], emails=[])
    add_contact(actor=actor, party_id=bia.id, name="emails", item=EmailData(address="z@x.com.br"))
    set_phones(actor=actor, party_id=bia.id, phones=[PhoneData(number="11981234567")])
    assert PartyPhone.objects.get(party=bia).opted_out
    rows = [PersonData(name="Caio", cpf="52998224725", emails=[EmailData(address="z@x.com.br")])]
    bulk_upsert_people(actor=actor, rows=rows, source="teste", match=("document",))
    assert opted_out("z@x.com.br")
    assert PartyEmail.objects.filter(address="z@x.com.br").count() == 2


def test_an_import_that_says_opted_out_suppresses(actor: Any) -> None:
    rows = [PersonData(name="Caio", emails=[EmailData(address="fora@x.com.br", opted_out=True)])]
    bulk_upsert_people(actor=actor, rows=rows, source="teste")
    assert suppressed("fora@x.com.br")


def test_a_bounce_marks_the_address_broken_until_lifted(make_party: Any, actor: Any) -> None:
    ana = make_party()
    row = suppress_address(actor=actor, address=ana.email, reason="bounce")
    assert PartyEmail.objects.get(party=ana).validity == "invalid"
    lift_suppression(actor=actor, suppression_id=row.id, because="Caixa voltou")
    assert PartyEmail.objects.get(party=ana).validity == "unknown"


def test_opening_one_channel_of_a_number_keeps_the_others_closed(make_party: Any, actor: Any) -> None:
    ana = make_party(phones=[PhoneData(number="11981234567", opted_out=True)])
    reopen_channel(actor=actor, addresses=["+5511981234567"], channel="whatsapp", because="preferences")
    assert not PartyPhone.objects.get(party=ana).opted_out
    closed = Suppression.objects.filter(lifted_at=None).values_list("channel", flat=True)
    assert sorted(closed) == ["phone", "sms"]


@pytest.mark.parametrize(
    ("address", "reason", "channel", "field"),
    [
        ("nobody@", "bounce", "", "address"),
        ("12", "bounce", "", "address"),
        ("a@x.com.br", "because", "", "reason"),
        ("a@x.com.br", "bounce", "sms", "channel"),
        ("11981234567", "bounce", "email", "channel"),
    ],
)
def test_nonsense_is_refused_by_name(actor: Any, address: str, reason: str, channel: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        suppress_address(actor=actor, address=address, reason=reason, channel=channel)
    assert refusal.value.problems[0].field == field
    assert not Suppression.objects.exists()

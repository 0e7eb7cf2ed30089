"""Whether a customer may be contacted: the rules one by one, and the rules for many agreeing with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponte.directory.data import EmailData, PhoneData
from ponte.directory.models import Party, PartyEmail, PartyPhone
from ponte.directory.services.deletion import delete_parties
from ponte.privacy.models import (
    ConsentRecord,
    ConsentStatus,
    ContactChannel,
    ContactRefusal,
    Permission,
    Purpose,
    Suppression,
    SuppressionReason,
)
from ponte.privacy.selectors.decisions import decide
from ponte.privacy.selectors.many import decide_many
from ponte.privacy.services.contact import may_contact, may_contact_many
from ponte.privacy.services.purposes import save_purpose
from ponte.privacy.services.suppressions import suppress_address

pytestmark = pytest.mark.usefixtures("workspace")


def verdict(party: Party, purpose: str = "marketing", channel: str = "email", **options: Any) -> str:
    """Return the verdict for one, after checking that the rules for many say the same."""
    one = decide(party_id=party.id, purpose=purpose, channel=channel, **options)
    if "address" not in options:
        assert decide_many(party_ids=[party.id], purpose=purpose, channel=channel, **options) == [one]
    return str(one.verdict)


def test_silence_means_no_where_consent_is_needed_and_yes_where_it_is_not(make_party: Any) -> None:
    ana = make_party()
    assert verdict(ana) == "no_consent"
    assert verdict(ana, "survey") == "allowed"
    assert verdict(ana, "billing", "whatsapp") == "allowed"


def test_consent_counts_for_its_purpose_and_channel_alone(make_party: Any, say: Any) -> None:
    ana = make_party()
    say(ana, channels=["email"])
    assert verdict(ana) == "allowed"
    assert verdict(ana, channel="whatsapp") == "no_consent"
    assert decide(party_id=ana.id, purpose="marketing", channel="email").basis == "consent"


def test_withdrawal_without_channels_closes_every_channel(make_party: Any, say: Any) -> None:
    ana = make_party()
    say(ana, channels=["email", "whatsapp"])
    say(ana, allows=False)
    assert {verdict(ana, channel=channel) for channel in ContactChannel.values} == {"withdrawn"}


def test_objection_stops_legitimate_interest_and_refusal_is_named_so(make_party: Any, say: Any) -> None:
    ana = make_party()
    assert say(ana, "survey", allows=False).status == ConsentStatus.OBJECTED
    assert verdict(ana, "survey") == "objected"
    assert say(ana, allows=False).status == ConsentStatus.REFUSED
    assert verdict(ana) == "refused"


def test_consent_ends_when_the_purpose_says_so(make_party: Any, say: Any, actor: Any) -> None:
    save_purpose(actor=actor, key="marketing", valid_months=12)
    ana = make_party()
    say(ana, channels=["email"], occurred_at=timezone.now() - timedelta(days=300))
    assert verdict(ana) == "allowed"
    assert verdict(ana, at=timezone.now() + timedelta(days=90)) == "expired"


def test_an_unknown_or_switched_off_purpose_refuses(make_party: Any, actor: Any) -> None:
    ana = make_party()
    assert verdict(ana, "nonsense") == "no_purpose"
    save_purpose(actor=actor, key="survey", is_active=False)
    assert verdict(ana, "survey") == "no_purpose"
    assert verdict(ana, "survey", "mail") == "no_purpose"
    save_purpose(actor=actor, key="survey", is_active=True)
    assert verdict(ana, "survey", "mail") == "no_channel"


def test_customers_in_the_bin_or_nowhere_are_left_in_peace(make_party: Any, actor: Any) -> None:
    ana = make_party()
    delete_parties(actor=actor, party_ids=[ana.id])
    assert verdict(ana, "billing") == "no_customer"
    ana.id = uuid4()
    assert verdict(ana, "billing") == "no_customer"


def test_the_best_address_is_chosen_and_a_foreign_one_refused(make_party: Any, actor: Any) -> None:
    ana = make_party(
        emails=[EmailData(address="a@x.com.br"), EmailData(address="b@x.com.br", is_primary=True)],
        phones=[PhoneData(number="1133334444", has_whatsapp=False)],
    )
    assert decide(party_id=ana.id, purpose="billing", channel="email").address == "b@x.com.br"
    suppress_address(actor=actor, address="B@x.com.br", reason="bounce")
    assert decide(party_id=ana.id, purpose="billing", channel="email").address == "a@x.com.br"
    assert verdict(ana, "billing", address="b@x.com.br") == "bounce"
    assert verdict(ana, "billing", address="z@x.com.br") == "not_theirs"
    assert verdict(ana, "billing", address="nonsense") == "not_theirs"
    assert verdict(ana, "billing", "whatsapp") == "no_whatsapp"
    assert verdict(ana, "billing", "phone") == "allowed"
    assert verdict(make_party(emails=[]), "billing") == "no_address"


def test_opting_out_spares_what_is_essential_a_bounce_does_not(make_party: Any, say: Any, actor: Any) -> None:
    ana = make_party()
    say(ana, channels=["email"])
    suppress_address(actor=actor, address=ana.email, reason="opt_out")
    assert (verdict(ana), verdict(ana, "billing")) == ("opt_out", "allowed")
    suppress_address(actor=actor, address=ana.email, reason="bounce")
    assert (verdict(ana), verdict(ana, "billing")) == ("bounce", "bounce")


def test_a_mobile_without_its_ninth_digit_is_the_same_number(make_party: Any, actor: Any) -> None:
    ana = make_party(phones=[PhoneData(number="1181234567")])
    suppress_address(actor=actor, address="(11) 98123-4567", reason="opt_out", channel="whatsapp")
    assert verdict(ana, "survey", "whatsapp") == "opt_out"
    assert verdict(ana, "survey", "phone") == "allowed"


def test_refusals_are_logged_and_permissions_are_not(make_party: Any, say: Any, actor: Any) -> None:
    ana, bia = make_party(), make_party("Bia")
    say(ana, channels=["email"])
    asked = {"actor": actor, "purpose": "marketing", "channel": "email", "sender": "campanha Natal"}
    assert may_contact(party=ana, **asked)
    assert not may_contact(party=bia, **asked)
    refusal = ContactRefusal.objects.get()
    assert (refusal.party_id, refusal.reason, refusal.sender) == (bia.id, "no_consent", "campanha Natal")
    decisions = may_contact_many(party_ids=[bia.id, ana.id, uuid4()], **asked)
    assert [one.allowed for one in decisions] == [False, True, False]
    assert ContactRefusal.objects.count() == 3
    assert ContactRefusal.objects.filter(party=None, reason="no_customer").count() == 1


def test_many_take_as_many_queries_as_one(make_party: Any, actor: Any) -> None:
    ids = [make_party(f"Pessoa {n}").id for n in range(12)]

    def queries(of: list[Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            may_contact_many(actor=actor, party_ids=of, purpose="marketing", channel="email", sender="x")
        return len(seen)

    assert queries(ids[:1]) == queries(ids) <= 4


contact = st.fixed_dictionaries(
    {
        "primary": st.booleans(),
        "validity": st.sampled_from(["unknown", "valid", "invalid"]),
        "opted_out": st.booleans(),
        "whatsapp": st.sampled_from([None, True, False]),
        "short": st.booleans(),
        "reasons": st.sets(
            st.tuples(
                st.sampled_from(SuppressionReason.values), st.sampled_from(["", "whatsapp", "sms", "phone"])
            ),
            max_size=2,
        ),
    }
)
world = st.fixed_dictionaries(
    {
        "emails": st.lists(contact, max_size=3),
        "phones": st.lists(contact, max_size=3),
        "deleted": st.sampled_from([False, False, False, True]),
        "said": st.dictionaries(
            st.tuples(
                st.sampled_from(["marketing", "survey", "own"]), st.sampled_from(ContactChannel.values)
            ),
            st.tuples(st.sampled_from(ConsentStatus.values), st.sampled_from([None, -1, 1])),
            max_size=5,
        ),
        "own": st.tuples(st.sampled_from(["consent", "contract"]), st.booleans()),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(customers=st.lists(world, min_size=1, max_size=3))
def test_the_rules_for_one_and_for_many_agree(make_party: Callable[..., Party], customers: list[Any]) -> None:
    now = timezone.now()
    basis, essential = customers[0]["own"]
    Purpose.objects.filter(key="own").delete()
    Purpose.objects.create(
        key="own",
        name="Own",
        basis=basis,
        channels=["email", "whatsapp", "mail"],
        is_essential=essential and basis != "consent",
    )
    parties = [_build(make_party, one, now) for one in customers]
    for purpose in ("marketing", "survey", "billing", "own"):
        for channel in ContactChannel.values:
            many = decide_many(party_ids=[p.id for p in parties], purpose=purpose, channel=channel, at=now)
            each = [decide(party_id=p.id, purpose=purpose, channel=channel, at=now) for p in parties]
            assert many == each


def _build(make_party: Callable[..., Party], one: dict[str, Any], now: Any) -> Party:
    party = make_party(emails=[], phones=[])
    for number, row in enumerate(one["emails"]):
        address = f"{party.id.hex[-8:]}-{number}@x.com.br"
        PartyEmail.objects.create(party=party, address=address, **_marks(row, number, now))
        _suppress(address, [("", reason) for reason, _channel in row["reasons"]], now)
    for number, row in enumerate(one["phones"]):
        tail = f"{int(party.id.hex[-6:], 16) % 10**6:06d}{number}"
        stored = f"+55118{tail}" if row["short"] else f"+551198{tail}"
        PartyPhone.objects.create(
            party=party, number=stored, has_whatsapp=row["whatsapp"], **_marks(row, number, now)
        )
        _suppress(f"+551198{tail}", [(channel, reason) for reason, channel in row["reasons"]], now)
    for (purpose, channel), (status, days) in one["said"].items():
        proof = ConsentRecord.objects.create(
            party=party, purpose=purpose, channels=[channel], status=status, basis="consent",
            given_through="site", occurred_at=now,
        )  # fmt: skip
        Permission.objects.create(
            party=party, purpose=purpose, channel=channel, status=status, basis="consent", since=now,
            expires_at=now + timedelta(days=days) if days else None, record=proof,
        )  # fmt: skip
    if one["deleted"]:
        Party.objects.filter(id=party.id).update(deleted_at=now)
    return party


def _marks(row: dict[str, Any], number: int, now: Any) -> dict[str, Any]:
    return {
        "is_primary": row["primary"] and number == 0,
        "validity": row["validity"],
        "opted_out_at": now if row["opted_out"] else None,
    }


def _suppress(address: str, reasons: list[tuple[str, str]], now: Any) -> None:
    for channel, reason in set(reasons):
        Suppression.objects.get_or_create(
            address=address, channel=channel, reason=reason, lifted_at=None, defaults={"since": now}
        )

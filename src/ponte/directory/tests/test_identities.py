"""Recognising customers: canonical forms, one look-up, disputes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.core.errors import Invalid, Missing
from ponte.core.models import StoredEvent
from ponte.directory.data import CompanyData, ExternalId, HandleData, PersonData, PhoneData
from ponte.directory.models import Identity, IdentityClaim
from ponte.directory.selectors.identities import resolve, resolve_many
from ponte.directory.selectors.normal import canonical
from ponte.directory.services.companies import create_company
from ponte.directory.services.contacts import set_phones
from ponte.directory.services.identities import claim, claim_keys, decide_claim, release
from ponte.directory.services.people import create_person

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.mark.parametrize(
    "written",
    [
        "+55 11 91234-5678",
        "(11) 91234-5678",
        "011 91234 5678",
        "1112345678".replace("1112345678", "11 9 1234 5678"),
    ],
)
def test_a_mobile_is_found_however_written(actor: Any, written: str) -> None:
    ana = create_person(actor=actor, data=PersonData(name="Ana", phones=[PhoneData(number="11912345678")]))
    assert resolve("phone", written) == ana.id


def test_the_ninth_digit(actor: Any) -> None:
    old = create_person(actor=actor, data=PersonData(name="Old", phones=[PhoneData(number="+551181234567")]))
    for form in ("(11) 8123-4567", "(11) 98123-4567"):
        assert resolve("phone", form) == old.id
    assert resolve("whatsapp", "551181234567@s.whatsapp.net") == old.id
    assert resolve("whatsapp", "5511981234567") == old.id
    landline = create_person(
        actor=actor, data=PersonData(name="Loja", phones=[PhoneData(number="1133334444")])
    )
    assert resolve("phone", "1133334444") == landline.id
    assert resolve("phone", "11933334444") != landline.id


def test_whatsapp_and_phone_are_one_mark(actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="Ana"))
    assert claim(actor=actor, party_id=ana.id, kind="whatsapp", value="5511912345678") is None
    assert resolve("phone", "(11) 91234-5678") == ana.id
    bia = create_person(actor=actor, data=PersonData(name="Bia", phones=[PhoneData(number="11912345678")]))
    assert resolve("phone", "11912345678") == ana.id
    assert IdentityClaim.objects.get().claimant_id == bia.id


def test_documents_and_external_ids(actor: Any) -> None:
    company = create_company(
        actor=actor,
        data=CompanyData(
            name="A", cnpj="12.abc.345/01de-35", external_ids=[ExternalId(source="erp", id="X:1")]
        ),
    )
    assert resolve("cnpj", "12ABC34501DE35") == company.id
    assert resolve("external", "erp:X:1") == company.id
    assert resolve("cnpj", "not one") is None
    assert resolve("nonsense", "x") is None


def test_a_social_handle_is_a_mark(actor: Any) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="Ana", handles=[HandleData(network="instagram", handle="@Ana.B")])
    )
    assert resolve("social", "instagram:ana.b") == ana.id


def test_many_are_resolved_in_one_query(actor: Any, django_assert_num_queries: Any) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="Ana", cpf="52998224725", phones=[PhoneData(number="11981234567")])
    )
    pairs = [
        ("cpf", "529.982.247-25"),
        ("whatsapp", "551181234567"),
        ("email", "x@y.com.br"),
        ("phone", "bad"),
    ]
    with django_assert_num_queries(1):
        found = resolve_many(pairs)
    assert found == {("cpf", "529.982.247-25"): ana.id, ("whatsapp", "551181234567"): ana.id}


def test_claiming_releasing_and_deciding(actor: Any) -> None:
    ana, bia, caio = (
        create_person(actor=actor, data=PersonData(name=name)) for name in ("Ana", "Bia", "Caio")
    )
    assert claim(actor=actor, party_id=ana.id, kind="email", value="A@x.com.br") is None
    assert claim(actor=actor, party_id=ana.id, kind="email", value="a@x.com.br") is None
    dispute = claim(actor=actor, party_id=bia.id, kind="email", value="a@x.com.br")
    assert dispute is not None
    assert claim(actor=actor, party_id=bia.id, kind="email", value="a@x.com.br").id == dispute.id  # type: ignore[union-attr]
    assert StoredEvent.objects.filter(name="directory.identity_disputed").count() == 1
    claim(actor=actor, party_id=caio.id, kind="email", value="a@x.com.br")
    assert release(actor=actor, party_id=ana.id, kind="email", value="a@x.com.br")
    assert resolve("email", "a@x.com.br") == bia.id
    waiting = IdentityClaim.objects.get(status="open")
    assert (waiting.holder_id, waiting.claimant_id) == (bia.id, caio.id)
    decide_claim(actor=actor, claim_id=waiting.id, move=False)
    assert resolve("email", "a@x.com.br") == bia.id
    with pytest.raises(Missing):
        decide_claim(actor=actor, claim_id=waiting.id, move=True)
    with pytest.raises(Invalid):
        claim(actor=actor, party_id=ana.id, kind="email", value="nope")


def test_a_changed_phone_keeps_its_mark_with_or_without_the_ninth_digit(actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="Ana", phones=[PhoneData(number="1181234567")]))
    set_phones(actor=actor, party_id=ana.id, phones=[PhoneData(number="11981234567")])
    assert resolve("phone", "1181234567") == ana.id
    assert Identity.objects.filter(party_id=ana.id).count() == 1


@given(
    kind=st.sampled_from(["email", "phone", "whatsapp", "cpf", "cnpj", "external", "social", "cookie"]),
    value=st.text(),
)
def test_anything_at_all_is_answered(kind: str, value: str) -> None:
    found = canonical(kind, value)
    assert found is None or (found[0] == kind and 0 < len(found[1]) <= 320 and "\x00" not in found[1])


def test_many_marks_of_which_one_was_taken_meanwhile(actor: Any) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="Ana", external_ids=[ExternalId(source="erp", id="7")])
    )
    bia = create_person(actor=actor, data=PersonData(name="Bia"))
    keys = [("external", f"erp:{number}") for number in range(300)]
    disputes = claim_keys(
        actor=actor, wanted={bia.id: keys}, source="erp", known={}
    )  # looked before Ana came
    assert [(one.value, one.holder_id) for one in disputes] == [("erp:7", ana.id)]
    assert Identity.objects.filter(party_id=bia.id).count() == 299
    more = [("external", f"crm:{number}") for number in range(300)]
    assert claim_keys(actor=actor, wanted={bia.id: more}, source="crm") == []
    assert Identity.objects.filter(party_id=bia.id, source="crm").count() == 300

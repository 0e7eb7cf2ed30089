"""Phones as they are written, and the ninth digit."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.core.brazil.phones import (
    AREA_CODES,
    canonical_phone,
    format_phone,
    ninth_digit_variants,
    normalise_whatsapp_id,
    parse_phone,
    phone_kind,
    split_phones,
)
from ponte.core.brazil.problems import Unreadable


@pytest.mark.parametrize(
    ("text", "e164", "kind"),
    [
        ("(11) 91234-5678", "+5511912345678", "mobile"),
        ("11 91234 5678", "+5511912345678", "mobile"),
        ("+55 (11) 91234-5678", "+5511912345678", "mobile"),
        ("005511912345678", "+5511912345678", "mobile"),
        ("011 91234-5678", "+5511912345678", "mobile"),
        ("0 21 11 91234-5678", "+5511912345678", "mobile"),
        ("11912345678.0", "+5511912345678", "mobile"),
        ("1,1912345678E+10", "+5511912345678", "mobile"),
        ("(11) 3234-5678 ramal 12", "+551132345678", "landline"),
        ("(55) 3234-5678", "+555532345678", "landline"),
        ("55 99234-5678", "+5555992345678", "mobile"),
        ("(11) 8123-4567", "+551181234567", "mobile"),
        ("+351 912 345 678", "+351912345678", "mobile"),
        ("+1 415 555 2671", "+14155552671", "other"),
        ("0800 123 4567", "+558001234567", "other"),
    ],
)
def test_parse(text: str, e164: str, kind: str) -> None:
    assert parse_phone(text) == (e164, kind)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), ("sem telefone", "phone_invalid"), ("123", "phone_invalid"), ("91234-5678",
        "phone_area_missing"),
        ("(20) 91234-5678", "phone_invalid"), ("1,19E+10", "scientific"), ("9" * 500, "phone_invalid"),
    ],
)  # fmt: skip
def test_refused(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as problem:
        parse_phone(text)
    assert problem.value.code == code


def test_area_code_of_the_workspace() -> None:
    assert parse_phone("91234-5678", area="11").e164 == "+5511912345678"
    assert parse_phone("3234-5678", area="21").e164 == "+552132345678"


def test_ninth_digit() -> None:
    assert ninth_digit_variants("+5511981234567") == ("+5511981234567", "+551181234567")
    assert ninth_digit_variants("+551181234567") == ("+551181234567", "+5511981234567")
    assert ninth_digit_variants("+551132345678") == ("+551132345678",)
    assert ninth_digit_variants("+5511932345678") == ("+5511932345678",)
    assert ninth_digit_variants("+351912345678") == ("+351912345678",)
    assert canonical_phone("+551181234567") == "+5511981234567"


def test_display() -> None:
    assert format_phone("+5511912345678") == "(11) 91234-5678"
    assert format_phone("+551132345678") == "(11) 3234-5678"
    assert format_phone("+351912345678") == "+351 912 345 678"
    assert format_phone("nonsense") == "nonsense"


@pytest.mark.parametrize(
    "text",
    [
        "551181234567",
        "5511981234567@s.whatsapp.net",
        "whatsapp:+5511981234567",
        "5511981234567:12@s.whatsapp.net",
    ],
)
def test_whatsapp_id(text: str) -> None:
    assert normalise_whatsapp_id(text) == "+5511981234567"


def test_whatsapp_group_is_no_phone() -> None:
    with pytest.raises(Unreadable):
        normalise_whatsapp_id("5511981234567-1400000000@g.us")


def test_several_in_a_cell() -> None:
    assert split_phones("(11) 3333-4444 / (11) 98888-7777; 21 2222-1111") == [
        "(11) 3333-4444",
        "(11) 98888-7777",
        "21 2222-1111",
    ]
    assert split_phones("(11) 3333-4444") == ["(11) 3333-4444"]


@given(st.sampled_from(sorted(AREA_CODES)), st.from_regex(r"9[0-9]{8}|[2-5][0-9]{7}", fullmatch=True))
def test_every_brazilian_number_survives(area: str, number: str) -> None:
    e164 = f"+55{area}{number}"
    assert parse_phone(e164).e164 == e164
    assert parse_phone(format_phone(e164)).e164 == e164
    assert parse_phone(f"{area}{number}").e164 == e164
    for variant in ninth_digit_variants(e164):
        assert e164 in ninth_digit_variants(variant)
        assert canonical_phone(variant) == canonical_phone(e164)
        assert phone_kind(variant) == phone_kind(e164)


@given(st.text(max_size=60) | st.text(alphabet="0123456789+() -.eE,/", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert parse_phone(text).e164.startswith("+")

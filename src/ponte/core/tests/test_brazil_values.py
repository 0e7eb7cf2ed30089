"""Postal codes, states, numbers, amounts and dates."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from ponte.core.brazil.dates import detect_date_order, parse_date, parse_datetime
from ponte.core.brazil.numbers import (
    detect_number_style,
    format_brl,
    format_number,
    parse_boolean,
    parse_decimal,
    parse_integer,
    undo_spreadsheet,
)
from ponte.core.brazil.postal import STATES, format_cep, normalise_cep, normalise_uf, state_name
from ponte.core.brazil.problems import MESSAGES, Unreadable

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def test_cep() -> None:
    assert (
        normalise_cep("01310-100") == normalise_cep("1310100") == normalise_cep(" 01.310-100 ") == "01310100"
    )
    assert normalise_cep("1310100.0") == "01310100"
    assert format_cep("01310100") == "01310-100"
    for bad in ("35182", "abc", "00000-000", "123456789", "310-0100"):
        with pytest.raises(Unreadable):
            normalise_cep(bad)


def test_states() -> None:
    assert len(STATES) == 27
    assert normalise_uf("são paulo") == normalise_uf("SP") == normalise_uf("Estado de São Paulo") == "SP"
    assert normalise_uf("BR-mg") == "MG"
    assert state_name("rj") == "Rio de Janeiro"
    with pytest.raises(Unreadable):
        normalise_uf("XX")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"), ("R$ 1.234,56", "1234.56"), ("R$\u00a01.234,56", "1234.56"), ("1,234.56",
        "1234.56"),
        ("1.234", "1234"), ("1,234", "1.234"), ("99.9", "99.9"), ("99,90", "99.90"), ("1.234.567", "1234567"),
        ("1,234,567", "1234567"), ("(10,00)", "-10.00"), ("10,00-", "-10.00"), ("-5", "-5"), ("−5", "-5"),
        ("1,5E+3", "1500"), ("12,5%", "12.5"), ("US$ 3.00", "3.00"), ("1 234,50", "1234.50"), ("0.123",
        "0.123"),
        ("1234.5678", "1234.5678"), ("R$ -3,20", "-3.20"), ("1.0E-2", "0.01"),
    ],
)  # fmt: skip
def test_decimal(text: str, value: str) -> None:
    assert parse_decimal(text) == Decimal(value)


def test_column_decides_what_one_value_cannot() -> None:
    assert detect_number_style(["10.900", "99.9", "7"]) == "intl"
    assert detect_number_style(["10.900", "99,9"]) == "br"
    assert detect_number_style(["10.900", "7"]) is None
    assert parse_decimal("10.900", style="intl") == Decimal("10.9")
    assert parse_decimal("10.900", style="br") == Decimal(10900)
    assert parse_decimal("1.234,56", style="intl") == Decimal("1234.56")


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "--1", "1,2,3", "R$", "9" * 41, "9" * 31, "NaN", "Infinity", "1e99", "٣"]
)
def test_no_number(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_decimal(text)


@given(st.decimals(-(10**12), 10**12, places=2))
def test_what_is_formatted_reads_back(value: Decimal) -> None:
    assert parse_decimal(format_number(value)) == value
    assert parse_decimal(format_brl(value)) == value
    assert parse_decimal(format_number(value, style="intl")) == value


def test_integers_booleans_codes() -> None:
    assert parse_integer("3,0") == parse_integer("3.0") == parse_integer("3") == 3
    assert parse_integer("1.234") == 1234
    with pytest.raises(Unreadable):
        parse_integer("3,5")
    assert parse_boolean("Não") is False
    assert parse_boolean("SIM") is True
    assert parse_boolean("x") is True
    with pytest.raises(Unreadable):
        parse_boolean("talvez")
    assert undo_spreadsheet("1.2E+1") == "12"
    assert undo_spreadsheet("12.0") == "12.0"  # too short to be a mangled code
    with pytest.raises(Unreadable):
        undo_spreadsheet("5,51199E+12")


@time_machine.travel("2026-11-22")
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("22/11/2026", date(2026, 11, 22)), ("22-11-26", date(2026, 11, 22)), ("2.3.1985", date(1985, 3, 2)),
        ("2026-11-22", date(2026, 11, 22)), ("20261122", date(2026, 11, 22)), ("2026/1/5", date(2026, 1, 5)),
        ("22 de novembro de 2026", date(2026, 11, 22)), ("1º de março de 1990", date(1990, 3, 1)),
        ("22-nov-26", date(2026, 11, 22)), ("22/Dez/2025", date(2025, 12, 22)), ("Nov 22, 2026", date(2026,
        11, 22)),
        ("11/22/2026", date(2026, 11, 22)), ("01/02/2026", date(2026, 2, 1)), ("22/11/2026 14:30", date(2026,
        11, 22)),
        ("01/02/85", date(1985, 2, 1)), ("01/02/40", date(2040, 2, 1)),
    ],
)  # fmt: skip
def test_date(text: str, day: date) -> None:
    assert parse_date(text) == day


@time_machine.travel("2026-11-22")
def test_date_options() -> None:
    assert parse_date("01/02/2026", order="mdy") == date(2026, 1, 2)
    assert parse_date("01/02/40", past=True) == date(1940, 2, 1)
    assert parse_date("44927", serial=True) == date(2023, 1, 1)
    assert parse_date("20230101", serial=True) == date(2023, 1, 1)
    assert detect_date_order(["01/02/2020", "13/02/2020"]) == "dmy"
    assert detect_date_order(["01/02/2020", "02/13/2020"]) == "mdy"
    assert detect_date_order(["01/02/2020"]) is None


@pytest.mark.parametrize(
    "text", ["", "44927", "31/02/2026", "2026-13-01", "abc", "12 de foo de 2020", "99/99/9999"]
)
def test_no_date(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-08-15 04:10:37", datetime(2018, 8, 15, 4, 10, 37, tzinfo=SAO_PAULO)),
        ("15/08/2018 04:10", datetime(2018, 8, 15, 4, 10, tzinfo=SAO_PAULO)),
        ("15/08/2018 às 4h10".replace("às ", ""), datetime(2018, 8, 15, 4, 10, tzinfo=SAO_PAULO)),
        ("8/15/2018 2:30 PM", datetime(2018, 8, 15, 14, 30, tzinfo=SAO_PAULO)),
        ("2018-08-15T04:10:37.123Z", datetime(2018, 8, 15, 4, 10, 37, 123000, tzinfo=UTC)),
        ("2018-08-15T04:10:37-03:00", datetime(2018, 8, 15, 7, 10, 37, tzinfo=UTC)),
        ("2018-08-15", datetime(2018, 8, 15, tzinfo=SAO_PAULO)),
    ],
)
def test_datetime(text: str, moment: datetime) -> None:
    assert parse_datetime(text, zone=SAO_PAULO) == moment


def test_a_time_that_the_clock_skipped_equals_itself() -> None:
    skipped = parse_datetime("2017-10-15 00:30:00", zone=SAO_PAULO)  # summer time began at midnight
    assert skipped == datetime(2017, 10, 15, 3, 30, tzinfo=UTC)


def test_serial_moment() -> None:
    assert parse_datetime("44927.5", zone=SAO_PAULO, serial=True) == datetime(
        2023, 1, 1, 12, tzinfo=SAO_PAULO
    )


@given(st.text(max_size=40) | st.text(alphabet="0123456789/-.: tzhdeao", max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_decimal, parse_integer, parse_boolean, parse_date, normalise_cep, normalise_uf):
        with contextlib.suppress(Unreadable):
            assert read(text) is not None
    with contextlib.suppress(Unreadable):
        assert parse_datetime(text, zone=SAO_PAULO, serial=True).tzinfo is not None


def test_every_problem_has_words() -> None:
    for code in MESSAGES:
        assert Unreadable(code).message

"""CPF and CNPJ, alphanumeric ones and those a spreadsheet has bitten."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from validate_docbr import CNPJ, CPF

from ponte.core.brazil.documents import (
    cnpj_root,
    format_cnpj,
    format_cpf,
    is_cnpj,
    is_head_office,
    normalise_cnpj,
    normalise_cpf,
    read_document,
)
from ponte.core.brazil.problems import Unreadable


@pytest.mark.parametrize("text", ["529.982.247-25", " 52998224725 ", "52998224725.0", "5,2998224725E+10"])
def test_cpf(text: str) -> None:
    assert normalise_cpf(text) == "52998224725"
    assert format_cpf("52998224725") == "529.982.247-25"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), (" . ", "empty"), ("529.982.247-26", "cpf_invalid"), ("111.111.111-11", "cpf_invalid"),
        ("5299822472", "cpf_length"), ("529982247250", "cpf_length"), ("abc", "cpf_length"),
        ("5,29982E+10", "scientific"), ("５２９９８２２４７２５", "cpf_length"),
    ],
)  # fmt: skip
def test_bad_cpf(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as problem:
        normalise_cpf(text)
    assert problem.value.code == code
    assert str(problem.value.message)


def test_lost_zeros_return_only_when_check_digits_fit() -> None:
    assert normalise_cpf("1234567890") == "01234567890"
    with pytest.raises(Unreadable):
        normalise_cpf("1234567891")
    with pytest.raises(Unreadable):
        normalise_cpf("1234567890", repair=False)
    assert normalise_cnpj("6990590000123") == "06990590000123"
    with pytest.raises(Unreadable):
        normalise_cnpj("6990590000124")


@pytest.mark.parametrize("text", ["12.ABC.345/01DE-35", "12abc34501de35"])
def test_alphanumeric_cnpj(text: str) -> None:
    assert normalise_cnpj(text) == "12ABC34501DE35"
    assert format_cnpj("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert cnpj_root("12ABC34501DE35") == "12ABC345"
    assert not is_head_office("12ABC34501DE35")


@pytest.mark.parametrize(
    "text", ["12.ABC.345/01DE-36", "12ABC34501DEAB", "00000000000000", "12ABC34501D35", "1ÇABC34501DE35"]
)
def test_bad_cnpj(text: str) -> None:
    assert not is_cnpj(text)


def test_document_of_either_kind() -> None:
    assert read_document("529.982.247-25") == ("cpf", "52998224725")
    assert read_document("11.222.333/0001-81") == ("cnpj", "11222333000181")
    assert read_document("6990590000123") == ("cnpj", "06990590000123")
    assert is_head_office("11222333000181")
    with pytest.raises(Unreadable):
        read_document("123")


@given(st.integers(0, 10**9 - 1))
def test_every_generated_document_reads_back(seed: int) -> None:
    cpf, cnpj = CPF().generate(), CNPJ().generate(digits_only=bool(seed % 2))
    if len(set(cpf)) > 1:
        assert normalise_cpf(format_cpf(cpf)) == cpf
        stripped = cpf.lstrip("0")
        if len(stripped) >= 9:
            assert normalise_cpf(stripped) == cpf
    assert normalise_cnpj(format_cnpj(cnpj).lower()) == cnpj


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert read_document(text).kind in ("cpf", "cnpj")

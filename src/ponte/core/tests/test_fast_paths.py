"""What is read quickly is read as the thorough way reads it."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from ponte.core.brazil.documents import _CPF, _fits_cpf
from ponte.core.brazil.phones import AREA_CODES, Phone, _parse_any, parse_phone
from ponte.core.brazil.problems import Unreadable
from ponte.core.folding import _PLAIN, _without_controls, fold
from ponte.core.folding import quote as _quote
from ponte.core.text import weighted_document

areas = st.sampled_from([*sorted(AREA_CODES), "10", "00", "23"])
digits = st.text("0123456789", min_size=4, max_size=9)
written = st.builds(
    "{}{}{}{}{}{}{}".format,
    st.sampled_from(["", "+55 ", "+55", "0", "55", "(", "+55 ("]),
    areas,
    st.sampled_from(["", ") ", ")", " "]),
    digits,
    st.sampled_from(["", "-", " ", "--"]),
    digits,
    st.sampled_from(["", "", ".0", " ramal 12", "\n"]),
)


def either(text: str, read: object) -> Phone | str:
    try:
        return read(text)  # type: ignore[operator]
    except Unreadable as unreadable:
        return unreadable.code


@settings(deadline=None)
@given(st.one_of(written, st.text("0123456789()+- .", max_size=20)))
def test_phones(text: str) -> None:
    assert either(text, parse_phone) == either(text, lambda given: _parse_any(given, None, "BR"))


@settings(deadline=None)
@given(st.text("0123456789", min_size=9, max_size=9))
def test_check_digits_of_cpf(first: str) -> None:
    for number in range(100):
        candidate = f"{first}{number:02}"
        assert _fits_cpf(candidate) == _CPF.validate(candidate)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding(text: str) -> None:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        letter for letter in decomposed if not unicodedata.combining(letter) and letter != "\u00ad"
    )
    slowly = kept.casefold().translate(_PLAIN) if not text.isascii() else text.lower()
    assert fold(text) == " ".join(_without_controls(slowly).split())


@settings(deadline=None)
@given(st.lists(st.text("ab'\\ é", min_size=1, max_size=5), max_size=5))
def test_quoting(lexemes: list[str]) -> None:
    assert weighted_document(lexemes, ":1A") == " ".join(f"{_quote(each)}:1A" for each in lexemes)

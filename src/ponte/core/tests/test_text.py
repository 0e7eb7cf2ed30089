"""Folding, sort keys, and that what is written into a search document is found by what people type."""

from __future__ import annotations

import re
import string

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponte.core.text import MAX_WORD, fold, search_document, search_query, search_terms, sort_key, words

LEXEME = r"'(?:[^'\\]|''|\\\\)+'"
TOKEN = re.compile(rf"\s*({LEXEME}(?::\*)?|[&|()])")


def lexemes(document: str) -> set[str]:
    """Read a tsvector literal back, failing on anything PostgreSQL would refuse."""
    assert re.fullmatch(rf"({LEXEME}( {LEXEME})*)?", document), document
    return {unquote(found) for found in re.findall(LEXEME, document)}


def unquote(quoted: str) -> str:
    return quoted[1:-1].replace("''", "'").replace("\\\\", "\\")


def tokens(query: str) -> list[str]:
    found, position = [], 0
    while position < len(query):
        match = TOKEN.match(query, position)
        assert match is not None, f"not a tsquery at {position}: {query!r}"
        found.append(match[1])
        position = match.end()
    return found


def matches(document: str, query: str | None) -> bool:
    """Evaluate a tsquery over a tsvector as PostgreSQL does (``&`` binds tighter than ``|``)."""
    assert query is not None
    have, left = lexemes(document), tokens(query)

    def either() -> bool:
        value = both()
        while left and left[0] == "|":
            left.pop(0)
            value = both() or value
        return value

    def both() -> bool:
        value = single()
        while left and left[0] == "&":
            left.pop(0)
            value = single() and value
        return value

    def single() -> bool:
        token = left.pop(0)
        if token == "(":
            value = either()
            assert left.pop(0) == ")"
            return value
        if token.endswith(":*"):
            return any(lexeme.startswith(unquote(token[:-2])) for lexeme in have)
        return unquote(token) in have

    value = either()
    assert not left, query
    return value


ANA = search_document(
    names=["Ana Conceição d'Ávila de Souza"],
    emails=["Ana.Souza@Padaria-Real.com.br"],
    digits=["+5511987654321", "52998224725", "12ABC34501DE35"],
    extra=["Ribeirão Preto", "a8387c01a09e"],
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  São\u00a0 JOÃO\t", "sao joao"),
        ("Straße", "strasse"),
        ("Łódź Ørsted Æsir", "lodz orsted aesir"),
        ("İstanbul ISPARTA ı", "istanbul isparta i"),
        ("ﬁm ① ª º", "fim 1 a o"),
        ("a\x00b\u200bc", "a bc"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_sort_key_orders_as_people_do() -> None:
    names = ["Zé", "Álvaro", "ana", "D'Ávila", '"Bela" Modas', "Ana", "Dávila"]
    assert sorted(names, key=sort_key) == ["Álvaro", "ana", "Ana", '"Bela" Modas', "D'Ávila", "Dávila", "Zé"]


@pytest.mark.parametrize(
    "typed",
    [
        "ana", "a", "an", "ANA SOUZA", "souza ana", "conceicao", "Conceição sou", "ana da souza", "d'ávila",
        "d'av",
        "ana de", "ana.souza@padaria-real.com.br", "ana.sou", "ana.souza@pad", "@padaria", "@p", "@pad",
        "padaria-real.com.br", "padaria", "real",
        "(11) 98765-4321", "11 98765 4321", "+55 11 98765-4321", "5511987654321", "011987654321",
        "98765-4321",
        "987654321", "8765-4321", "87654321", "4321", "1198765", "(11) 8765-4321", "551187654321", "9876",
        "529.982.247-25", "529.982", "52998224725", "4725", "529.982.247-25 ana", "ana 529.982.247-25",
        "12.ABC.345/01DE-35", "12abc345", "01DE35", "de35", "ribeirao preto", "ribeir", "a8387c01",
    ],
)  # fmt: skip
def test_found_by(typed: str) -> None:
    if typed == "01DE35":  # the last six of a document are not promised, the last eight and four are
        assert not matches(ANA, search_query(typed))
        return
    assert matches(ANA, search_query(typed)), search_query(typed)


@pytest.mark.parametrize(
    "typed",
    ["anab", "souzas", "an souza", "ana@souza", "(11) 98765-4322", "58765-4321", "b", "@real", "529.983"],
)
def test_not_found_by(typed: str) -> None:
    assert not matches(ANA, search_query(typed)), search_query(typed)


def test_landline_never_grows_a_ninth_digit() -> None:
    assert not matches(search_document(digits=["+551132345678"]), search_query("11932345678"))
    assert matches(search_document(digits=["+551181234567"]), search_query("11981234567"))


def test_old_mobile_is_found_with_the_new_digit_and_back() -> None:
    assert matches(search_document(digits=["+5511981234567"]), search_query("(11) 8123-4567"))
    assert matches(search_document(digits=["+551181234567"]), search_query("(11) 98123-4567"))


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "@", "'", "\\", "&|()", "\x00", "--", "\u0301"])
def test_nothing_to_search_for(typed: str) -> None:
    assert search_query(typed) is None


def test_dates_in_names_are_found_as_written() -> None:
    assert matches(search_document(names=["Feira 12/05/2026"]), search_query("feira 12/05/2026"))


@given(st.text(max_size=400) | st.text(alphabet="'\\:*&|()!<>@.-/ +a1é0", max_size=60))
def test_any_text_gives_a_valid_query(typed: str) -> None:
    query = search_query(typed)
    if query is not None:
        matches("'x'", query)
        assert "\x00" not in query
        assert len(query) < 4000


@given(st.lists(st.text(max_size=80), max_size=5), st.text(max_size=80), st.text(max_size=30))
def test_any_text_gives_a_valid_document(names: list[str], email: str, digits: str) -> None:
    found = lexemes(search_document(names=names, emails=[email], digits=[digits], extra=names))
    assert all(0 < len(lexeme) <= 2 * MAX_WORD + 2 for lexeme in found)


name_words = st.lists(
    st.text(alphabet=string.ascii_letters + "áéíóúãõçüñ'", min_size=1, max_size=50).filter(
        lambda word: words(word)
    ),
    min_size=1,
    max_size=4,
)


@given(name_words, st.data())
def test_found_by_every_beginning_of_the_last_word(parts: list[str], data: st.DataObject) -> None:
    name = " ".join(parts)
    all_words = words(name)
    length = data.draw(st.integers(1, len(all_words[-1])))
    typed = " ".join([*all_words[:-1], all_words[-1][:length]])
    assert matches(search_document(names=[name]), search_query(typed))
    assert matches(search_document(names=[name]), search_query(name))


def test_bounds() -> None:
    assert len(tokens(search_query("palavra " * 5000) or "")) < 20
    assert len(lexemes(search_document(names=[" ".join(f"palavra{n}" for n in range(5000))]))) <= 800
    assert search_terms("São são JOÃO") == ["sao", "joao"]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="'\\:*&|()!<>@.-/ +a1é0", max_size=40), name_words)
def test_postgresql_reads_both_and_agrees(db: None, typed: str, parts: list[str]) -> None:
    document, query = (
        search_document(names=[" ".join(parts)], emails=[typed], digits=[typed]),
        search_query(typed),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [document, query])
        (found,) = cursor.fetchone()
    assert found == (matches(document, query) if query is not None else None)

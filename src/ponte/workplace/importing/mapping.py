"""Guessing which column goes where: from its header first, from its values where the header doesn't tell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ponte.core.brazil.documents import is_cnpj, is_cpf
from ponte.core.brazil.phones import parse_phone
from ponte.core.brazil.postal import STATES
from ponte.core.brazil.problems import Unreadable
from ponte.core.text import fold
from ponte.workplace.importing.files import Sample
from ponte.workplace.importing.targets import FieldType, ImportField, ImportTarget

EXACT = 100.0
_SURE = 95.0
REASON_HEADERS = frozenset({"motivo da recusa", "reason for refusal"})
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_CEP = re.compile(r"\d{5}-\d{3}")
# what customers say of their own business is a fact about them, not the value of a deal with them
_TOLD_BY_CUSTOMER = frozenset({"declared", "declarado", "declarada", "declarados", "declaradas"})
_FILLERS = frozenset({"de", "do", "da", "dos", "das", "of", "the", "o", "a", "n", "no", "num", "numero"})


def guess_mapping(target: ImportTarget, sample: Sample) -> dict[int, str]:
    """Return column index → field key for every column that can be told.

    The best pairs of header and field win first; a field gets a second column only where it takes several. Columns
    whose header says nothing are recognised by their values (e-mail, CPF, CNPJ, phone, CEP, state).
    """
    headers = [normal_header(header) for header in sample.headers]
    pairs = sorted(
        (
            (-score, index, position)
            for index, header in enumerate(headers)
            if header and header not in REASON_HEADERS
            for position, found in enumerate(target.fields)
            if (score := _score(header, found)) > 0
            and (score >= _SURE or not _is_measure(found, sample.column(index)))
        ),
    )
    mapping: dict[int, str] = {}
    taken: set[str] = set()
    for _negative, index, position in pairs:
        found = target.fields[position]
        if index not in mapping and (found.several or found.key not in taken):
            mapping[index] = found.key
            taken.add(found.key)
    for index in range(sample.width):
        if index not in mapping and headers[index] not in REASON_HEADERS:
            key = _by_values(target, sample.column(index), taken)
            if key:
                mapping[index] = key
                taken.add(key)
    return dict(sorted(mapping.items()))


def fingerprint(target: ImportTarget, sample: Sample) -> str:
    """Return what a remembered mapping is found by: the target and the headers (or the number of columns)."""
    named = sample.headers if sample.layout.has_header else [str(sample.width)]
    text = "\x1f".join([target.key, *(normal_header(name) for name in named if name)])
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=4096)
def normal_header(header: str) -> str:
    """Return the words of a header, folded, without punctuation: ``"Customer_ID*"`` → ``"customer id"``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header[:200])
    return " ".join(re.sub(r"[\W_]+", " ", fold(spaced)).split())


def _score(header: str, found: ImportField) -> float:
    best = 0.0
    for name in _names(found):
        if header == name:
            return EXACT
        wanted, have = _content(name), _content(header)
        if wanted and wanted == have:
            best = max(best, _SURE)
        elif (
            len(name) >= 4
            and wanted
            and wanted < have
            and len(have) <= len(wanted) + 2
            and not have & _TOLD_BY_CUSTOMER
        ):
            best = max(best, 60.0 * len(wanted) / len(have) + len(name) / 100)
    return best


def _is_measure(found: ImportField, cells: Sequence[str]) -> bool:
    """Say whether a column half named like a text holds numbers: "product_name_length" is no name."""
    few = cells[:200]
    numbers = sum(re.fullmatch(r"\s*\d{1,6}(?:[.,]\d+)?\s*", cell) is not None for cell in few)
    return found.type is FieldType.TEXT and numbers * 10 >= len(few) * 9 > 0


def _names(found: ImportField) -> Iterator[str]:
    yield normal_header(found.key)
    yield normal_header(str(found.label))
    for synonym in found.synonyms:
        yield normal_header(synonym)


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    return frozenset(text.split()) - _FILLERS


def _by_values(target: ImportTarget, cells: Sequence[str], taken: set[str]) -> str | None:
    values = [cell.strip() for cell in cells[:200]]
    kind = _kind_of(values) if values else None
    for found in target.fields:
        if kind is not None and found.type is kind and (found.several or found.key not in taken):
            return found.key
    return None


def _kind_of(values: Sequence[str]) -> FieldType | None:
    tests = (
        (FieldType.EMAIL, lambda value: _EMAIL.fullmatch(value) is not None),
        (FieldType.CPF, is_cpf),
        (FieldType.CNPJ, is_cnpj),
        (FieldType.CEP, lambda value: _CEP.fullmatch(value) is not None),
        (FieldType.STATE, lambda value: value.upper() in STATES and len(value) == 2),
        (FieldType.PHONE, _is_phone),
    )
    for kind, test in tests:
        if sum(test(value) for value in values) * 10 >= len(values) * 8:
            return kind
    return None


def _is_phone(value: str) -> bool:
    if not re.search(r"[()+\-\s]", value) or re.fullmatch(r"[\d.]+", value):
        return False
    try:
        parse_phone(value)
    except Unreadable:
        return False
    return True

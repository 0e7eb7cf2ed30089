"""CPF and CNPJ, the numeric and, since July 2026 (IN RFB 2.229/2024), the alphanumeric one.

Check digits come from ``validate-docbr``, whose CNPJ class knows letters (value = ASCII − 48).
"""

from __future__ import annotations

import re
from operator import mul
from typing import Literal, NamedTuple

from validate_docbr import CNPJ, CPF

from ponte.core.brazil.numbers import undo_spreadsheet
from ponte.core.brazil.problems import Unreadable

_CPF_WRITTEN = re.compile(r"([0-9]{3})\.?([0-9]{3})\.?([0-9]{3})-?([0-9]{2})")
_SEPARATORS = re.compile(r"[\s.\-/\\_,;:'\"]+")
_FIRST, _SECOND = range(10, 1, -1), range(11, 1, -1)
_FIRST_ZEROS, _SECOND_ZEROS = 48 * sum(_FIRST), 48 * sum(_SECOND)
_CPF = CPF()
_CNPJ = CNPJ()
_SHORTEST_CPF = 9  # two lost leading zeros
_SHORTEST_CNPJ = 12


class Document(NamedTuple):
    """A document that passed its check digits."""

    kind: Literal["cpf", "cnpj"]
    value: str


def normalise_cpf(text: str, *, repair: bool = True) -> str:
    """Return the 11 digits of a CPF.

    Args:
        text: with or without punctuation.
        repair: put back up to two leading zeros that a spreadsheet lost, if the check digits then fit.

    Raises:
        Unreadable: ``empty``, ``scientific``, ``cpf_length`` or ``cpf_invalid``.
    """
    written = _CPF_WRITTEN.fullmatch(text)
    if written is not None:
        plain = "".join(written.groups())
        if _fits_cpf(plain):
            return plain
        raise Unreadable("cpf_invalid")
    compact = _compact(text)
    if not compact.isdigit() or not compact.isascii():
        raise Unreadable("cpf_length")
    if repair and _SHORTEST_CPF <= len(compact) < 11:
        if _CPF.validate(compact.zfill(11)):
            return compact.zfill(11)
        raise Unreadable("cpf_length")
    if len(compact) != 11:
        raise Unreadable("cpf_length")
    if not _CPF.validate(compact):
        raise Unreadable("cpf_invalid")
    return compact


def normalise_cnpj(text: str, *, repair: bool = True) -> str:
    """Return the 14 characters of a CNPJ, letters in capitals.

    Args:
        text: with or without punctuation, numeric or alphanumeric.
        repair: put back up to two leading zeros of an all-digit one, if the check digits then fit.

    Raises:
        Unreadable: ``empty``, ``scientific``, ``cnpj_length`` or ``cnpj_invalid``.
    """
    compact = _compact(text).upper()
    if repair and compact.isdigit() and _SHORTEST_CNPJ <= len(compact) < 14:
        if _is_cnpj(compact.zfill(14)):
            return compact.zfill(14)
        raise Unreadable("cnpj_length")
    if len(compact) != 14:
        raise Unreadable("cnpj_length")
    if not _is_cnpj(compact):
        raise Unreadable("cnpj_invalid")
    return compact


def read_document(text: str) -> Document:
    """Return the CPF or CNPJ in ``text``, whichever it is; all 11 or 14 characters are tried before repair.

    Raises:
        Unreadable: ``empty``, ``scientific`` or ``document_invalid``.
    """
    compact = _compact(text)
    for repair in (False, True):
        try:
            return Document("cpf", normalise_cpf(compact, repair=repair))
        except Unreadable:
            pass
        try:
            return Document("cnpj", normalise_cnpj(compact, repair=repair))
        except Unreadable:
            pass
    raise Unreadable("document_invalid")


def is_cpf(text: str) -> bool:
    """Say whether ``text`` is a whole, valid CPF (nothing is repaired)."""
    try:
        normalise_cpf(text, repair=False)
    except Unreadable:
        return False
    return True


def is_cnpj(text: str) -> bool:
    """Say whether ``text`` is a whole, valid CNPJ (nothing is repaired)."""
    try:
        normalise_cnpj(text, repair=False)
    except Unreadable:
        return False
    return True


def format_cpf(value: str) -> str:
    """Return ``529.982.247-25`` for 11 digits, anything else as it came."""
    if len(value) != 11:
        return value
    return f"{value[:3]}.{value[3:6]}.{value[6:9]}-{value[9:]}"


def format_cnpj(value: str) -> str:
    """Return ``12.ABC.345/01DE-35`` for 14 characters, anything else as it came."""
    if len(value) != 14:
        return value
    return f"{value[:2]}.{value[2:5]}.{value[5:8]}/{value[8:12]}-{value[12:]}"


def cnpj_root(value: str) -> str:
    """Return the first eight characters of a normalised CNPJ, shared by head office and branches."""
    return value[:8]


def is_head_office(value: str) -> bool:
    """Say whether a normalised CNPJ belongs to the head office (matriz, order 0001)."""
    return value[8:12] == "0001"


def _fits_cpf(digits: str) -> bool:
    """What ``_CPF.validate`` says of eleven digits, at a tenth of the time (a test compares the two)."""
    values = digits.encode()  # 48 for "0": what that adds to the sums is taken off
    first = (sum(map(mul, values, _FIRST)) - _FIRST_ZEROS) * 10 % 11 % 10
    second = (sum(map(mul, values, _SECOND)) - _SECOND_ZEROS) * 10 % 11 % 10
    return first == values[9] - 48 and second == values[10] - 48 and digits != digits[0] * 11


def _compact(text: str) -> str:
    compact = _SEPARATORS.sub("", undo_spreadsheet(text.strip()))
    if not compact:
        raise Unreadable("empty")
    return compact


def _is_cnpj(compact: str) -> bool:
    return re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", compact) is not None and _CNPJ.validate(compact)

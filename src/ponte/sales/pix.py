"""Pix copy-and-paste codes: the static BR Code of the Central Bank of Brazil (Manual de Padrões para Iniciação do Pix).

A code is a row of fields "id length value" after EMV QRCPS, closed by a CRC-16/CCITT-FALSE of everything before it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ponte.core.brazil.documents import is_cnpj, is_cpf, normalise_cnpj, normalise_cpf
from ponte.core.brazil.phones import parse_phone
from ponte.core.brazil.problems import Unreadable

_GUI = "br.gov.bcb.pix"
_MAX_ACCOUNT = 99  # a field's length has two digits
_MAX_NAME, _MAX_CITY, _MAX_REFERENCE = 25, 15, 25
MAX_AMOUNT = Decimal("9999999999.99")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class PixKey:
    """A Pix key in the form banks expect, and what it is."""

    kind: str  # cpf, cnpj, phone, email, random
    value: str


def read_pix_key(text: str) -> PixKey:
    """Return the key in ``text`` as banks write it.

    A phone is +55 and eleven digits; eleven plain digits are a CPF where they pass as one, otherwise a phone.

    Raises:
        ValueError: it is no Pix key.
    """
    text = text.strip()
    if _EMAIL.fullmatch(text):
        if len(text) > 77:
            raise ValueError("a Pix key has at most 77 characters")
        return PixKey("email", text.lower())
    try:
        if "-" in text and len(text) == 36:
            return PixKey("random", str(UUID(text)))
    except ValueError:
        pass
    if not text.startswith("+"):
        if is_cpf(text):
            return PixKey("cpf", normalise_cpf(text, repair=False))
        if is_cnpj(text):
            return PixKey("cnpj", normalise_cnpj(text, repair=False))
    try:
        return PixKey("phone", parse_phone(text).e164)
    except Unreadable as error:
        raise ValueError("not a Pix key") from error


def pix_code(
    *, key: str, name: str, city: str, amount: Decimal | None = None, reference: str = "", note: str = ""
) -> str:
    """Return a static code that pays ``amount`` (reais; None: the payer chooses) to ``key``.

    Args:
        key: as ``read_pix_key`` returns its value.
        name: who receives; folded to plain letters and cut to 25.
        city: where they are; 15 characters.
        reference: what the bank statement shows (txid): letters and digits, up to 25; "***" when none are left.
        note: shown to the payer where the key leaves room for it.

    Raises:
        ValueError: no key, or an amount that isn't a positive number of cents.
    """
    if not key or len(key) > 77:
        raise ValueError("a Pix key has 1 to 77 characters")
    account = _field("00", _GUI) + _field("01", key)
    room = _MAX_ACCOUNT - len(account) - 4
    if note and room > 0:
        account += _field("02", plain(note)[:room])
    parts = [_field("00", "01"), _field("26", account), _field("52", "0000"), _field("53", "986")]
    if amount is not None:
        if not Decimal(0) < amount <= MAX_AMOUNT or amount != amount.quantize(Decimal("0.01")):
            raise ValueError("the amount must be a positive number of cents")
        parts.append(_field("54", f"{amount:.2f}"))
    parts += [
        _field("58", "BR"),
        _field("59", plain(name)[:_MAX_NAME].strip() or "RECEBEDOR"),
        _field("60", plain(city)[:_MAX_CITY].strip() or "BRASIL"),
        _field("62", _field("05", re.sub(r"[^A-Za-z0-9]", "", reference)[:_MAX_REFERENCE] or "***")),
    ]
    body = "".join(parts) + "6304"
    return f"{body}{crc16(body.encode()):04X}"


def is_pix_code(code: str) -> bool:
    """Tell whether a code ends with the checksum of what stands before it."""
    return (
        len(code) > 8
        and code.isascii()
        and code[-8:-4] == "6304"
        and code[-4:] == f"{crc16(code[:-4].encode()):04X}"
    )


def crc16(data: bytes) -> int:
    """Return the CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, nothing reflected."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _bit in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
            value &= 0xFFFF
    return value


def plain(text: str) -> str:
    """Return ``text`` in the letters every bank reads: no accents, no emoji."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9 .,&/()'-]", "", folded).strip()


def _field(identifier: str, value: str) -> str:
    return f"{identifier}{len(value):02d}{value}"

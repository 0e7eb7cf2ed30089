"""Numbers as Brazilians, others and spreadsheets write them.

``1.234`` is one thousand two hundred and thirty-four in Brazil and a little more than one elsewhere. A single
value cannot tell, a column can: ``detect_number_style`` looks at many, ``parse_decimal`` takes its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

from ponte.core.brazil.problems import Unreadable
from ponte.core.text import fold

NumberStyle = Literal["br", "intl"]

_CURRENCY = re.compile(r"(?:R\$|US\$|\$|€|£|BRL|USD|EUR)", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"([+-]?)(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_WHOLE_FLOAT = re.compile(r"([+-]?\d{5,})[.,]0")
_BR = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{1,3}(?:\.\d{3}){2,}")
_INTL = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d+\.\d{1,2}|\d+\.\d{4,}|0\.\d+|\d{1,3}(?:,\d{3}){2,}")
_PLAIN = re.compile(r"\d+")
_EITHER_BR = re.compile(r"\d{1,3}(?:\.\d{3})*(?:,\d+)?|\d+(?:,\d+)?")
_EITHER_INTL = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?")
_TRUE = frozenset({"sim", "s", "yes", "y", "true", "verdadeiro", "v", "t", "1", "x", "on"})
_FALSE = frozenset({"nao", "n", "no", "false", "falso", "f", "0", "off"})


def undo_spreadsheet(text: str) -> str:
    """Return a code (phone, document, CEP) as it was before a spreadsheet took it for a number.

    ``11912345678.0`` loses its ``.0`` and ``1,1912345678E+10`` is written out.

    Raises:
        Unreadable: ``scientific`` when the short form no longer holds all digits.
    """
    whole = _WHOLE_FLOAT.fullmatch(text)
    if whole is not None:
        return whole[1]
    short = _SCIENTIFIC.fullmatch(text)
    if short is None:
        return text
    sign, first, rest, power = short[1], short[2], short[3] or "", int(short[4])
    if len(rest) < power:
        raise Unreadable("scientific")
    if rest[power:].strip("0"):
        return text
    return sign + first + rest[:power]


def detect_number_style(samples: Iterable[str]) -> NumberStyle | None:
    """Return how the numbers of a column are written, or None when no value tells."""
    brazilian = international = 0
    for sample in samples:
        body = _bare(sample)[0]
        brazilian += _BR.fullmatch(body) is not None
        international += _INTL.fullmatch(body) is not None
    if brazilian == international:
        return None
    return "br" if brazilian > international else "intl"


def parse_decimal(text: str, *, style: NumberStyle | None = None) -> Decimal:
    """Read a number or an amount of money.

    Args:
        text: ``1.234,56``, ``R$ 1.234,56``, ``1,234.56``, ``(10,00)``, ``10,00-``, ``1,5E+3``, ``12,5%`` (=
            12.5).
        style: how to read values that can be read both ways (``1.234``); Brazilian unless said otherwise.

    Raises:
        Unreadable: ``empty`` or ``number_invalid`` (among them numbers of more than 30 digits).
    """
    body, negative = _bare(text)
    if not body:
        raise Unreadable("empty" if not text.strip() else "number_invalid")
    if len(body) > 40:
        raise Unreadable("number_invalid")
    try:
        value = Decimal(_plain(body, style or "br"))
    except InvalidOperation:
        raise Unreadable("number_invalid") from None
    if abs(value) >= Decimal(10) ** 30:
        raise Unreadable("number_invalid")
    return -value if negative else value


def parse_integer(text: str, *, style: NumberStyle | None = None) -> int:
    """Read a whole number; ``3,0`` and ``3.0`` are whole.

    Raises:
        Unreadable: ``empty`` or ``number_invalid``.
    """
    if re.fullmatch(r"\s*\d+\.0\s*", text):
        return int(text.strip()[:-2])
    value = parse_decimal(text, style=style)
    if value != value.to_integral_value():
        raise Unreadable("number_invalid")
    return int(value)


def parse_boolean(text: str) -> bool:
    """Read ``sim``/``não``, ``true``/``false``, ``1``/``0``, ``x``.

    Raises:
        Unreadable: ``empty`` or ``boolean_invalid``.
    """
    word = fold(text)
    if not word:
        raise Unreadable("empty")
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unreadable("boolean_invalid")


def format_number(value: Decimal | int, *, places: int = 2, style: NumberStyle = "br") -> str:
    """Return ``1.234,56`` (or ``1,234.56``) with the given number of decimal places."""
    international = f"{value:,.{places}f}"
    if style == "intl":
        return international
    return international.translate(str.maketrans(",.", ".,"))


def format_brl(value: Decimal | int) -> str:
    """Return ``R$ 1.234,56``, negative as ``-R$ 1,00``, with a space that does not break."""
    sign = "-" if value < 0 else ""
    return f"{sign}R$\u00a0{format_number(-value if value < 0 else value)}"


def _bare(text: str) -> tuple[str, bool]:
    """Return the number without currency, spaces and sign, and whether it is negative."""
    body = _CURRENCY.sub("", text.strip().replace("\u2212", "-").replace("\u2013", "-"))
    body = re.sub(r"[\s\u00a0\u202f']", "", body).removesuffix("%")
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1], True
    if body.startswith(("-", "+")):
        negative, body = negative or body[0] == "-", body[1:]
    elif body.endswith("-"):
        negative, body = True, body[:-1]
    return body, negative


def _plain(body: str, style: NumberStyle) -> str:
    """Return the number in the form ``Decimal`` reads."""
    scientific = re.fullmatch(r"(\d+)(?:[.,](\d+))?[eE]([+-]?\d{1,2})", body)
    if scientific is not None:
        return f"{scientific[1]}.{scientific[2] or 0}E{scientific[3]}"
    if not body.isascii():
        raise Unreadable("number_invalid")
    if _PLAIN.fullmatch(body):
        return body
    certain: NumberStyle | None = None
    if _BR.fullmatch(body):
        certain = "br"
    elif _INTL.fullmatch(body):
        certain = "intl"
    chosen = certain or style
    if not (_EITHER_BR if chosen == "br" else _EITHER_INTL).fullmatch(body):
        chosen = "intl" if chosen == "br" else "br"
        if not (_EITHER_BR if chosen == "br" else _EITHER_INTL).fullmatch(body):
            raise Unreadable("number_invalid")
    if chosen == "br":
        return body.replace(".", "").replace(",", ".")
    return body.replace(",", "")

"""Postal codes (CEP) and states (UF)."""

from __future__ import annotations

import re

from ponte.core.brazil.numbers import undo_spreadsheet
from ponte.core.brazil.problems import Unreadable
from ponte.core.text import fold

STATES: dict[str, str] = {
    "AC": "Acre", "AL": "Alagoas", "AM": "Amazonas", "AP": "Amapá", "BA": "Bahia", "CE": "Ceará",
    "DF": "Distrito Federal", "ES": "Espírito Santo", "GO": "Goiás", "MA": "Maranhão", "MG": "Minas Gerais",
    "MS": "Mato Grosso do Sul", "MT": "Mato Grosso", "PA": "Pará", "PB": "Paraíba", "PE": "Pernambuco",
    "PI": "Piauí", "PR": "Paraná", "RJ": "Rio de Janeiro", "RN": "Rio Grande do Norte", "RO": "Rondônia",
    "RR": "Roraima", "RS": "Rio Grande do Sul", "SC": "Santa Catarina", "SE": "Sergipe", "SP": "São Paulo",
    "TO": "Tocantins",
}  # fmt: skip
_BY_NAME = {fold(name): code for code, name in STATES.items()}

_WRITTEN = re.compile(r"([0-9]{5})-?([0-9]{3})")


def normalise_cep(text: str) -> str:
    """Return the eight digits of a CEP; a single lost leading zero (seven digits) is put back.

    Raises:
        Unreadable: ``empty``, ``scientific`` or ``cep_invalid``.
    """
    plain = _WRITTEN.fullmatch(text)
    if plain is not None and plain[1] >= "01000":
        return plain[1] + plain[2]
    written = undo_spreadsheet(text.strip())
    digits = re.sub(r"[\s.\-]", "", written)
    if not digits:
        raise Unreadable("empty")
    if len(digits) == 7 and "-" not in written:
        digits = "0" + digits
    if not re.fullmatch(r"[0-9]{8}", digits) or int(digits) < 1_000_000:
        raise Unreadable("cep_invalid")
    return digits


def format_cep(value: str) -> str:
    """Return ``01310-100`` for eight digits, anything else as it came."""
    return f"{value[:5]}-{value[5:]}" if re.fullmatch(r"[0-9]{8}", value) else value


def normalise_uf(text: str) -> str:
    """Return the two-letter code of a state given by code or by name, accents and case aside.

    Raises:
        Unreadable: ``empty`` or ``uf_invalid``.
    """
    folded = fold(text).removeprefix("estado de ").removeprefix("estado do ").removeprefix("estado da ")
    if not folded:
        raise Unreadable("empty")
    code = folded.removeprefix("br-").upper()
    if code in STATES:
        return code
    try:
        return _BY_NAME[folded]
    except KeyError:
        raise Unreadable("uf_invalid") from None


def state_name(code: str) -> str:
    """Return the name of a state for its code, or the code itself when it is none of the 27."""
    return STATES.get(code.upper(), code)

"""Brazilian addresses: streets and cities in proper case, abbreviations written out, CEP and UF."""

from __future__ import annotations

import re

from ponte.core.brazil.postal import STATES, normalise_cep, normalise_uf
from ponte.core.brazil.problems import Unreadable
from ponte.directory.standards.names import proper_word

KINDS = {
    "r": "Rua", "av": "Avenida", "ave": "Avenida", "al": "Alameda", "tv": "Travessa", "trav": "Travessa", "rod": "Rodovia",
    "pca": "Praça", "pça": "Praça", "est": "Estrada", "lgo": "Largo", "vl": "Vila",
}  # fmt: skip
SHORTEST = 3
_START = re.compile(r"^(\w{1,4})(\.\s*|\s+)(?=\w)")
# the first digits of the CEPs of each UF (Correios): from, to
CEP_RANGES: tuple[tuple[int, int, str], ...] = (
    (1000, 19999, "SP"), (20000, 28999, "RJ"), (29000, 29999, "ES"), (30000, 39999, "MG"), (40000, 48999, "BA"),
    (49000, 49999, "SE"), (50000, 56999, "PE"), (57000, 57999, "AL"), (58000, 58999, "PB"), (59000, 59999, "RN"),
    (60000, 63999, "CE"), (64000, 64999, "PI"), (65000, 65999, "MA"), (66000, 68899, "PA"), (68900, 68999, "AP"),
    (69000, 69299, "AM"), (69300, 69399, "RR"), (69400, 69899, "AM"), (69900, 69999, "AC"), (70000, 72799, "DF"),
    (72800, 72999, "GO"), (73000, 73699, "DF"), (73700, 76799, "GO"), (76800, 76999, "RO"), (77000, 77999, "TO"),
    (78000, 78899, "MT"), (79000, 79999, "MS"), (80000, 87999, "PR"), (88000, 89999, "SC"), (90000, 99999, "RS"),
)  # fmt: skip


def proper_place(text: str) -> str:
    """Return a street, district or city in proper case where it is all capitals or all small letters."""
    return _cased(text, 0) if _is_flat(text) else text


def proper_street(text: str) -> str:
    """Return a street in proper case with its kind written out: "AV. BRASIL" is "Avenida Brasil"."""
    found = _START.match(text)
    kind = KINDS.get(found[1].lower()) if found else None
    # "R 15" may be a code: without a dot only letters may follow
    if found is None or kind is None or not ("." in found[2] or text[found.end()].isalpha()):
        return proper_place(text)
    rest = text[found.end() :]
    return f"{kind} {_cased(rest, 1) if _is_flat(text) else rest}"


def _is_flat(text: str) -> bool:
    return len(text) >= SHORTEST and text in (text.upper(), text.lower()) and any(map(str.isalpha, text))


def _cased(text: str, start: int) -> str:
    return " ".join(
        proper_word(word, position, company=False) for position, word in enumerate(text.split(), start)
    )


def proper_cep(text: str) -> str:
    """Return the eight digits of a CEP, or the text where it is none; five digits (an area) stay."""
    try:
        return text if re.fullmatch(r"[0-9]{5}", text) else normalise_cep(text)
    except Unreadable:
        return text


def proper_uf(state: str, postal_code: str) -> str:
    """Return the two letters of a UF given by name, or by the CEP where no UF is known."""
    if state in STATES:
        return state
    if state:
        try:
            return normalise_uf(state)
        except Unreadable:
            return state
    return state_of_cep(postal_code)


def state_of_cep(postal_code: str) -> str:
    """Return the UF of a CEP, "" when it has none."""
    if not re.fullmatch(r"[0-9]{5}([0-9]{3})?", postal_code):
        return ""
    area = int(postal_code[:5])
    return next((state for low, high, state in CEP_RANGES if low <= area <= high), "")


def contradicted_by_cep(postal_code: str, state: str, country: str = "BR") -> str:
    """Return the UF a CEP belongs to where another one is written beside it, "" where the two agree or one says nothing."""
    true = state_of_cep(postal_code) if country == "BR" and state in STATES else ""
    return true if true != state else ""

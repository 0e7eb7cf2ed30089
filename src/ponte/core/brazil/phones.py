"""Phones: what people and spreadsheets write, to E.164 and back, and the Brazilian ninth digit.

Mobiles got a ninth digit (a leading 9) between 2012 and 2016. Files and WhatsApp accounts from before come
without it, so a mobile is matched with and without; landlines (first digit 2 to 5) never get one.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import phonenumbers

from ponte.core.brazil.numbers import undo_spreadsheet
from ponte.core.brazil.problems import Unreadable

PhoneKind = Literal["mobile", "landline", "other"]

AREA_CODES = frozenset(
    {
        "11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "22", "24", "27", "28", "31", "32", "33",
        "34", "35", "37", "38", "41", "42", "43", "44", "45", "46", "47", "48", "49", "51", "53", "54", "55",
        "61", "62", "63", "64", "65", "66", "67", "68", "69", "71", "73", "74", "75", "77", "79", "81", "82",
        "83", "84", "85", "86", "87", "88", "89", "91", "92", "93", "94", "95", "96", "97", "98", "99", "90",
    }
)  # fmt: skip
_NATIONAL = re.compile(r"(\d\d)(9\d{8}|[2-5]\d{7}|[6-9]\d{7})")
_COMMON = re.compile(r"(?:\+55 ?)?\(?([1-9][0-9])\)? ?(9[0-9]{4}|[2-5][0-9]{3})[ -]?([0-9]{4})")
_EXTENSION = re.compile(r"[\s,;]*(?:ramal|ram\.?|ext\.?|r\.)\s*:?\s*\d{1,6}\s*$", re.IGNORECASE)
_TRUNK = re.compile(r"0(?:\d\d)?(?=[1-9]\d{9,10}$)")  # 0, or 0 + carrier code, before area code and number
_SCIENTIFIC = re.compile(r"\d[.,]?\d*[eE]\+?\d{1,2}")
_BETWEEN = re.compile(r"\s*(?:[;|\n]|/(?=\s*[(+\d])|\se\s|\sou\s|,(?=\s*[(+\d]))\s*")


class Phone(NamedTuple):
    """A phone number that exists by its form."""

    e164: str
    kind: PhoneKind


def parse_phone(text: str, *, area: str | None = None, country: str = "BR") -> Phone:
    """Read one phone number.

    Args:
        text: as written: ``(11) 91234-5678``, ``011 91234-5678``, ``+351 912 345 678``, ``11912345678.0``.
        area: area code to use where a Brazilian number lacks it, for instance that of the workspace.
        country: ISO code of the country meant where none is written.

    Raises:
        Unreadable: ``empty``, ``scientific``, ``phone_area_missing`` or ``phone_invalid``.
    """
    common = common_phone(text) if country == "BR" else None
    return common or _parse_any(text, area, country)


def common_phone(text: str) -> Phone | None:
    """Return what ``parse_phone`` says of a Brazilian number in a usual writing, at a tenth of the time; None of others.

    That is nearly all of a Brazilian file. Such a number is one (``split_phones``) and in its canonical form.
    """
    common = _COMMON.fullmatch(text)
    if common is None or common[1] not in AREA_CODES:
        return None
    number = common[2] + common[3]
    return Phone(f"+55{common[1]}{number}", "mobile" if len(number) == 9 else "landline")


def _parse_any(text: str, area: str | None, country: str) -> Phone:
    written = _EXTENSION.sub("", undo_spreadsheet(text.strip()[:80]))
    digits = re.sub(r"[^0-9]", "", written)
    if not digits:
        raise Unreadable("phone_invalid" if written else "empty")
    foreign = written.startswith(("+", "00")) and not digits.lstrip("0").startswith("55")
    if country == "BR" and not foreign and not re.search(r"[A-Za-z]", written):
        found = _brazilian(digits, area)
        if found is not None:
            return found
    return _elsewhere(written, digits, country)


def split_phones(text: str) -> list[str]:
    """Return the single numbers of a cell that holds several: ``"(11) 3333-4444 / 98888-7777"``."""
    if _SCIENTIFIC.fullmatch(text.strip()):
        return [text.strip()]  # its comma separates no numbers
    return [part for part in (piece.strip() for piece in _BETWEEN.split(text)) if re.search(r"\d", part)]


def phone_kind(e164: str) -> PhoneKind:
    """Return what kind of line a Brazilian E.164 number is; ``other`` for the rest of the world."""
    match = _brazilian_parts(e164)
    if match is None:
        return "other"
    return "landline" if match[1][0] in "2345" else "mobile"


def ninth_digit_variants(e164: str) -> tuple[str, ...]:
    """Return every E.164 form under which the same line may be known, the given one first.

    A Brazilian mobile gives two (with and without the ninth digit), everything else only itself.
    """
    parts = _brazilian_parts(e164)
    if parts is None or parts[1][0] in "2345":
        return (e164,)
    area, number = parts
    other = number[1:] if len(number) == 9 else "9" + number
    if len(number) == 9 and other[0] not in "6789":
        return (e164,)  # given out after the change: without its 9 it would be no mobile
    return (e164, f"+55{area}{other}")


def canonical_phone(e164: str) -> str:
    """Return the form identities are stored under: Brazilian mobiles with their ninth digit."""
    return max(ninth_digit_variants(e164), key=len)


def normalise_whatsapp_id(text: str) -> str:
    """Return the E.164 form, ninth digit included, of a WhatsApp id.

    Args:
        text: ``551112345678``, ``5511912345678@s.whatsapp.net``, ``whatsapp:+55…``.

    Raises:
        Unreadable: ``empty`` or ``phone_invalid`` (group and business-scoped ids are no phones).
    """
    number = text.strip().removeprefix("whatsapp:").partition("@")[0].partition(":")[0].lstrip("+")
    if not number:
        raise Unreadable("empty")
    if not re.fullmatch(r"[0-9]{7,15}", number):
        raise Unreadable("phone_invalid")
    return canonical_phone(f"+{number}")


def format_phone(e164: str) -> str:
    """Return how a Brazilian reads the number: ``(11) 91234-5678``; foreign ones in international form."""
    parts = _brazilian_parts(e164)
    if parts is not None:
        area, number = parts
        return f"({area}) {number[:-4]}-{number[-4:]}"
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _brazilian_parts(e164: str) -> tuple[str, str] | None:
    match = _NATIONAL.fullmatch(e164[3:]) if e164.startswith("+55") else None
    if match is None or match[1] not in AREA_CODES:
        return None
    return match[1], match[2]


def _brazilian(digits: str, area: str | None) -> Phone | None:
    national = digits.removeprefix("00") if digits.startswith("0055") else digits
    if len(national) in (12, 13) and national.startswith("55"):
        national = national[2:]
    national = _TRUNK.sub("", national)
    if len(national) in (8, 9) and re.fullmatch(r"9\d{8}|[2-9]\d{7}", national):
        if area is None:
            raise Unreadable("phone_area_missing")
        national = area + national
    e164 = f"+55{national}"
    if _brazilian_parts(e164) is None:
        return None
    return Phone(e164, phone_kind(e164))


def _elsewhere(written: str, digits: str, country: str) -> Phone:
    text = f"+{digits[2:]}" if written.startswith("00") else written
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise Unreadable("phone_invalid") from None
    if not phonenumbers.is_valid_number(parsed):
        raise Unreadable("phone_invalid")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    kinds: dict[int, PhoneKind] = {
        phonenumbers.PhoneNumberType.MOBILE: "mobile",
        phonenumbers.PhoneNumberType.FIXED_LINE: "landline",
    }
    return Phone(e164, kinds.get(phonenumbers.number_type(parsed), "other"))


def whatsapp_url(number: str, *, has_whatsapp: bool | None = None) -> str:
    """Return where one writes to a number (E.164) by WhatsApp; empty for a landline unless it is known to have it."""
    is_reached = has_whatsapp or phone_kind(number) == "mobile"
    return f"https://wa.me/{number.removeprefix('+')}" if is_reached else ""

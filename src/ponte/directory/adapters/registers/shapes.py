"""What a register tells, whatever its way of answering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ponte.core.brazil.phones import parse_phone
from ponte.core.brazil.postal import normalise_cep
from ponte.core.brazil.problems import Unreadable
from ponte.directory.standards.addresses import proper_place
from ponte.directory.standards.names import proper_name

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What was found. ``fields`` are a company's own (by the names services use), as text; ``address`` by ``AddressData``'s.

    ``status`` is what the register says of the company ("BAIXADA" is closed), never written anywhere.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    status: str = ""


@dataclass(frozen=True)
class Shape:
    """One provider's way: where it usually is, which path answers a code, how the answer is read."""

    key: str
    what: str
    label: str
    url: str
    path: str
    read: Callable[[Json], Found | None]


def text(answer: Json, *names: str, most: int = 240) -> str:
    """Return the first of the values that is a text or number, on one line."""
    for name in names:
        value = answer.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return " ".join(str(value).split())[:most]
    return ""


def phones(*texts: str) -> tuple[str, ...]:
    """Return those of the numbers that are one, in E.164, each once."""
    found: dict[str, None] = {}
    for each in texts:
        try:
            found[parse_phone(each).e164] = None
        except Unreadable:
            continue
    return tuple(found)


def day(value: str) -> str:
    """Return an ISO date, "" for anything else."""
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return ""


def cep(value: str) -> str:
    """Return the eight digits of a CEP, "" for anything else."""
    try:
        return normalise_cep(value)
    except Unreadable:
        return ""


def company(value: str) -> str:
    """Return a company's name the way people write it: registers shout."""
    return proper_name(value, company=True)


def place(value: str) -> str:
    """Return a street, district or city the way people write it."""
    return proper_place(value)

"""The rules of standardisation, and what each would change about one customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.phones import canonical_phone
from ponte.directory.models import PartyAddress, PartyEmail, PartyPhone
from ponte.directory.standards.addresses import proper_cep, proper_place, proper_street, proper_uf
from ponte.directory.standards.emails import mended_email
from ponte.directory.standards.names import proper_name


@dataclass
class Written:
    """One customer's texts as they are stored."""

    party_id: UUID
    kind: str
    name: str = ""
    social_name: str = ""
    legal_name: str = ""
    emails: list[PartyEmail] = field(default_factory=list)
    phones: list[PartyPhone] = field(default_factory=list)
    addresses: list[PartyAddress] = field(default_factory=list)


@dataclass(frozen=True)
class Better:
    """A text and how it should be written. ``field`` is "name", "emails", "addresses.street" …; ``row_id`` the contact's row."""

    rule: str
    field: str
    before: str
    after: str
    row_id: UUID | None = None


@dataclass(frozen=True)
class Rule:
    """One rule: what it says, the field right it needs ("" for none), and what it would change."""

    key: str
    label: str | Promise
    help: str | Promise
    right: str
    find: Callable[[Written], Iterator[tuple[str, str, str, UUID | None]]]


def _names(one: Written) -> Iterator[tuple[str, str, str, UUID | None]]:
    company = one.kind == "company"
    for name in ("name", "social_name", "legal_name"):
        text = getattr(one, name)
        yield name, text, proper_name(text, company=company), None


def _emails(one: Written) -> Iterator[tuple[str, str, str, UUID | None]]:
    yield from _rows("emails", one.emails, lambda row: row.address, mended_email)


def _phones(one: Written) -> Iterator[tuple[str, str, str, UUID | None]]:
    yield from _rows("phones", one.phones, lambda row: row.number, canonical_phone)


def _rows(
    name: str, rows: Iterable[Any], read: Callable[[Any], str], mend: Callable[[str], str]
) -> Iterator[tuple[str, str, str, UUID | None]]:
    """Leave out what the customer has already in its right form: that is a row too many, not a wrong one."""
    known = {read(row) for row in rows}
    for row in rows:
        after = mend(read(row))
        if after not in known:
            known.add(after)
            yield name, read(row), after, row.id


def _brazilian(one: Written) -> list[PartyAddress]:
    return [row for row in one.addresses if row.country == "BR"]


def _places(one: Written) -> Iterator[tuple[str, str, str, UUID | None]]:
    for row in _brazilian(one):
        yield "addresses.street", row.street, proper_street(row.street), row.id
        yield "addresses.district", row.district, proper_place(row.district), row.id
        yield "addresses.city", row.city, proper_place(row.city), row.id


def _ceps(one: Written) -> Iterator[tuple[str, str, str, UUID | None]]:
    for row in _brazilian(one):
        yield "addresses.postal_code", row.postal_code, proper_cep(row.postal_code), row.id


def _states(one: Written) -> Iterator[tuple[str, str, str, UUID | None]]:
    for row in _brazilian(one):
        yield "addresses.state", row.state, proper_uf(row.state, row.postal_code), row.id


RULES = (
    Rule("name_case", _("Names"), _("MARIA DA SILVA becomes Maria da Silva."), "", _names),
    Rule("email", _("E-mails"), _("Small letters; gmial.com becomes gmail.com."), "email", _emails),
    Rule("phone", _("Phones"), _("Mobiles from before 2016 get their ninth digit."), "phone", _phones),
    Rule("address", _("Addresses"), _("AV. BRASIL becomes Avenida Brasil; SALTO becomes Salto."), "address", _places),
    Rule("cep", "CEP", _("Eight digits, a lost leading zero put back."), "address", _ceps),
    Rule("state", "UF", _("Two letters; where none is known, that of the CEP."), "address", _states),
)  # fmt: skip
BY_KEY = {rule.key: rule for rule in RULES}


def improvements(one: Written, rules: Iterable[str]) -> list[Better]:
    """Return everything the rules named would change about a customer."""
    return [
        Better(rule.key, name, before, after, row_id)
        for rule in RULES
        if rule.key in rules
        for name, before, after, row_id in rule.find(one)
        if after and after != before
    ]

"""The short way from a row of a file to a clean draft: equal to the long one or not taken (ADR 0016).

The long way (``imports._common`` and ``creation.draft_from``) makes a data object of every row, asks the model about every
column and gathers what is wrong. Nearly all rows of a file have nothing wrong and repeat the values of others, so here each
column remembers what its values become, and anything out of the ordinary sends the row the long way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models

from ponte.core.brazil.phones import common_phone, split_phones
from ponte.core.brazil.postal import normalise_cep, normalise_uf
from ponte.core.brazil.problems import Unreadable
from ponte.core.text import proper_case
from ponte.directory.data import (
    AddressData,
    CompanyData,
    EmailData,
    ExternalId,
    PartyData,
    PersonData,
    PhoneData,
)
from ponte.directory.import_fields import ADDRESS_FIELDS
from ponte.directory.models import Company, IdentityKind, Party, Person, Stage
from ponte.directory.selectors.normal import IdentityKey, canonical, clean_email
from ponte.directory.services.cleaning import COMPANY_FIELDS, PARTY_FIELDS, PERSON_FIELDS, Cleaner, clean_line
from ponte.directory.services.cleaning_contacts import (
    ADDRESS_LIMITS,
    changed,
    clean_emails,
    clean_external_ids,
    clean_phones,
    clean_tag_names,
)
from ponte.directory.services.creation import Draft, draft_from
from ponte.workplace.custom_fields.importing import PREFIX
from ponte.workplace.custom_fields.values import CustomRow

_SEPARATORS = re.compile(r"\s*[;,|\n]\s*")
_SEVERAL = re.compile(r"[;,|\n]").search
_EMAIL, _PHONE, _EXTERNAL = IdentityKind.EMAIL.value, IdentityKind.PHONE.value, IdentityKind.EXTERNAL.value
_CPF, _CNPJ = IdentityKind.CPF.value, IdentityKind.CNPJ.value
_STAGES = frozenset(Stage.values)
_LONGEST_NAME = 240
_REMEMBERED, _REMEMBERED_LETTERS = 8192, 80  # values of a column
_FIRST_EMAIL = EmailData(address="", is_primary=True)
_BLANK_PHONE = PhoneData(number="")
_BLANK_ADDRESS = AddressData(is_primary=True)


class _Unusual(Exception):
    """A value that the long way has to look at."""


def several(cells: Sequence[str]) -> list[str]:
    """Return the single values of cells that may hold several each, in order, each once."""
    parts = (part for cell in cells for part in _SEPARATORS.split(cell))
    return list(dict.fromkeys(part for part in parts if part))


def phones_of(values: Mapping[str, Any]) -> list[PhoneData]:
    """Return the phones of a row as written."""
    found: dict[str, PhoneData] = {}
    for key, has_whatsapp in (("whatsapp", True), ("phone", None)):
        for cell in values.get(key, ()):
            for number in split_phones(cell) or [cell]:
                found.setdefault(number, PhoneData(number=number, has_whatsapp=has_whatsapp))
    return list(found.values())


class _Column(dict[Any, Any]):
    """What the values of a column become; raises ``_Unusual`` for what the long way would refuse."""

    def __init__(self, clean: Callable[[Any], Any]) -> None:
        self._clean = clean

    def __missing__(self, value: Any) -> Any:
        cleaned = self._clean(value)
        if len(self) < _REMEMBERED and (value.__class__ is not str or len(value) <= _REMEMBERED_LETTERS):
            self[value] = cleaned
        return cleaned


class DraftMaker:
    """Makes drafts of the rows of one import; ``source`` names the system its external ids come from."""

    def __init__(self, kind: str, source: str) -> None:
        self._kind, self._source = kind, source
        blank_data: PartyData = PersonData() if kind == "person" else CompanyData()
        blank = draft_from(Cleaner(), blank_data, kind=kind, assignments=False)
        self._party, self._own = blank.party, blank.own
        own_model: type[models.Model] = Person if kind == "person" else Company
        own_fields = set(PERSON_FIELDS if kind == "person" else COMPANY_FIELDS) - {"parent_id"}
        self._party_columns = {
            name: _Column(_by_model(Party, name)) for name in PARTY_FIELDS if name not in _NOT_IN_FILES
        }
        self._own_columns = {
            name: _Column(_by_model(own_model, name))
            for name in own_fields - {"salutation", "income_band", "legal_nature"}
        }
        self._address = {name: _Column(clean) for name, clean in _ADDRESS.items()}
        self._tags = _Column(_tags)
        keys = clean_external_ids(cleaner := Cleaner(), [ExternalId(source=source, id="1")])
        self._prefix = "" if cleaner.problems or len(keys) != 1 else f"{keys[0].source}:"

    def __call__(self, values: Mapping[str, Any]) -> Draft | None:
        """Return the clean draft of a row as the importer's reader gives it; None: take the long way."""
        try:
            return self._draft(values)
        except _Unusual:
            return None

    def _draft(self, values: Mapping[str, Any]) -> Draft:
        party, own, custom = self._party.copy(), self._own.copy(), {}
        party_columns, own_columns = self._party_columns, self._own_columns
        for key, value in values.items():
            if value.__class__ is list or key in ADDRESS_FIELDS:
                continue
            if key in party_columns:
                party[key] = party_columns[key][value]
            elif key in own_columns:
                own[key] = own_columns[key][value]
            elif key.startswith(PREFIX):
                custom[key.removeprefix(PREFIX)] = value
        party["name"] = self._name(values, own)
        stage = party["stage"] = values.get("stage", "")
        if stage and stage not in _STAGES:
            raise _Unusual
        lists: dict[str, list[Any]] = {
            "emails": _emails(values["email"]) if "email" in values else [],
            "phones": _phones(values) if "phone" in values or "whatsapp" in values else [],
            "addresses": self._addresses(values),
            "handles": [],
        }
        tags = self._tags[tuple(values["tags"])] if "tags" in values else ()
        external = self._external(values)
        draft = Draft(self._kind, party, own, lists, external, list(tags), custom=CustomRow(custom))
        draft.know_keys(_keys(external, own, lists))
        return draft

    def _name(self, values: Mapping[str, Any], own: Mapping[str, Any]) -> str:
        name = values.get("name") or ""
        if not name and self._kind == "person":
            name = " ".join(part for part in (values.get("first_name"), values.get("last_name")) if part)
        line = _line(name, _LONGEST_NAME) if name else ""
        return line or (own["legal_name"] if self._kind == "company" else "")

    def _addresses(self, values: Mapping[str, Any]) -> list[AddressData]:
        given = {name: column[values[name]] for name, column in self._address.items() if name in values}
        if "country" in values:
            raise _Unusual
        return [changed(_BLANK_ADDRESS, **given)] if given else []

    def _external(self, values: Mapping[str, Any]) -> list[IdentityKey]:
        first = [values["external_id"]] if "external_id" in values else []
        ids = [*first, *values.get("other_external_ids", ())]
        if ids and not self._prefix:
            raise _Unusual
        keys = [(_EXTERNAL, self._prefix + _line(one, 200)) for one in dict.fromkeys(ids)]
        if any(len(value) == len(self._prefix) for _kind, value in keys):
            raise _Unusual
        return keys if len(keys) < 2 else list(dict.fromkeys(keys))


_NOT_IN_FILES = frozenset({"name", "source_detail", "tone", "alert"})


def _by_model(model: type[models.Model], name: str) -> Callable[[Any], Any]:
    """Return what ``Cleaner.values`` makes of a value of one column."""

    def clean(value: Any) -> Any:
        cleaner = Cleaner()
        cleaned = cleaner.values(model, {name: value})
        if cleaner.problems:
            raise _Unusual
        return cleaned[name]

    return clean


def _line(text: str, limit: int) -> str:
    line = clean_line(text)
    if len(line) > limit:
        raise _Unusual
    return line


def _readable(read: Callable[[str], str]) -> Callable[[str], str]:
    def clean(text: str) -> str:
        line = clean_line(text)
        try:
            return read(line) if line else ""
        except Unreadable:
            raise _Unusual from None

    return clean


def _cep(text: str) -> str:
    return text if len(text) == 5 and text.isascii() and text.isdigit() else normalise_cep(text)


def _city_code(text: str) -> str:
    if not (len(text) == 7 and text.isascii() and text.isdigit()):
        raise _Unusual
    return text


def _limited(name: str) -> Callable[[str], str]:
    return lambda text: _line(text, ADDRESS_LIMITS[name])


_ADDRESS: dict[str, Callable[[str], str]] = {
    **{name: _limited(name) for name in ("street", "number", "complement", "district")},
    "postal_code": _readable(_cep),
    "city": lambda text: _line(proper_case(text), ADDRESS_LIMITS["city"]),
    "city_code": _readable(_city_code),
    "state": _readable(normalise_uf),
}


def _tags(cells: tuple[str, ...]) -> tuple[str, ...]:
    cleaner = Cleaner()
    names = clean_tag_names(cleaner, several(cells))
    if cleaner.problems:
        raise _Unusual
    return tuple(names)


def _emails(cells: Sequence[str]) -> list[EmailData]:
    if len(cells) == 1 and not _SEVERAL(cells[0]):
        address = clean_email(cells[0])
        if address is None:
            raise _Unusual
        return [changed(_FIRST_EMAIL, address=address)]
    cleaner = Cleaner()
    found = clean_emails(cleaner, [EmailData(address=one) for one in several(cells)])
    if cleaner.problems:
        raise _Unusual
    return found


def _phones(values: Mapping[str, Any]) -> list[PhoneData]:
    found: dict[str, PhoneData] = {}
    for key, has_whatsapp in (("whatsapp", True), ("phone", None)):
        for cell in values.get(key, ()):
            phone = common_phone(cell)
            if phone is None:
                return _written_oddly(values)
            if phone.e164 not in found:
                found[phone.e164] = changed(
                    _BLANK_PHONE,
                    number=phone.e164,
                    kind=phone.kind,
                    has_whatsapp=has_whatsapp,
                    is_primary=not found,
                )
    return list(found.values())


def _written_oddly(values: Mapping[str, Any]) -> list[PhoneData]:
    cleaner = Cleaner()
    found = clean_phones(cleaner, phones_of(values))
    if cleaner.problems:
        raise _Unusual
    return found


def _keys(
    external: Sequence[IdentityKey], own: Mapping[str, Any], lists: Mapping[str, Sequence[Any]]
) -> list[IdentityKey]:
    keys = [*external, *((kind, own[kind]) for kind in (_CPF, _CNPJ) if own.get(kind))]
    for email in lists["emails"]:
        key = (_EMAIL, email.address) if email.address.isascii() else canonical(_EMAIL, email.address)
        if key:
            keys.append(key)
    for phone in lists["phones"]:
        key = (_PHONE, phone.number) if common_phone(phone.number) else canonical(_PHONE, phone.number)
        if key:
            keys.append(key)
    return keys if len(keys) == len(set(keys)) else list(dict.fromkeys(keys))

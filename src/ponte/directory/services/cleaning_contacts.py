"""Making e-mails, phones, addresses, social handles and external ids fit for the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from ponte.core.brazil.phones import parse_phone
from ponte.core.brazil.postal import normalise_cep, normalise_uf
from ponte.core.brazil.problems import Unreadable
from ponte.directory.data import AddressData, EmailData, ExternalId, HandleData, PhoneData
from ponte.directory.models import AddressKind, ContactKind, Network, Validity
from ponte.directory.selectors.normal import clean_email
from ponte.directory.services.cleaning import Cleaner, clean_line

ItemT = TypeVar("ItemT", EmailData, PhoneData, AddressData, HandleData, ExternalId)

ADDRESS_LIMITS = {
    "postal_code": 12,
    "street": 200,
    "number": 20,
    "complement": 120,
    "district": 120,
    "city": 120,
    "state": 60,
    "reference": 200,
}


def changed(item: ItemT, **values: Any) -> ItemT:
    """What ``dataclasses.replace`` does, without running the constructor: a file brings these by the million."""
    new: ItemT = object.__new__(item.__class__)
    new.__dict__.update(item.__dict__)
    new.__dict__.update(values)
    return new


def clean_emails(cleaner: Cleaner, emails: Iterable[EmailData]) -> list[EmailData]:
    """Return the addresses lower case, each once, exactly one of them primary."""
    return _with_primary(_each(cleaner, "emails", emails, _email), key=lambda email: email.address)


def clean_phones(cleaner: Cleaner, phones: Iterable[PhoneData]) -> list[PhoneData]:
    """Return the phones in E.164 with their kind, each once, exactly one of them primary."""
    return _with_primary(_each(cleaner, "phones", phones, _phone), key=lambda phone: phone.number)


def clean_addresses(cleaner: Cleaner, addresses: Iterable[AddressData]) -> list[AddressData]:
    """Return the addresses with CEP and UF normalised, exactly one of them primary."""
    return _with_primary(
        _each(cleaner, "addresses", addresses, _address), key=lambda a: changed(a, is_primary=False, kind="")
    )


def clean_handles(cleaner: Cleaner, handles: Iterable[HandleData]) -> list[HandleData]:
    """Return the handles without "@", each once."""
    cleaned = _each(cleaner, "handles", handles, _handle)
    return list({(h.network, h.handle.lower()): h for h in cleaned}.values())


def clean_external_ids(cleaner: Cleaner, ids: Iterable[ExternalId]) -> list[ExternalId]:
    """Return the external ids, each once."""
    return list(dict.fromkeys(_each(cleaner, "external_ids", ids, _external)))


def clean_tag_names(cleaner: Cleaner, names: Iterable[str]) -> list[str]:
    """Return tag names without outer white space, empty ones left out."""
    cleaned = [clean_line(str(name)) for name in names]
    if any(len(name) > 60 for name in cleaned):
        cleaner.refuse("tags", "max_length", _("A tag has 60 letters at most."))
    return [name for name in cleaned if name]


def _each(
    cleaner: Cleaner, field: str, items: Iterable[ItemT], clean: Callable[[Cleaner, str, ItemT], ItemT]
) -> list[ItemT]:
    cleaned: list[ItemT] = []
    for position, item in enumerate(items):
        where = f"{field}[{position}]"
        try:
            cleaned.append(clean(cleaner, where, item))
        except Unreadable as unreadable:
            cleaner.refuse(where, unreadable.code, unreadable.message)
    return cleaned


def _with_primary(items: Sequence[Any], *, key: Callable[[Any], Any]) -> list[Any]:
    """Each item once (the first wins); the first marked primary is, else the first of all."""
    if len(items) <= 1:
        return [item if item.is_primary else changed(item, is_primary=True) for item in items]
    unique: dict[Any, Any] = {}
    for item in items:
        known = unique.get(key(item))
        unique[key(item)] = (
            item if known is None else changed(known, is_primary=known.is_primary or item.is_primary)
        )
    kept = list(unique.values())
    chosen = next((item for item in kept if item.is_primary), kept[0] if kept else None)
    return [changed(item, is_primary=item is chosen) for item in kept]


def _choice(cleaner: Cleaner, where: str, name: str, value: str, choices: type[models.TextChoices]) -> str:
    if value not in _values(choices):
        allowed = ", ".join(choices.values)
        cleaner.refuse(
            f"{where}.{name}", "invalid_choice", _("Choose one of: %(allowed)s.") % {"allowed": allowed}
        )
    return value


@lru_cache(maxsize=32)
def _values(choices: type[models.TextChoices]) -> frozenset[str]:
    return frozenset(choices.values)


def _email(cleaner: Cleaner, where: str, email: EmailData) -> EmailData:
    address = clean_email(email.address)
    if address is None:
        cleaner.refuse(
            where,
            "email_invalid",
            _("“%s” is not an e-mail address. Write it as name@domain.") % (clean_line(email.address)[:80]),
        )
    _choice(cleaner, where, "kind", email.kind, ContactKind)
    _choice(cleaner, where, "validity", email.validity, Validity)
    return changed(email, address=address or "")


def _phone(cleaner: Cleaner, where: str, phone: PhoneData) -> PhoneData:
    found = parse_phone(clean_line(phone.number))
    kind = phone.kind or (ContactKind.OTHER if found.kind == "other" else found.kind)
    _choice(cleaner, where, "kind", kind, ContactKind)
    _choice(cleaner, where, "validity", phone.validity, Validity)
    extension = clean_line(phone.extension)
    if len(extension) > 10:
        cleaner.refuse(f"{where}.extension", "max_length", _("An extension has 10 characters at most."))
    return changed(phone, number=found.e164, kind=str(kind), extension=extension)


def _address(cleaner: Cleaner, where: str, address: AddressData) -> AddressData:
    texts: dict[str, Any] = {
        name: clean_line(text) if (text := getattr(address, name)) else "" for name in ADDRESS_LIMITS
    }
    for name, limit in ADDRESS_LIMITS.items():
        if len(texts[name]) > limit:
            cleaner.refuse(
                f"{where}.{name}",
                "max_length",
                _("This has %(limit)d characters at most.") % {"limit": limit},
            )
    country = clean_line(address.country).upper() or "BR"
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        cleaner.refuse(
            f"{where}.country", "country_invalid", _("Write the country's two letters, such as BR.")
        )
    if country == "BR":
        texts["postal_code"] = _cep(cleaner, where, texts["postal_code"])
        if texts["state"]:
            texts["state"] = _readable(cleaner, f"{where}.state", normalise_uf, texts["state"])
    city_code = clean_line(address.city_code)
    if city_code and not (len(city_code) == 7 and city_code.isascii() and city_code.isdigit()):
        cleaner.refuse(f"{where}.city_code", "city_code_invalid", _("An IBGE city code has 7 digits."))
    _choice(cleaner, where, "kind", address.kind, AddressKind)
    return changed(address, country=country, city_code=city_code, **texts)


def _cep(cleaner: Cleaner, where: str, text: str) -> str:
    if not text or (len(text) == 5 and text.isascii() and text.isdigit()):  # five: the area alone is known
        return text
    return _readable(cleaner, f"{where}.postal_code", normalise_cep, text)


def _readable(cleaner: Cleaner, where: str, read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except Unreadable as unreadable:
        cleaner.refuse(where, unreadable.code, unreadable.message)
        return ""


def _handle(cleaner: Cleaner, where: str, handle: HandleData) -> HandleData:
    name = clean_line(handle.handle).removeprefix("@")
    url = clean_line(handle.url)
    if not name:
        cleaner.refuse(where, "required", _("Write the name used on the network."))
    if len(name) > 160 or len(url) > 300:
        cleaner.refuse(
            where, "max_length", _("This is too long: 160 characters for a name, 300 for an address.")
        )
    if url and not url.lower().startswith(("http://", "https://")):
        cleaner.refuse(f"{where}.url", "url_invalid", _("Begin the address with https://."))
    _choice(cleaner, where, "network", handle.network, Network)
    return changed(handle, handle=name, url=url)


def _external(cleaner: Cleaner, where: str, external: ExternalId) -> ExternalId:
    source, identifier = clean_line(external.source), clean_line(external.id)
    if not source or not identifier or ":" in source:
        cleaner.refuse(
            where, "external_invalid", _("Give the system's name (without “:”) and the id it uses.")
        )
    if len(source) > 40 or len(identifier) > 200:
        cleaner.refuse(where, "max_length", _("Too long: 40 characters for the system, 200 for the id."))
    return ExternalId(source=source, id=identifier)

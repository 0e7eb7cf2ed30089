"""A customer's e-mails, phones, addresses and social handles: the whole list at once, or one row of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.directory.data import AddressData, EmailData, ExternalId, HandleData, PhoneData
from ponte.directory.models import (
    Identity,
    IdentityKind,
    Party,
    PartyAddress,
    PartyEmail,
    PartyPhone,
    SocialHandle,
)
from ponte.directory.selectors.normal import IdentityKey, canonical
from ponte.directory.services.cleaning import Cleaner
from ponte.directory.services.cleaning_contacts import (
    clean_addresses,
    clean_emails,
    clean_external_ids,
    clean_handles,
    clean_phones,
)
from ponte.directory.services.identities import claim_keys, release_keys
from ponte.directory.services.opt_outs import address_of, close_known, tell_book
from ponte.directory.services.parties import finish_edit, lock_party
from ponte.directory.services.search_text import refresh_search

_EMAIL, _PHONE, _EXTERNAL = IdentityKind.EMAIL.value, IdentityKind.PHONE.value, IdentityKind.EXTERNAL.value


@dataclass(frozen=True)
class ContactList:
    """One of a customer's lists: its model, how rows are told apart, and what they say about identity."""

    name: str
    model: type[models.Model]
    data: type[Any]
    clean: Callable[[Cleaner, Iterable[Any]], list[Any]]
    key: Callable[[Any], Any]
    columns: Callable[[Any], dict[str, Any]]
    identity: Callable[[Any], IdentityKey | None]


def _opted_out(data: EmailData | PhoneData) -> datetime | None:
    return timezone.now() if data.opted_out else None


EMAILS = ContactList(
    "emails",
    PartyEmail,
    EmailData,
    clean_emails,
    lambda row: row.address,
    lambda d: {
        "address": d.address,
        "kind": d.kind,
        "is_primary": d.is_primary,
        "validity": d.validity,
        "opted_out_at": _opted_out(d),
    },
    lambda row: canonical(_EMAIL, row.address),
)
PHONES = ContactList(
    "phones",
    PartyPhone,
    PhoneData,
    clean_phones,
    lambda row: row.number,
    lambda d: {
        "number": d.number,
        "extension": d.extension,
        "kind": d.kind,
        "is_primary": d.is_primary,
        "has_whatsapp": d.has_whatsapp,
        "validity": d.validity,
        "opted_out_at": _opted_out(d),
    },
    lambda row: canonical(_PHONE, row.number),
)
ADDRESS_COLUMNS = (
    "kind",
    "is_primary",
    "postal_code",
    "street",
    "number",
    "complement",
    "district",
    "city",
    "city_code",
    "state",
    "country",
    "reference",
)
ADDRESSES = ContactList(
    "addresses",
    PartyAddress,
    AddressData,
    clean_addresses,
    lambda row: tuple(getattr(row, name) for name in ADDRESS_COLUMNS if name not in ("kind", "is_primary")),
    lambda d: {name: getattr(d, name) for name in ADDRESS_COLUMNS},
    lambda row: None,
)
HANDLES = ContactList(
    "handles",
    SocialHandle,
    HandleData,
    clean_handles,
    lambda row: (row.network, row.handle.lower()),
    lambda d: {"network": d.network, "handle": d.handle, "url": d.url},
    lambda row: canonical(IdentityKind.SOCIAL, f"{row.network}:{row.handle}"),
)
LISTS = (EMAILS, PHONES, ADDRESSES, HANDLES)


def set_emails(
    *, actor: Actor, party_id: UUID, emails: Sequence[EmailData], version: int | None = None
) -> Party:
    """Make ``emails`` the customer's addresses, claiming new ones and releasing those that go.

    Raises:
        Invalid: an address is none. Missing: no such customer. Conflict: changed since ``version``.
    """
    return _set_list(EMAILS, actor, party_id, emails, version)


def set_phones(
    *, actor: Actor, party_id: UUID, phones: Sequence[PhoneData], version: int | None = None
) -> Party:
    """Make ``phones`` the customer's phones; see ``set_emails``."""
    return _set_list(PHONES, actor, party_id, phones, version)


def set_addresses(
    *, actor: Actor, party_id: UUID, addresses: Sequence[AddressData], version: int | None = None
) -> Party:
    """Make ``addresses`` the customer's postal addresses; see ``set_emails``."""
    return _set_list(ADDRESSES, actor, party_id, addresses, version)


def set_handles(
    *, actor: Actor, party_id: UUID, handles: Sequence[HandleData], version: int | None = None
) -> Party:
    """Make ``handles`` the customer's social profiles; see ``set_emails``."""
    return _set_list(HANDLES, actor, party_id, handles, version)


def add_contact(*, actor: Actor, party_id: UUID, name: str, item: Any) -> Party:
    """Add one row to the customer's list ``name`` ("emails" …); what others add at the same time stays.

    Raises:
        Invalid: the row is wrong. Missing: no such customer.
    """
    return _change_row(actor, party_id, name, None, item)


def change_contact(*, actor: Actor, party_id: UUID, name: str, row_id: UUID, item: Any) -> Party:
    """Put ``item`` in the place of one row of the customer's list ``name``; see ``add_contact``.

    Raises:
        Invalid: the row is wrong. Missing: no such customer, or the row is gone.
    """
    return _change_row(actor, party_id, name, row_id, item)


def remove_contact(*, actor: Actor, party_id: UUID, name: str, row_id: UUID) -> Party:
    """Take one row out of the customer's list ``name``.

    Raises:
        Missing: no such customer, or the row is gone.
    """
    return _change_row(actor, party_id, name, row_id, None)


def add_external_ids(*, actor: Actor, party_id: UUID, external_ids: Sequence[ExternalId]) -> Party:
    """Let the customer be recognised by ids of other systems as well.

    Raises:
        Invalid: an id is malformed. Missing: no such customer.
    """
    cleaner = Cleaner()
    cleaned = clean_external_ids(cleaner, external_ids)
    cleaner.stop_if_wrong()
    party = lock_party(party_id)
    keys = [key for key in (external_key(external) for external in cleaned) if key]
    known = set(
        Identity.objects.filter(party=party, kind=IdentityKind.EXTERNAL).values_list("value", flat=True)
    )
    fresh = [key for key in keys if key[1] not in known]
    if fresh:
        claim_keys(actor=actor, wanted={party.id: fresh})
        refresh_search([party.id])
        finish_edit(
            actor=actor, party=party, changes={"external_ids": (None, [value for _kind, value in fresh])}
        )
    return party


def external_key(external: ExternalId) -> IdentityKey | None:
    """Return the identity of an external id."""
    return canonical(_EXTERNAL, f"{external.source}:{external.id}")


def _set_list(
    contacts: ContactList, actor: Actor, party_id: UUID, items: Sequence[Any], version: int | None
) -> Party:
    cleaner = Cleaner()
    wanted = contacts.clean(cleaner, items)
    cleaner.stop_if_wrong()
    return _replace_list(contacts, actor, lock_party(party_id, version=version), wanted)


def _change_row(actor: Actor, party_id: UUID, name: str, row_id: UUID | None, item: Any) -> Party:
    """Read the list only once the customer is locked, and set it with one row added, changed or taken away."""
    contacts = next(contacts for contacts in LISTS if contacts.name == name)
    party = lock_party(party_id)
    rows: list[Any] = list(contacts.model._default_manager.filter(party=party).order_by("id"))
    others = [row for row in rows if row.pk != row_id]
    if row_id is not None and len(others) == len(rows):
        raise Missing("contact")
    fields = contacts.data.__dataclass_fields__
    items = [contacts.data(**{field: getattr(row, field) for field in fields}) for row in others]
    if getattr(item, "is_primary", False):
        items = [replace(other, is_primary=False) for other in items]
    cleaner = Cleaner()
    wanted = contacts.clean(cleaner, items if item is None else [*items, item])
    cleaner.stop_if_wrong()
    return _replace_list(contacts, actor, party, wanted)


def _replace_list(contacts: ContactList, actor: Actor, party: Party, wanted: Sequence[Any]) -> Party:
    before = list(contacts.model._default_manager.filter(party=party).order_by("-id"))
    described = [str(row) for row in before]
    kept = {contacts.key(row): row for row in before}
    changed = _write_list(actor, contacts, party, kept, wanted)
    if not changed:
        return party
    gone = [row for key, row in kept.items() if key not in {contacts.key(item) for item in wanted}]
    release_keys(actor=actor, party_id=party.id, keys=[key for key in map(contacts.identity, gone) if key])
    claimed = [key for key in map(contacts.identity, wanted) if key]
    claim_keys(actor=actor, wanted={party.id: claimed})
    columns = copy_primary(party, contacts.name, wanted)
    after = [str(contacts.model(**contacts.columns(item))) for item in wanted]
    finish_edit(actor=actor, party=party, changes={contacts.name: (described, after)}, columns=columns)
    refresh_search([party.id])
    return party


def _write_list(
    actor: Actor, contacts: ContactList, party: Party, kept: dict[Any, Any], wanted: Sequence[Any]
) -> bool:
    """Delete, change and add rows; the primary mark is moved in an order the constraint allows."""
    wanted_keys = {contacts.key(item) for item in wanted}
    gone = [row.pk for key, row in kept.items() if key not in wanted_keys]
    rows = contacts.model._default_manager
    rows.filter(pk__in=gone).delete()
    changed: list[tuple[Any, dict[str, Any]]] = []
    fresh: list[Any] = []
    for item in wanted:
        row, values = kept.get(contacts.key(item)), contacts.columns(item)
        if row is not None and getattr(item, "opted_out", False) is None:  # not said: as it was
            values["opted_out_at"] = row.opted_out_at
        if row is None:
            fresh.append(contacts.model(party=party, **values))
        elif _differs(row, values):
            changed.append((row, values))
    if any(values.get("is_primary") for _row, values in changed) or any(
        getattr(r, "is_primary", False) for r in fresh
    ):
        rows.filter(party=party, is_primary=True).update(is_primary=False)
    opened = [
        address_of(r) for r, v in changed if "opted_out_at" in v and r.opted_out_at and not v["opted_out_at"]
    ]
    close_known(fresh)
    for row, values in sorted(changed, key=lambda pair: bool(pair[1].get("is_primary"))):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    rows.bulk_create(fresh)
    tell_book(actor, [*fresh, *(row for row, _values in changed)], opened)
    return bool(gone or changed or fresh)


def _differs(row: Any, values: dict[str, Any]) -> bool:
    """Compare, and keep the day an opt-out was first noted."""
    if "opted_out_at" in values and values["opted_out_at"] and row.opted_out_at:
        values["opted_out_at"] = row.opted_out_at
    return any(getattr(row, name) != value for name, value in values.items())


def copy_primary(party: Party, name: str, items: Sequence[Any]) -> list[str]:
    """Copy the primary item to the party's own columns; returns the columns touched."""
    columns = primary_columns(name, items)
    for column, value in columns.items():
        setattr(party, column, value)
    return list(columns)


def primary_columns(name: str, items: Sequence[Any]) -> dict[str, str]:
    """Return what the party's own columns say about the list ``name``: its primary item."""
    primary = next((item for item in items if getattr(item, "is_primary", False)), None)
    match name:
        case "emails":
            return {"email": primary.address if primary else ""}
        case "phones":
            return {"phone": primary.number if primary else ""}
        case "addresses":
            state = primary.state[:2] if primary and primary.country == "BR" else ""
            return {"city": primary.city if primary else "", "state": state}
    return {}

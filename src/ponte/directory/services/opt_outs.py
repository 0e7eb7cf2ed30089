"""Opting out of an e-mail or phone, kept in step with the book of suppressed addresses.

The book lives in a higher layer (privacy) and registers itself here; the directory asks it wherever it writes e-mails
and phones, in the same transaction, so that a number once closed comes back closed, whoever brings it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.audit import record_bulk
from ponte.core.setbased import update_rows
from ponte.directory.models import Party, PartyEmail, PartyPhone, Validity
from ponte.directory.services.parties import lock_parties

_CONTACTS: tuple[tuple[type[PartyEmail] | type[PartyPhone], str], ...] = (
    (PartyEmail, "address"),
    (PartyPhone, "number"),
)


class OptOutBook(Protocol):
    """Who keeps which addresses are closed."""

    def closed(self, addresses: Collection[str]) -> Mapping[str, datetime]:
        """Return those of the addresses that are closed, with the moment since when."""
        ...

    def note(self, *, actor: Actor, closed: Collection[str], opened: Collection[str]) -> None:
        """Close and open addresses; those that are so already stay as they are."""
        ...


_books: list[OptOutBook] = []


def register_opt_out_book(book: OptOutBook) -> None:
    """Make the book known; the last one registered counts."""
    _books[:] = [book]


def address_of(row: Any) -> str:
    """Return the address of an e-mail's row or the number of a phone's."""
    return str(row.address if isinstance(row, PartyEmail) else row.number)


def closed_since(addresses: Collection[str]) -> Mapping[str, datetime]:
    """Return those of the addresses that the book has closed, with the moment since when."""
    return _books[0].closed(addresses) if _books and addresses else {}


def tell_closed(actor: Actor, addresses: Collection[str]) -> None:
    """Tell the book of addresses that come in closed."""
    if _books and addresses:
        _books[0].note(actor=actor, closed=addresses, opened=())


def close_known(rows: Iterable[Any]) -> None:
    """Set ``opted_out_at`` on new rows whose address is closed already. Call it before they are written."""
    open_rows = [row for row in rows if _is_contact(row) and row.opted_out_at is None]
    if not _books or not open_rows:
        return
    closed = _books[0].closed({address_of(row) for row in open_rows})
    for row in open_rows:
        row.opted_out_at = closed.get(address_of(row))


def tell_book(actor: Actor, rows: Sequence[Any], opened: Collection[str] = ()) -> None:
    """Tell the book which addresses are closed (``rows`` with ``opted_out_at``) and which were opened again."""
    closed = {address_of(row) for row in rows if _is_contact(row) and row.opted_out_at is not None}
    if _books and (closed or opened):
        _books[0].note(actor=actor, closed=closed, opened=opened)


def mark_addresses(
    *,
    actor: Actor,
    addresses: Collection[str],
    opted_out_at: datetime | None = None,
    opened: bool = False,
    validity: Validity | None = None,
) -> set[UUID]:
    """Mark every customer's row of these e-mail addresses and numbers, for the book; returns whose rows changed.

    Args:
        actor: who closes or opens them.
        addresses: in their canonical form.
        opted_out_at: closes them, keeping the earlier moment where one is noted.
        opened: opens them.
        validity: what is known of their working now.
    """
    found = {
        party_id
        for model, column in _CONTACTS
        for party_id in model.objects.filter(**{f"{column}__in": addresses}).values_list(
            "party_id", flat=True
        )
    }
    parties = {party.id: party for party in lock_parties(found)}
    touched: set[UUID] = set()
    for model, column in _CONTACTS:
        changed = []
        for row in model.objects.filter(**{f"{column}__in": addresses}, party_id__in=parties):
            closed_at = None if opened else (row.opted_out_at or opted_out_at)
            valid = validity.value if validity else row.validity
            if (closed_at, valid) != (row.opted_out_at, row.validity):
                changed.append((row.pk, closed_at, valid))
                touched.add(row.party_id)
        update_rows(model, ("opted_out_at", "validity"), changed)
    _note(actor, [parties[party_id] for party_id in sorted(touched)])
    return touched


def _note(actor: Actor, parties: Sequence[Party]) -> None:
    now = timezone.now()
    update_rows(Party, ("version", "updated_at"), [(p.id, p.version + 1, now) for p in parties])
    if parties:
        ids = [party.id for party in parties]
        record_bulk(actor=actor, act="customers.contacts_changed", object_type="customer", ids=ids)


def _is_contact(row: Any) -> bool:
    return isinstance(row, PartyEmail | PartyPhone)

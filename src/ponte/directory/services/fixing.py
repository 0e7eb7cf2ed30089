"""Mending one problem of a customer in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.directory.data import EmailData, PhoneData
from ponte.directory.models import Party, PartyEmail
from ponte.directory.selectors.quality import addresses_astray
from ponte.directory.services.companies import update_company
from ponte.directory.services.contacts import ADDRESSES, add_contact, change_contact
from ponte.directory.services.customers import assign_owner
from ponte.directory.services.people import update_person
from ponte.directory.services.quality import refresh_quality

# what is asked → the rights' names of the fields it writes
WRITES = {
    "name": ("name",),
    "email": ("emails",),
    "reach": ("emails", "phones"),
    "place": ("addresses",),
    "owner": ("owner",),
}


def fix_customer(*, actor: Actor, party: Party, fix: str, given: Mapping[str, str]) -> None:
    """Write what was given for a problem; a mended e-mail takes the place of the primary one.

    Args:
        actor: who does it.
        party: whose record.
        fix: what was asked (``Flaw.fix``).
        given: "name", "email", "phone", "postal_code" and "state", or "owner" (a member's id).

    Raises:
        Invalid: a value can't be used. Missing: the customer is gone.
    """
    if fix == "name":
        update = update_person if party.kind == "person" else update_company
        update(actor=actor, party_id=party.id, changes={"name": given["name"]})
    elif fix == "owner":
        assign_owner(actor=actor, party_ids=[party.id], owner_id=UUID(given["owner"]))
    elif fix == "place":
        _place(actor, party, given)
    else:
        _reach(actor, party, fix, given)
    refresh_quality([party.id])


def _reach(actor: Actor, party: Party, fix: str, given: Mapping[str, str]) -> None:
    email = EmailData(address=given["email"], is_primary=True) if given.get("email") else None
    primary = PartyEmail.objects.filter(party=party, is_primary=True).first() if fix == "email" else None
    if email is not None and primary is not None:
        item = replace(email, kind=primary.kind)
        change_contact(actor=actor, party_id=party.id, name="emails", row_id=primary.pk, item=item)
    elif email is not None:
        add_contact(actor=actor, party_id=party.id, name="emails", item=email)
    if given.get("phone"):
        item_ = PhoneData(number=given["phone"], is_primary=True)
        add_contact(actor=actor, party_id=party.id, name="phones", item=item_)


def _place(actor: Actor, party: Party, given: Mapping[str, str]) -> None:
    row = addresses_astray([party.id]).get(party.id)
    if row is None:
        raise Missing("address")
    item = ADDRESSES.data(
        **{**ADDRESSES.columns(row), "postal_code": given["postal_code"], "state": given["state"]}
    )
    change_contact(actor=actor, party_id=party.id, name="addresses", row_id=row.pk, item=item)

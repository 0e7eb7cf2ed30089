"""Who may see and do what with customers, as querysets. HTML, API, search, export and jobs all use these."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import FieldAccess, field_access, filter_owned, may
from ponte.directory.models import Party
from ponte.directory.selectors.merges import survivor_of
from ponte.workplace.custom_fields.searching import may_search_all

OBJECT = "customer"

# Names given to services and the API → the name a role hides or locks them by.
FIELD_RIGHTS = {
    "emails": "email",
    "phones": "phone",
    "addresses": "address",
    "city": "address",
    "state": "address",
    "owner_id": "owner",
    "team_id": "owner",
}


def visible_parties(member: Member, act: str = "view") -> QuerySet[Party]:
    """Return the customers ``act`` ("view", "edit", "delete", "export") reaches for the member, without the bin."""
    return filter_owned(living_parties(), member, OBJECT, act)


def living_parties() -> QuerySet[Party]:
    """Return all customers but those in the bin: what somebody reaches whose scope is everything."""
    return Party.objects.filter(deleted_at=None)


def deleted_parties(member: Member) -> QuerySet[Party]:
    """Return the customers in the bin that the member may restore; those merged into another are no part of it."""
    binned = Party.objects.filter(deleted_at__isnull=False, merged_into=None)
    return filter_owned(binned, member, OBJECT, "delete")


def get_party(member: Member, party_id: UUID, act: str = "view", *, kind: str | None = None) -> Party:
    """Return one customer the member may ``act`` on; to look at, also by the id of one that was merged into it.

    Raises:
        Missing: there is none, or it is not for this member.
    """
    reach = visible_parties(member, act)
    reach = (reach.filter(kind=kind) if kind else reach).select_related("owner", "team")
    party = reach.filter(id=party_id).first()
    if party is None and act == "view" and (survivor_id := survivor_of(party_id)):
        party = reach.filter(id=survivor_id).first()
    if party is None:
        raise Missing(OBJECT)
    return party


def may_act(member: Member, party: Party, act: str) -> bool:
    """Return whether ``act`` is open to the member on this customer."""
    return not party.is_deleted and may(member, OBJECT, act, party)


def customer_fields(member: Member) -> FieldAccess:
    """Return which fields of customers the member may not see or change."""
    return field_access(member, OBJECT)


def right_name(field: str) -> str:
    """Return the name a field is hidden or locked by."""
    return FIELD_RIGHTS.get(field, field)


def check_writable(member: Member, fields: Iterable[str]) -> None:
    """Refuse to change fields that the member's role hides or locks.

    Raises:
        Denied: one of them is.
    """
    access = customer_fields(member)
    if any(not access.can_write(right_name(name)) for name in fields):
        raise Denied(OBJECT, "edit")


def search_weights(access: FieldAccess, *, digits: bool) -> str:
    """Return the weights of ``PartySearch.lexemes`` a member may find customers by (see ``services.search_text``).

    Args:
        access: what the member may read.
        digits: whether the term looked for begins with a digit; under C such terms are phones, others places, under D
            they are documents or of custom fields, others of custom fields alone.
    """
    allowed = "A"
    allowed += "B" if access.can_read("email") else ""
    allowed += "C" if access.can_read("phone" if digits else "address") else ""
    documents = access.can_read("cpf") and access.can_read("cnpj")
    allowed += "D" if may_search_all(access, "person", "company") and (documents or not digits) else ""
    return allowed


def check_readable(member: Member, field: str) -> None:
    """Refuse what shows a field that the member's role hides.

    Raises:
        Denied: it does.
    """
    if not customer_fields(member).can_read(right_name(field)):
        raise Denied(OBJECT, "view")

"""Who may see and change contracts; see ``document_policies``. Who approves them: ``approval_policies``."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.document_policies import DocumentPolicy
from ponte.sales.models.contract import Contract

OBJECT = "contract"
CONTRACTS = DocumentPolicy(Contract, OBJECT, "party", "owner", "opportunity", "quote", "template", "parent")


def visible_contracts(member: Member, *, deleted: bool = False) -> QuerySet[Contract]:
    """Return the contracts the member may see: those there are, or with ``deleted`` those in the bin."""
    return CONTRACTS.visible(member, deleted=deleted)


def editable_contracts(member: Member) -> QuerySet[Contract]:
    """Return the contracts the member sees and may edit."""
    return CONTRACTS.editable(member)


def get_visible_contract(member: Member, contract_id: UUID, *, deleted: bool = False) -> Contract:
    """Return a contract the member may see; raise ``Missing`` otherwise."""
    return CONTRACTS.get_visible(member, contract_id, deleted=deleted)


def check_contract(actor: Actor, act: str, contract: Contract | None = None) -> None:
    """Raise unless the actor may do ``act`` (on ``contract``); acts of the system may.

    Raises:
        Missing: the contract is not visible to the member. Denied: the role doesn't reach it.
    """
    CONTRACTS.check(actor, act, contract)


def may_contract(member: Member, act: str, contract: Contract) -> bool:
    """Tell whether to offer ``act`` on a contract the member sees."""
    return may(member, OBJECT, act, contract)

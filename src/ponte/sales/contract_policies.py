"""Who may see, change and approve contracts; see ``document_policies``. Who approves is said in the settings, who never does in ``four_eyes``."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.actors import Actor
from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales import four_eyes
from ponte.sales.contract_settings import ContractSettings, load_contract_settings
from ponte.sales.document_policies import DocumentPolicy
from ponte.sales.models.contract import Contract, ContractApproval
from ponte.sales.models.contract_choices import ContractStatus

OBJECT = "contract"
_CONTRACTS = DocumentPolicy(Contract, OBJECT, "party", "owner", "opportunity", "quote", "template", "parent")


def visible_contracts(member: Member, *, deleted: bool = False) -> QuerySet[Contract]:
    """Return the contracts the member may see: those there are, or with ``deleted`` those in the bin."""
    return _CONTRACTS.visible(member, deleted=deleted)


def editable_contracts(member: Member) -> QuerySet[Contract]:
    """Return the contracts the member sees and may edit."""
    return _CONTRACTS.editable(member)


def get_visible_contract(member: Member, contract_id: UUID, *, deleted: bool = False) -> Contract:
    """Return a contract the member may see; raise ``Missing`` otherwise."""
    return _CONTRACTS.get_visible(member, contract_id, deleted=deleted)


def check_contract(actor: Actor, act: str, contract: Contract | None = None) -> None:
    """Raise unless the actor may do ``act`` (on ``contract``); acts of the system may.

    Raises:
        Missing: the contract is not visible to the member. Denied: the role doesn't reach it.
    """
    _CONTRACTS.check(actor, act, contract)


def may_contract(member: Member, act: str, contract: Contract) -> bool:
    """Tell whether to offer ``act`` on a contract the member sees."""
    return may(member, OBJECT, act, contract)


def approves_contracts(member: Member, settings: ContractSettings | None = None) -> bool:
    """Tell whether contracts are the member's to approve: named in the settings; nobody named, whoever has the area "sales"."""
    told = settings or load_contract_settings()
    return four_eyes.reaches(member, told.approver_ids, told.approver_role_id)


def concerned(contract: Contract, asked_by: UUID | None) -> tuple[UUID | None, ...]:
    """Return who asked and who is in charge: they don't decide while anybody else can."""
    return asked_by, contract.owner_id


def fits_contract(contract: Contract, *, seen_by: Member | None = None) -> four_eyes.Fits:
    """Return who may decide about a contract at all: who approves contracts and sees it, as ``seen_by`` is known to."""
    told = load_contract_settings()

    def fits(member: Member) -> bool:
        sees = member == seen_by or visible_contracts(member).filter(id=contract.id).exists()
        return approves_contracts(member, told) and sees

    return fits


def may_decide(member: Member, contract: Contract, approval: ContractApproval | None) -> bool:
    """Tell whether the member decides about ``approval``, the request that waits. They see the contract already."""
    return approval is not None and four_eyes.may_answer_as(
        member, fits_contract(contract, seen_by=member), concerned(contract, approval.asked_by_id)
    )


def waiting_approval(contract: Contract) -> ContractApproval | None:
    """Return the request for approval that waits for an answer."""
    if contract.status != ContractStatus.APPROVAL:
        return None
    return contract.approvals.filter(decision="").order_by("-id").first()


def check_decider(actor: Actor, contract: Contract, approval: ContractApproval | None) -> None:
    """Raise unless the actor may decide about a contract; acts of the system may.

    Raises:
        Missing: the contract is not visible to the member. Denied: somebody else approves contracts, or this one is their own.
    """
    check_contract(actor, "view", contract)
    member = actor.member
    if member is None:
        return
    allowed = may_decide(member, contract, approval) if approval else approves_contracts(member)
    if not allowed:
        raise Denied(OBJECT, "approve")

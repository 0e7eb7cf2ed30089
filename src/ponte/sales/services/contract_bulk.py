"""Many contracts at once: given to somebody (one audit entry and one event a call), cancelled one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractsAssigned
from ponte.sales.contract_policies import CONTRACTS, check_contract
from ponte.sales.models.contract import Contract
from ponte.sales.services.contract_sending import CLOSED, cancel_contract
from ponte.sales.services.contracts import audit_contract, lock_contract
from ponte.sales.services.evidence import read_reason


@transaction.atomic
def assign_contracts(
    *,
    actor: Actor,
    contract_ids: Sequence[UUID],
    owner_id: UUID | None,
    only_of: UUID | None = None,
    check_only: bool = False,
) -> dict[UUID, UUID | None]:
    """Put a member, or nobody, in charge of contracts, whatever their state; return who was, of those that changed hands.

    Contracts out of reach are left out, with ``check_only`` also those that are no longer ``only_of``'s. What was approved stays so:
    sending compares the text with what was approved.

    Raises:
        Invalid: no such active member.
    """
    _check_owner(owner_id)
    rows = [row for row in _locked(actor, contract_ids) if row.owner_id != owner_id]
    if check_only:
        rows = [row for row in rows if row.owner_id == only_of]
    if not rows:
        return {}
    before = {row.id: row.owner_id for row in rows}
    Contract.objects.filter(id__in=before).update(
        owner_id=owner_id, version=F("version") + 1, updated_at=timezone.now()
    )
    summary = {"owner": str(owner_id or ""), "count": len(rows)}
    record_bulk(
        actor=actor, act="contracts.assigned", object_type="contract", ids=list(before), summary=summary
    )
    _tell(actor, list(before), owner_id)
    return before


@transaction.atomic
def assign_contract(
    *, actor: Actor, contract_id: UUID, owner_id: UUID | None, version: int | None = None
) -> Contract:
    """Put a member, or nobody, in charge of one contract, whatever its state.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: no such active member.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    _check_owner(owner_id)
    if contract.owner_id == owner_id:
        return contract
    before, contract.owner_id = contract.owner_id, owner_id
    contract.version += 1
    contract.save(update_fields=["owner", "version", "updated_at"])
    audit_contract(actor, "contract.assigned", contract, {"owner": (before, owner_id)})
    _tell(actor, [contract.id], owner_id)
    return contract


@transaction.atomic
def cancel_contracts(*, actor: Actor, contract_ids: Sequence[UUID], reason: str) -> list[UUID]:
    """Give up contracts that weren't signed by all, for one reason; return which. Signed, closed and unreachable ones are left out.

    Each has an entry and an event of its own: its links end, and a signature service takes back what it has.

    Raises:
        Invalid: no reason is given.
    """
    reason = read_reason(reason)
    rows = [row for row in _locked(actor, contract_ids) if row.status not in CLOSED]
    for row in rows:
        cancel_contract(actor=actor, contract_id=row.id, reason=reason)
    return [row.id for row in rows]


def _locked(actor: Actor, ids: Sequence[UUID]) -> list[Contract]:
    """Return the contracts among ``ids`` the actor may edit, locked in the order of their ids."""
    rows = CONTRACTS.reached(actor, "edit").filter(id__in=list(ids)).order_by("id")
    return list(rows.select_for_update(of=("self",)))


def _check_owner(owner_id: UUID | None) -> None:
    if owner_id and not Member.objects.filter(id=owner_id, is_active=True).exists():
        raise Invalid.on("owner_id", "missing", _("There is no such colleague."))


def _tell(actor: Actor, ids: Sequence[UUID], owner_id: UUID | None) -> None:
    told = [str(one) for one in ids]
    publish(ContractsAssigned(contract_ids=told, owner_id=str(owner_id or "")), actor=actor)

"""What an addendum changes on the contract it belongs to: told when it goes out, done when all have signed it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ponte.core.actors import Actor
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractReadjusted, ContractRenewed
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.services.contracts import audit_contract, lock_contract, save_contract

EFFECTS = ("amount", "billing", "ends_on", "readjust_on")


def effects_of(addendum: Contract) -> dict[str, str]:
    """Return which terms of its parent an addendum changes, as plain values: those in which the two differ."""
    parent = addendum.parent
    if parent is None:
        return {}
    told = {name: (getattr(parent, name), getattr(addendum, name)) for name in EFFECTS}
    return {
        name: str(after) for name, (before, after) in told.items() if before != after and after is not None
    }


def apply_effects(actor: Actor, addendum: Contract) -> None:
    """Change the parent as the addendum's ``effects`` say. Part of the signature's act."""
    if addendum.parent_id is None or not addendum.effects:
        return
    parent = lock_contract(addendum.parent_id)
    if parent.status != ContractStatus.SIGNED:  # ended meanwhile: there is nothing left to change
        return
    before = {name: getattr(parent, name) for name in EFFECTS}
    after = {**before, **_read(addendum.effects)}
    changes = {name: (before[name], after[name]) for name in EFFECTS if before[name] != after[name]}
    for name, (_before, value) in changes.items():
        setattr(parent, name, value)
    save_contract(parent)
    audit_contract(actor, "contract.amended", parent, changes | {"addendum": (None, addendum.number)})
    ids = {"contract_id": str(parent.id), "party_id": str(parent.party_id)}
    if "ends_on" in changes and parent.ends_on:
        publish(ContractRenewed(**ids, ends_on=parent.ends_on.isoformat()), actor=actor)
    if "amount" in changes:
        publish(ContractReadjusted(**ids, amount=str(parent.amount), currency=parent.currency), actor=actor)


def _read(effects: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: effects[name] for name in ("billing",) if name in effects}
    if "amount" in effects:
        found["amount"] = Decimal(effects["amount"])
    for name in ("ends_on", "readjust_on"):
        if name in effects:
            found[name] = date.fromisoformat(effects[name])
    return found

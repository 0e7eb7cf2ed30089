"""Taking a chunk of imported contracts back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ponte.core.services.audit import record_each
from ponte.sales.contract_policies import editable_contracts
from ponte.sales.models.contract import Contract
from ponte.sales.services.bulk_contracts import COLUMNS, note_imported, write_contracts
from ponte.sales.services.contract_bulk import bin_contracts, locked_contracts
from ponte.sales.services.contract_fields import PERSONAL
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    IN_USE,
    UNDO_ACT,
    UNREADABLE,
    DoneChunk,
    Left,
    Reversal,
    changed_since,
    left_all,
    take_back,
)
from ponte.workplace.importing.targets import ImportContext

_PLAIN = {name: name.removesuffix("_id") for name in COLUMNS}


def undo_contracts(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Put the contracts a chunk made into the bin and give changed ones their values back.

    What was sent or has addenda since stays.
    """
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    locked = Contract.objects.filter(id__in=[*chunk.created, *chunk.changes], deleted_at=None)
    rows = {row.id: row for row in locked.select_for_update().order_by("id")}
    _judge_created(chunk, context, rows, reversal)
    if reversal.removed and not look:
        bin_contracts(actor=context.actor, contract_ids=reversal.removed, deleted=True)
        # what was undone may be imported again: the id of the other system is free for a new one
        Contract.objects.filter(id__in=reversal.removed).update(external_id="")
    moved = _restored(chunk, context, rows, reversal)
    if moved and not look:
        _write(context, [rows[one] for one in moved], moved)
    return reversal


def _judge_created(
    chunk: DoneChunk, context: ImportContext, rows: dict[UUID, Contract], reversal: Reversal
) -> None:
    made = set(chunk.created)
    reversal.left |= left_all(made - rows.keys(), GONE)
    living = made & rows.keys()
    mine = {row.id: row for row in locked_contracts(context.actor, "delete", list(living))}
    reversal.left |= left_all(living - mine.keys(), FOREIGN)
    parents = Contract.objects.filter(parent__in=living).values_list("parent_id", flat=True)
    used = {one for one, row in mine.items() if row.was_sent} | set(parents)  # type: ignore[attr-defined]
    changed = changed_since("contract", mine.keys() - used, chunk)
    reversal.left |= left_all(used & mine.keys(), IN_USE) | left_all(changed, CHANGED)
    reversal.removed = [one for one in chunk.created if one in mine.keys() - used - changed]


def _restored(
    chunk: DoneChunk, context: ImportContext, rows: dict[UUID, Contract], reversal: Reversal
) -> dict[UUID, dict[str, tuple[Any, Any]]]:
    """Put values of changed contracts back in memory; return what changed."""
    member, reach = context.actor.member, set(chunk.changes)
    if member is not None:
        reach = set(editable_contracts(member).filter(id__in=reach).values_list("id", flat=True))
    moved: dict[UUID, dict[str, tuple[Any, Any]]] = {}
    there: dict[tuple[Any, Any], bool] = {}
    for contract_id, changes in chunk.changes.items():
        contract = rows.get(contract_id)
        if contract is None or contract_id not in reach:
            reversal.left[contract_id] = Left(GONE if contract is None else FOREIGN)
            continue
        told = {name.removesuffix("_id"): pair for name, pair in changes.items()}
        back, others = take_back(contract, told, there)
        if others:
            reversal.left[contract_id] = Left(CHANGED, tuple(others))
        elif back:
            reversal.restored.append(contract_id)
        if back:
            moved[contract_id] = back
    return moved


def _write(
    context: ImportContext, contracts: list[Contract], moved: dict[UUID, dict[str, tuple[Any, Any]]]
) -> None:
    write_contracts((), contracts)
    record_each(
        actor=context.actor,
        act=f"contract.{UNDO_ACT}",
        object_type="contract",
        changes={one: {_PLAIN.get(name, name): pair for name, pair in back.items()} for one, back in moved.items()},
        subjects={one.id: one.party_id for one in contracts},
        impersonal=set(_PLAIN.values()) - set(PERSONAL),
    )  # fmt: skip
    note_imported(context.actor, context.source, list(moved), act=f"contracts.{UNDO_ACT}")

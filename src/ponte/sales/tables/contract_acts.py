"""What can be done to selected contracts, and written in their list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.core.actors import Actor
from ponte.sales.services.contract_bulk import (
    assign_contract,
    assign_contracts,
    cancel_contracts,
)
from ponte.sales.services.document_bin import bin_contracts
from ponte.sales.tables.choosing import chosen_id, colleagues, colleagues_or_nobody
from ponte.workplace.lists import BulkAction, BulkInput, BulkOutcome, Editable
from ponte.workplace.lists.editing import told_here


def _assign(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    owner = chosen_id(inputs.get("owner", ""), "owner")
    before = assign_contracts(actor=actor, contract_ids=ids, owner_id=owner)
    rows = {str(one): str(had or "") for one, had in before.items()}
    return BulkOutcome(list(before), {"owner": str(owner or ""), "rows": rows})


def _unassign(actor: Actor, undo: Any) -> None:
    by_owner: dict[str, list[UUID]] = {}
    for one, had in undo["rows"].items():
        by_owner.setdefault(had, []).append(UUID(one))
    given = chosen_id(undo["owner"], "owner")
    for had, ids in by_owner.items():
        owner = chosen_id(had, "owner")
        assign_contracts(actor=actor, contract_ids=ids, owner_id=owner, only_of=given, check_only=True)


def _cancel(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    reason = str(inputs.get("reason", ""))
    return BulkOutcome(cancel_contracts(actor=actor, contract_ids=ids, reason=reason), None)


def _delete(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    done = bin_contracts(actor=actor, contract_ids=ids, deleted=True)
    return BulkOutcome(done, [str(one) for one in done])


def _restore(actor: Actor, undo: Any) -> None:
    bin_contracts(actor=actor, contract_ids=[UUID(one) for one in undo], deleted=False)


def _save_owner(actor: Actor, contract_id: UUID, text: str, version: int | None) -> None:
    owner = chosen_id(text, "owner")
    told_here(lambda: assign_contract(actor=actor, contract_id=contract_id, owner_id=owner, version=version))


CONTRACT_ACTS = (
    BulkAction(
        "assign",
        _("Put in charge…"),
        "user-share",
        _assign,
        done_text=ngettext_lazy(
            "%(count)s contract has another person in charge", "%(count)s contracts have another person in charge", "count"
        ),
        undo=_unassign,
        inputs=(BulkInput("owner", _("Person in charge"), choices=colleagues_or_nobody),),
        fields=("owner",),
        shows="owner",
    ),
    BulkAction(
        "cancel",
        _("Cancel contracts…"),
        "x",
        _cancel,
        done_text=ngettext_lazy(
            "%(count)s contract cancelled. Its links no longer work.", "%(count)s contracts cancelled. Their links no longer work.",
            "count",
        ),
        inputs=(BulkInput("reason", _("Why"), kind="text", placeholder=_("The customer gave up, for one")),),
        confirm=_("Cancel these contracts? It can't be undone. Signed ones stay as they are."),
        danger=True,
    ),
    BulkAction(
        "delete",
        _("Delete"),
        "trash",
        _delete,
        done_text=ngettext_lazy(
            "%(count)s contract that was never sent deleted", "%(count)s contracts that were never sent deleted", "count"
        ),
        act="delete",
        undo=_restore,
        danger=True,
    ),
)  # fmt: skip
CONTRACT_FIELDS = (
    Editable(
        key="owner",
        label=_("Person in charge"),
        kind="choice",
        choices=colleagues,
        save=_save_owner,
        value=lambda row: str(row.owner_id or ""),
        column="owner",
    ),
)

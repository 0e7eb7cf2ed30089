"""What can be done to selected leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.sales.models import LeadStatus, Reason, ReasonKind
from ponte.sales.services.lead_edits import assign_leads, bin_leads
from ponte.sales.services.lead_life import move_leads
from ponte.sales.tables.choosing import chosen_id, colleagues_or_nobody
from ponte.workplace.lists import BulkAction, BulkInput, BulkOutcome
from ponte.workplace.lists.filters import Choice

OPEN_STATUSES = (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.MQL, LeadStatus.SQL)


def _statuses(member: Member) -> list[Choice]:
    return [(key.value, key.label) for key in OPEN_STATUSES]


def _reasons(member: Member) -> Sequence[Choice]:
    rows = Reason.objects.filter(kind=ReasonKind.DISQUALIFIED, archived_at=None).order_by("position", "id")
    return [(str(pk), name) for pk, name in rows.values_list("id", "name")]


def _assign(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    owner = chosen_id(inputs.get("owner", ""), "owner")
    before = assign_leads(actor=actor, lead_ids=ids, owner_id=owner)
    rows = {str(one): str(had or "") for one, had in before.items()}
    return BulkOutcome(list(before), {"owner": str(owner or ""), "rows": rows})


def _unassign(actor: Actor, undo: Any) -> None:
    by_owner: dict[str, list[UUID]] = {}
    for one, had in undo["rows"].items():
        by_owner.setdefault(had, []).append(UUID(one))
    given = chosen_id(undo["owner"], "owner")
    for had, ids in by_owner.items():
        assign_leads(
            actor=actor, lead_ids=ids, owner_id=chosen_id(had, "owner"), only_of=given, check_only=True
        )


def _move(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    return _moved(actor, ids, str(inputs.get("status", "")), None)


def _disqualify(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    return _moved(actor, ids, LeadStatus.DISQUALIFIED, chosen_id(inputs.get("reason", ""), "reason"))


def _moved(actor: Actor, ids: list[UUID], status: str, reason_id: UUID | None) -> BulkOutcome:
    before = move_leads(actor=actor, statuses=dict.fromkeys(ids, status), reason_id=reason_id)
    rows = {str(one): former for one, former in before.items()}
    return BulkOutcome(list(before), {"status": status, "rows": rows})


def _move_back(actor: Actor, undo: Any) -> None:
    former = {UUID(one): status for one, status in undo["rows"].items()}
    move_leads(actor=actor, statuses=former, only_from=undo["status"])


def _delete(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    done = bin_leads(actor=actor, lead_ids=ids, deleted=True)
    return BulkOutcome(done, [str(one) for one in done])


def _restore(actor: Actor, undo: Any) -> None:
    bin_leads(actor=actor, lead_ids=[UUID(one) for one in undo], deleted=False)


MOVED = ngettext_lazy("%(count)s lead moved", "%(count)s leads moved", "count")
LEAD_ACTS = (
    BulkAction(
        "assign",
        _("Give to…"),
        "user-share",
        _assign,
        done_text=ngettext_lazy("%(count)s lead given", "%(count)s leads given", "count"),
        undo=_unassign,
        inputs=(BulkInput("owner", _("Salesperson"), choices=colleagues_or_nobody),),
        fields=("owner",),
        shows="owner",
    ),
    BulkAction(
        "status",
        _("Change status…"),
        "progress-check",
        _move,
        done_text=MOVED,
        undo=_move_back,
        inputs=(BulkInput("status", _("Status"), choices=_statuses),),
        fields=("status",),
        shows="status",
    ),
    BulkAction(
        "disqualify",
        _("Disqualify…"),
        "ban",
        _disqualify,
        done_text=ngettext_lazy("%(count)s lead disqualified", "%(count)s leads disqualified", "count"),
        undo=_move_back,
        inputs=(BulkInput("reason", _("Reason"), choices=_reasons),),
        fields=("status",),
        shows="status",
    ),
    BulkAction(
        "delete",
        _("Delete"),
        "trash",
        _delete,
        done_text=ngettext_lazy("%(count)s lead deleted", "%(count)s leads deleted", "count"),
        act="delete",
        undo=_restore,
        danger=True,
    ),
)

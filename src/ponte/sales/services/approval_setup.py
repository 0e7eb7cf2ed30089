"""Saying which way a document takes to its approval: the steps of each kind, and how long requests and approvals last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member, Role
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.preferences import set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.events.sales_approvals import DiscountLimitsChanged
from ponte.sales.models.approval import ApprovalKind, ApprovalStep, Approver
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.approvals import (
    MOST_DAYS,
    ApprovalSettings,
    load_approval_settings,
    settings_key,
    steps_of,
)
from ponte.sales.services.discount_limits import clean_percent

MOST_STEPS = 10
MOST_NAMED = 20
FIELDS = ("name", "above_discount", "below_margin", "above_amount", "approver", "role_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepData:
    """A step of approval. ``above_discount`` and ``below_margin`` in per cent, of quotes; ``above_amount`` a year, of contracts; none: always.

    ``role_id`` and ``member_ids`` with the approver "named": anyone of them answers.
    """

    name: str
    kind: str = ApprovalKind.QUOTE
    above_discount: Decimal | None = None
    below_margin: Decimal | None = None
    above_amount: Decimal | None = None
    approver: str = Approver.LEADER
    role_id: UUID | None = None
    member_ids: Sequence[UUID] = ()
    is_demo: bool = False


@transaction.atomic
def save_approval_step(
    *, actor: Actor, data: StepData, step_id: UUID | None = None, version: int | None = None
) -> ApprovalStep:
    """Add a step after the others of its kind, or change one; requests already made keep their steps.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: on the field that can't be accepted.
    """
    check_sales_settings(actor)
    kind = _kind(data.kind)
    steps = _locked(kind)
    if step_id is None:
        if len(steps) >= MOST_STEPS:
            raise Invalid.on("name", "too_many", _("There can be at most 10 steps."))
        position = max((one.position for one in steps.values()), default=0) + 1
        step = ApprovalStep(kind=kind, version=0, position=position, is_demo=data.is_demo)
    else:
        if step_id not in steps:
            raise Missing("approval_step")
        step = steps[step_id]
        check_version(step, version)
    values, members = _clean(data)
    before = {name: getattr(step, name) for name in FIELDS} | {"members": names_of(step)}
    for name, value in values.items():
        setattr(step, name, value)
    step.version += 1
    step.save()
    step.members.set(members)
    _tell(actor, "approval_step.saved", step, audit.diff(before, values | {"members": names_of(step)}))
    return step


@transaction.atomic
def delete_approval_step(*, actor: Actor, step_id: UUID) -> None:
    """Take a step out; requests already made keep theirs. Raises ``Denied``, ``Missing``."""
    check_sales_settings(actor)
    step = ApprovalStep.objects.select_for_update().filter(id=step_id).first()
    if step is None:
        raise Missing("approval_step")
    _tell(actor, "approval_step.deleted", step, {"name": (step.name, None)})
    step.delete()


@transaction.atomic
def move_approval_steps(*, actor: Actor, kind: str, ids: Sequence[UUID]) -> None:
    """Put the steps of a kind into an order; those not named follow in their old one. Raises ``Denied``."""
    check_sales_settings(actor)
    steps = _locked(_kind(kind))
    named = [one for one in dict.fromkeys(ids) if one in steps]
    order = [*named, *(one for one in steps if one not in named)]
    if order == list(steps):
        return
    before = [one.name for one in steps.values()]
    for position, step_id in enumerate(order, 1):
        steps[step_id].position = position
    ApprovalStep.objects.bulk_update(steps.values(), ["position"])
    after = [steps[one].name for one in order]
    _tell(actor, "approval_step.moved", steps[order[0]], {"order": (before, after)})


@transaction.atomic
def set_approval_settings(*, actor: Actor, kind: str, settings: ApprovalSettings) -> None:
    """Say how long a request of a kind waits and how long an approval holds, in days.

    Raises:
        Denied: the member may not change how the business sells. Invalid: days out of range.
    """
    check_sales_settings(actor)
    named = _kind(kind)
    cleaner = Cleaner()
    for name in ("answer_days", "valid_days"):
        if not 1 <= getattr(settings, name) <= MOST_DAYS:
            cleaner.refuse(name, "range", _("Give between 1 and 90 days."))
    cleaner.done()
    changes = audit.diff(asdict(load_approval_settings(named)), asdict(settings))
    if changes:
        set_preference(settings_key(named), asdict(settings))
        audit.record(
            actor=actor, act="approvals.set", target=current_workspace(), changes=changes, object_type="workspace"
        )  # fmt: skip


def names_of(step: ApprovalStep) -> list[str]:
    """Return whom a step names, by name."""
    return sorted(one.name for one in step.members.all()) if step.version else []


def _locked(kind: ApprovalKind) -> dict[UUID, ApprovalStep]:
    rows = steps_of(kind).select_for_update(of=("self",))
    return {one.id: one for one in rows}


def _kind(told: str) -> ApprovalKind:
    cleaner = Cleaner()
    kind = cleaner.choice("kind", told, ApprovalKind)
    cleaner.done()
    return ApprovalKind(kind)


def _clean(data: StepData) -> tuple[dict[str, Any], list[Member]]:
    cleaner = Cleaner()
    approver = cleaner.choice("approver", data.approver, Approver)
    is_quote, is_named = data.kind == ApprovalKind.QUOTE, approver == Approver.NAMED
    values: dict[str, Any] = {
        "name": cleaner.text("name", data.name, 80, required=True),
        "above_discount": clean_percent(cleaner, "above_discount", data.above_discount) if is_quote else None,
        "below_margin": clean_percent(cleaner, "below_margin", data.below_margin) if is_quote else None,
        "above_amount": None if is_quote else cleaner.money("above_amount", data.above_amount),
        "approver": approver,
        "role_id": data.role_id if is_named else None,
    }
    ids = set(data.member_ids) if is_named else set()
    members = list(Member.objects.filter(id__in=ids, is_active=True))
    if len(members) != len(ids) or len(ids) > MOST_NAMED:
        cleaner.refuse("members", "missing", _("There is no such colleague."))
    if values["role_id"] and not Role.objects.filter(id=values["role_id"]).exists():
        cleaner.refuse("role", "missing", _("There is no such role."))
    if is_named and not ids and not values["role_id"]:
        cleaner.refuse("members", "required", _("Choose who approves: people, a role, or both."))
    cleaner.done()
    return values, members


def _tell(actor: Actor, act: str, step: ApprovalStep, changes: dict[str, tuple[Any, Any]]) -> None:
    audit.record(actor=actor, act=act, target=step, changes=changes, object_type="approval_step")
    publish(DiscountLimitsChanged(role_id=""), actor=actor)

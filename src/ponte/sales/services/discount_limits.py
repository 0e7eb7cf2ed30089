"""Saying what a role may give without asking, and which way a quote over the limit takes."""

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
from ponte.sales.models.approval import ApprovalStep, Approver, DiscountLimit
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.approvals import KEY, MOST_DAYS, ApprovalSettings, load_approval_settings

MOST_STEPS = 10
LIMITS = ("line", "total", "margin")
STEP_FIELDS = ("name", "above_discount", "below_margin", "approver", "role_id", "member_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepData:
    """A step of approval. ``above_discount`` and ``below_margin`` in per cent; neither: always. ``role_id``, ``member_id``: by ``approver``."""

    name: str
    above_discount: Decimal | None = None
    below_margin: Decimal | None = None
    approver: str = Approver.LEADER
    role_id: UUID | None = None
    member_id: UUID | None = None
    is_demo: bool = False


@transaction.atomic
def set_discount_limit(
    *,
    actor: Actor,
    role_id: UUID,
    line: Decimal | None,
    total: Decimal | None,
    margin: Decimal | None,
    is_demo: bool = False,
) -> None:
    """Say what a role may give, in per cent; None lifts a limit, all three None take the row away.

    Raises:
        Denied, Missing: as everywhere. Invalid: a percentage out of range.
    """
    check_sales_settings(actor)
    role = Role.objects.select_for_update().filter(id=role_id).first()
    if role is None:
        raise Missing("role")
    cleaner = Cleaner()
    given = {
        "line": _percent(cleaner, "line", line),
        "total": _percent(cleaner, "total", total),
        "margin": _percent(cleaner, "margin", margin),
    }
    cleaner.done()
    row = DiscountLimit.objects.filter(role=role).first() or DiscountLimit(
        role=role, version=0, is_demo=is_demo
    )
    changes = audit.diff({name: getattr(row, name) for name in LIMITS}, given)
    if not changes:
        return
    if all(value is None for value in given.values()):
        row.delete()
    else:
        for name, value in given.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
    audit.record(
        actor=actor, act="discount_limit.set", target=role, changes=changes, object_type="discount_limit"
    )
    publish(DiscountLimitsChanged(role_id=str(role.id)), actor=actor)


@transaction.atomic
def save_approval_step(
    *, actor: Actor, data: StepData, step_id: UUID | None = None, version: int | None = None
) -> ApprovalStep:
    """Add a step after the others, or change one; requests already made keep their steps.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: on the field that can't be accepted.
    """
    check_sales_settings(actor)
    steps = {one.id: one for one in ApprovalStep.objects.select_for_update()}
    if step_id is None:
        if len(steps) >= MOST_STEPS:
            raise Invalid.on("name", "too_many", _("There can be at most 10 steps."))
        position = max((one.position for one in steps.values()), default=0) + 1
        step = ApprovalStep(version=0, position=position, is_demo=data.is_demo)
    else:
        if step_id not in steps:
            raise Missing("approval_step")
        step = steps[step_id]
        check_version(step, version)
    values = _clean(data)
    changes = audit.diff({name: getattr(step, name) for name in STEP_FIELDS}, values)
    for name, value in values.items():
        setattr(step, name, value)
    step.version += 1
    step.save()
    _tell(actor, "approval_step.saved", step, changes)
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
def move_approval_steps(*, actor: Actor, ids: Sequence[UUID]) -> None:
    """Put the steps into an order; those not named follow in their old one. Raises ``Denied``."""
    check_sales_settings(actor)
    steps = {one.id: one for one in ApprovalStep.objects.select_for_update().order_by("position", "id")}
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
def set_approval_settings(*, actor: Actor, settings: ApprovalSettings) -> None:
    """Say how long a request waits and how long an approval holds, in days.

    Raises:
        Denied: the member may not change how the business sells. Invalid: days out of range.
    """
    check_sales_settings(actor)
    cleaner = Cleaner()
    for name in ("answer_days", "valid_days"):
        if not 1 <= getattr(settings, name) <= MOST_DAYS:
            cleaner.refuse(name, "range", _("Give between 1 and 90 days."))
    cleaner.done()
    changes = audit.diff(asdict(load_approval_settings()), asdict(settings))
    if changes:
        set_preference(KEY, asdict(settings))
        audit.record(
            actor=actor, act="approvals.set", target=current_workspace(), changes=changes, object_type="workspace"
        )  # fmt: skip


def _clean(data: StepData) -> dict[str, Any]:
    cleaner = Cleaner()
    approver = cleaner.choice("approver", data.approver, Approver)
    values: dict[str, Any] = {
        "name": cleaner.text("name", data.name, 80, required=True),
        "above_discount": _percent(cleaner, "above_discount", data.above_discount),
        "below_margin": _percent(cleaner, "below_margin", data.below_margin),
        "approver": approver,
        "role_id": data.role_id if approver == Approver.ROLE else None,
        "member_id": data.member_id if approver == Approver.MEMBER else None,
    }
    role, member = data.role_id, data.member_id
    if approver == Approver.ROLE and not (role and Role.objects.filter(id=role).exists()):
        cleaner.refuse("role", "required", _("Choose the role that approves."))
    active = Member.objects.filter(is_active=True)
    if approver == Approver.MEMBER and not (member and active.filter(id=member).exists()):
        cleaner.refuse("member", "required", _("Choose who approves."))
    cleaner.done()
    return values


def _percent(cleaner: Cleaner, name: str, value: Decimal | None) -> Decimal | None:
    amount = cleaner.money(name, value)
    if amount is not None and amount > 100:
        cleaner.refuse(name, "range", _("Give a percentage from 0 to 100."))
        return None
    return amount


def _tell(actor: Actor, act: str, step: ApprovalStep, changes: dict[str, tuple[Any, Any]]) -> None:
    audit.record(actor=actor, act=act, target=step, changes=changes, object_type="approval_step")
    publish(DiscountLimitsChanged(role_id=""), actor=actor)

"""The demo's discount limits and steps of approval."""

from __future__ import annotations

from decimal import Decimal

from ponte.core.actors import Actor
from ponte.core.models import Role
from ponte.sales.models.approval import ApprovalStep, Approver, DiscountLimit
from ponte.sales.services.approval_setup import StepData, save_approval_step
from ponte.sales.services.discount_limits import set_discount_limit
from ponte.workplace.demo import DemoContext, DemoPart


def make(context: DemoContext) -> None:
    """Let salespeople give up to a quarter; beyond that sales management says yes."""
    if DiscountLimit.objects.exists() or ApprovalStep.objects.exists():
        return
    context.say("limites de desconto")
    role = Role.objects.filter(key="salesperson").first()
    manager = Role.objects.filter(key="manager").first()
    if role is None or manager is None:
        return
    set_discount_limit(
        actor=context.actor, role_id=role.id, line=Decimal(25), total=Decimal(20), margin=None, is_demo=True
    )
    step = StepData(name="Gerência de vendas", approver=Approver.NAMED, role_id=manager.id, is_demo=True)
    save_approval_step(actor=context.actor, data=step)


def remove(actor: Actor) -> None:
    """Take the demo's limits and steps away for good."""
    DiscountLimit.objects.filter(is_demo=True).delete()
    ApprovalStep.objects.filter(is_demo=True).delete()


PART = DemoPart(key="approvals", order=58, make=make, remove=remove)

"""Saying what a role may give without asking."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.models import Role
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_approvals import DiscountLimitsChanged
from ponte.sales.models.approval import DiscountLimit
from ponte.sales.policies import check_sales_settings

LIMITS = ("line", "total", "margin")


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
        "line": clean_percent(cleaner, "line", line),
        "total": clean_percent(cleaner, "total", total),
        "margin": clean_percent(cleaner, "margin", margin),
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


def clean_percent(cleaner: Cleaner, name: str, value: Decimal | None) -> Decimal | None:
    """Return a percentage from 0 to 100, or none."""
    amount = cleaner.money(name, value)
    if amount is not None and amount > 100:
        cleaner.refuse(name, "range", _("Give a percentage from 0 to 100."))
        return None
    return amount

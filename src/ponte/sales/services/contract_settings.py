"""Saying who approves contracts and how long before a date one is told."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member, Role
from ponte.core.services import audit
from ponte.core.services.preferences import set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.contract_settings import KEY, ContractSettings, load_contract_settings
from ponte.sales.policies import check_sales_settings


@transaction.atomic
def save_contract_settings(*, actor: Actor, settings: ContractSettings) -> None:
    """Keep the settings of contracts.

    Raises:
        Denied: the area "sales" isn't open to them. Invalid: unknown members or role, days out of range.
    """
    check_sales_settings(actor)
    known = Member.objects.filter(id__in=settings.approver_ids, is_active=True).count()
    if known != len(set(settings.approver_ids)) or known > 20:
        raise Invalid.on("approvers", "missing", _("There is no such colleague."))
    if settings.approver_role_id and not Role.objects.filter(id=settings.approver_role_id).exists():
        raise Invalid.on("approver_role", "missing", _("There is no such role."))
    if not 1 <= settings.alert_days <= 365:
        raise Invalid.on("alert_days", "range", _("Give between 1 and 365 days."))
    changes = audit.diff(load_contract_settings().as_json(), settings.as_json())
    if changes:
        set_preference(KEY, settings.as_json())
        audit.record(
            actor=actor,
            act="contracts.set",
            target=current_workspace(),
            changes=changes,
            object_type="workspace",
        )

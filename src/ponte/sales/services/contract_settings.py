"""Saying how long before a date of a contract one is told."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.preferences import set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.contract_settings import KEY, ContractSettings, load_contract_settings
from ponte.sales.policies import check_sales_settings


@transaction.atomic
def save_contract_settings(*, actor: Actor, settings: ContractSettings) -> None:
    """Keep the settings of contracts.

    Raises:
        Denied: the area "sales" isn't open to them. Invalid: days out of range.
    """
    check_sales_settings(actor)
    if not 1 <= settings.alert_days <= 365:
        raise Invalid.on("alert_days", "range", _("Give between 1 and 365 days."))
    changes = audit.diff(asdict(load_contract_settings()), asdict(settings))
    if changes:
        set_preference(KEY, asdict(settings))
        audit.record(
            actor=actor,
            act="contracts.set",
            target=current_workspace(),
            changes=changes,
            object_type="workspace",
        )

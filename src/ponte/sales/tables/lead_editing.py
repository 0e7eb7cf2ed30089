"""Fields of leads that can be written in their list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.sales.models import LeadStatus, Origin
from ponte.sales.services.lead_edits import update_lead
from ponte.sales.services.lead_life import move_lead
from ponte.sales.tables.choosing import colleagues
from ponte.workplace.lists import Editable
from ponte.workplace.lists.editing import told_here


def _save_status(actor: Actor, lead_id: UUID, text: str, version: int | None) -> None:
    told_here(lambda: move_lead(actor=actor, lead_id=lead_id, status=text, version=version))


def _save(field: str) -> Callable[[Actor, UUID, str, int | None], None]:
    def save(actor: Actor, lead_id: UUID, text: str, version: int | None) -> None:
        value: Any = (UUID(text) if text else None) if field == "owner_id" else text
        told_here(lambda: update_lead(actor=actor, lead_id=lead_id, changes={field: value}, version=version))

    return save


LEAD_FIELDS = (
    Editable(
        key="status",
        label=_("Status"),
        kind="choice",
        choices=lambda member: list(LeadStatus.choices),
        save=_save_status,
        value=lambda row: str(row.status),
        column="status",
        required=True,
    ),
    Editable(
        key="title",
        label=_("Interest"),
        save=_save("title"),
        value=lambda row: str(row.title),
        column="title",
    ),
    Editable(
        key="origin",
        label=_("Origin"),
        kind="choice",
        choices=lambda member: list(Origin.choices),
        save=_save("origin"),
        value=lambda row: str(row.origin),
        column="origin",
        required=True,
    ),
    Editable(
        key="owner",
        label=_("Salesperson"),
        kind="choice",
        choices=colleagues,
        save=_save("owner_id"),
        value=lambda row: str(row.owner_id or ""),
        column="owner",
    ),
)

"""What conditions can ask of a customer's territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import Choice, Field, extend_subject
from ponte.core.models import Member
from ponte.core.text import fold
from ponte.sales.models import Territory

MOST = 30
SALES = _("Sales")


def _names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    found = Territory.objects.filter(id__in=[UUID(one) for one in ids])
    return {str(row.id): row.name for row in found}


def _find(reader: Member | None, text: str) -> Sequence[Choice]:
    rows = Territory.objects.order_by("name", "id")
    return [(str(row.id), row.name) for row in rows if fold(text) in fold(row.name)][:MOST]


TERRITORY = Field(
    "territory",
    _("Territory"),
    "record",
    path="territory_placement__territory_id",
    rights=(),
    names=_names,
    find=_find,
    section=SALES,
)


def register() -> None:
    """Let conditions about customers ask for the territory."""
    for subject in ("person", "company", "customer"):
        extend_subject(subject, TERRITORY)

"""What cadences, territories and account plans plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import ObjectRights, register_object
from ponte.sales import territory_conditions
from ponte.sales.territory_policies import visible_territories
from ponte.workplace.admin.history import HistorySource, register_history

register_object(ObjectRights("territory", label=_("Territories"), owned=False))


def _seen_territories(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_territories(member).filter(id__in=ids).values_list("id", flat=True))


register_history(HistorySource("territory", _seen_territories))
territory_conditions.register()

"""Saying when the business works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.brazil.postal import STATES
from ponte.core.business_time.calendar import Hours
from ponte.core.business_time.settings import (
    HALVES,
    KEY,
    BusinessSettings,
    OwnHoliday,
    load_business_settings,
)
from ponte.core.errors import Invalid, Missing
from ponte.core.services.audit import record as audit
from ponte.core.services.preferences import set_preference
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import current_workspace

MAX_HOLIDAYS = 200
KINDS = ("municipal", "company")


@transaction.atomic
def set_working_hours(
    *, actor: Actor, state: str, hours: Mapping[int, Hours], customary: bool, half_days: bool
) -> BusinessSettings:
    """Say the UF whose holidays count, the working hours of each weekday, and which customary days are free.

    Raises:
        Invalid: no such state, spans that overlap or end before they begin, no working hour at all.
    """
    if state and state not in STATES:
        raise Invalid.on("state", "invalid", _("Choose one of the states offered."))
    for day, spans in hours.items():
        edges = [moment for span in spans for moment in span]
        if day not in range(7) or edges != sorted(set(edges)):
            message = _("Write spans one after the other, such as 08:00-12:00, 13:00-18:00.")
            raise Invalid.on(f"day_{day}", "invalid", message)
    if not any(hours.values()):
        raise Invalid.on("day_0", "required", _("Say at least one working hour in the week."))
    before = _locked()
    kept = {day: spans for day, spans in sorted(hours.items()) if spans}
    after = replace(before, state=state, hours=kept, customary=customary, half_days=half_days)
    return _keep(actor, "business_time.hours_set", before, after)


@transaction.atomic
def add_holiday(*, actor: Actor, holiday: OwnHoliday) -> BusinessSettings:
    """Add a municipal or company holiday; another one on the same day gives way to it.

    Raises:
        Invalid: no name, an unknown word, too many.
    """
    name = " ".join(holiday.name.split())[:120]
    if not name:
        raise Invalid.on("name", "required", _("Say what is celebrated."))
    if holiday.kind not in KINDS or holiday.half not in HALVES:
        raise Invalid.on("kind", "invalid", _("Choose one of the kinds offered."))
    before = _locked()
    if len(before.holidays) >= MAX_HOLIDAYS:
        raise Invalid.on("day", "too_many", _("At most 200 holidays fit. Delete those long past first."))
    return _keep(
        actor, "business_time.holiday_added", before, before.with_holiday(replace(holiday, name=name))
    )


@transaction.atomic
def remove_holiday(*, actor: Actor, day: date) -> BusinessSettings:
    """Take a holiday of the workspace's own away.

    Raises:
        Missing: there is none on that day.
    """
    before = _locked()
    left = tuple(one for one in before.holidays if one.day != day)
    if len(left) == len(before.holidays):
        raise Missing
    return _keep(actor, "business_time.holiday_removed", before, replace(before, holidays=left))


def _locked() -> BusinessSettings:
    """Two people saving at once write one after the other."""
    Workspace.objects.select_for_update().get(id=current_workspace().id)
    return load_business_settings()


def _keep(actor: Actor, act: str, before: BusinessSettings, after: BusinessSettings) -> BusinessSettings:
    old, new = before.as_json(), after.as_json()
    if old != new:
        set_preference(KEY, new)
        changes = {name: (old[name], new[name]) for name in new if old[name] != new[name]}
        audit(actor=actor, act=act, target=current_workspace(), changes=changes, object_type="workspace")
    return after

"""Saying how dates become tasks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services.audit import record as audit
from ponte.core.services.preferences import get_preference, set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.timeline.date_rules import KEY, MAX_DAYS_AHEAD, USUAL, DateRule


@transaction.atomic
def set_date_rules(*, actor: Actor, rules: Iterable[DateRule]) -> None:
    """Say for each kind of date whether, how many days ahead and for whom it becomes a task.

    Raises:
        Invalid: an unknown kind or colleague, more than a year ahead.
    """
    told = {}
    for rule in rules:
        if rule.kind not in USUAL:
            raise Invalid.on("kind", "invalid", _("There is no such kind of date."))
        if not 0 <= rule.days_ahead <= MAX_DAYS_AHEAD:
            raise Invalid.on(f"{rule.kind}_days", "out_of_range", _("From 0 to 365 days ahead."))
        if rule.member_id and not Member.objects.filter(id=rule.member_id, is_active=True).exists():
            raise Invalid.on(f"{rule.kind}_member", "missing", _("There is no such colleague."))
        told[rule.kind] = {
            "is_active": rule.is_active,
            "days_ahead": rule.days_ahead,
            "member_id": str(rule.member_id) if rule.member_id else None,
        }
    before = get_preference(KEY) or {}
    after = {**before, **told}
    changes = {kind: (before.get(kind), after[kind]) for kind in after if before.get(kind) != after[kind]}
    if changes:
        set_preference(KEY, after)
        audit(
            actor=actor,
            act="date_rules.set",
            target=current_workspace(),
            changes=changes,
            object_type="workspace",
        )

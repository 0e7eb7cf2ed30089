"""Changing the type of a custom field, and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.models import BackgroundRun
from ponte.core.services import audit
from ponte.core.services.runs import start_run
from ponte.workplace.custom_fields.converting import note_turn, turn
from ponte.workplace.custom_fields.previewing import CONVERTIBLE, choices_for
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import forget_fields
from ponte.workplace.services.custom_fields import lock_field


@transaction.atomic
def change_type(
    *, actor: Actor, field_id: UUID, kind: str, version: int | None = None, url: str = ""
) -> BackgroundRun:
    """Start converting a field's values to another type; until it is done nobody can write them.

    Values that can't be converted are empty afterwards; all former values can be brought back for 30 days.

    Args:
        url: where the person who waits finds the field.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: on "kind".
    """
    field = lock_field(actor, field_id)
    check_version(field, version)
    if field.converting_to:
        raise Invalid.on("kind", "converting", _("The type of this field is being changed already."))
    if kind == field.kind or kind not in CONVERTIBLE or field.kind not in CONVERTIBLE:
        raise Invalid.on("kind", "invalid_choice", _("This field can't become that."))
    field.converting_to = {"kind": kind, "choices": choices_for(field, kind), "slot": _next_slot(field)}
    field.version += 1
    field.save()
    forget_fields()
    run = start_run(kind="custom_field", title=field.label, member=actor.member, url=url)
    enqueue("workplace.convert_custom_field", field_id=str(field.id), run_id=str(run.id))
    audit.record(actor=actor, act="custom_field.started", target=field, changes={"kind": (field.kind, kind)})
    return run


@transaction.atomic
def take_back_type(*, actor: Actor, field_id: UUID, version: int | None = None) -> CustomField:
    """Give a field the type and values it had before the last change of type; values written since then rest.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: there is nothing to go back to.
    """
    field = lock_field(actor, field_id)
    check_version(field, version)
    if field.converting_to or not field.previous:
        raise Invalid.on("", "nothing", _("There is no former type to go back to."))
    former, before = field.previous[-1], field.kind
    turn(field, kind=former["kind"], slot=former["slot"], choices=former["choices"])
    note_turn(actor, field, before, {})
    return field


def _next_slot(field: CustomField) -> str:
    used = {field.slot, *(former["slot"] for former in field.previous)}
    number = 2
    while f"{field.key}~{number}" in used:
        number += 1
    return f"{field.key}~{number}"

"""Building cadences: naming them, switching them on and off."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import FieldProblem, Invalid
from ponte.core.jobs import enqueue
from ponte.core.services.audit import diff
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.core.services.preferences import get_preference, set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.events.sales_cadences import CadenceCreated, CadenceStateChanged, CadenceUpdated
from ponte.privacy.purposes import PurposeInfo, get_purpose
from ponte.sales.cadence_policies import check_cadence
from ponte.sales.models import Cadence, CadenceState, CadenceStep, OnRefusal

MOST_CADENCES = 300
CAP_KEY = "sales.cadence_daily_cap"
USUAL_CAP = 100
END_JOB = "sales.end_archived"
EDITABLE = (
    "name", "description", "purpose", "on_refusal", "stops_on_reply", "stops_on_meeting", "stops_on_stage",
)  # fmt: skip
MOVES = {
    CadenceState.DRAFT: {CadenceState.ACTIVE, CadenceState.ARCHIVED},
    CadenceState.ACTIVE: {CadenceState.PAUSED, CadenceState.ARCHIVED},
    CadenceState.PAUSED: {CadenceState.ACTIVE, CadenceState.ARCHIVED},
    CadenceState.ARCHIVED: {CadenceState.DRAFT},
}


class CadenceDetails(TypedDict, total=False):
    """What a cadence is made of; see ``Cadence``."""

    name: str
    description: str
    purpose: str
    on_refusal: str
    stops_on_reply: bool
    stops_on_meeting: bool
    stops_on_stage: bool


@transaction.atomic
def create_cadence(*, actor: Actor, **details: Unpack[CadenceDetails]) -> Cadence:
    """Add a cadence, as a draft without steps.

    Raises:
        Invalid: no name, a purpose nobody knows. Denied: no right to.
    """
    check_cadence(actor, "create")
    if Cadence.objects.exclude(state=CadenceState.ARCHIVED).count() >= MOST_CADENCES:
        raise Invalid.on("name", "too_many", _("At most 300 cadences fit. Archive old ones first."))
    values = _clean({"name": "", **details})
    row = Cadence.objects.create(owner=actor.member, **values)
    audit(
        actor=actor,
        act="cadence.created",
        target=row,
        changes={name: (None, getattr(row, name)) for name in EDITABLE},
    )
    publish(CadenceCreated(cadence_id=str(row.id)), actor=actor)
    return row


@transaction.atomic
def update_cadence(
    *, actor: Actor, cadence: Cadence, version: int | None = None, **details: Unpack[CadenceDetails]
) -> Cadence:
    """Change a cadence's name and rules; they hold for who is under way too.

    Raises:
        Conflict: ``version`` is not the current one. Invalid: as in ``create_cadence``. Denied: no right to.
    """
    row = lock_cadence(actor, cadence, version)
    changes = diff({name: getattr(row, name) for name in EDITABLE}, _clean(dict(details)))
    if not changes:
        return row
    for name, (_old, new) in changes.items():
        setattr(row, name, new)
    if row.is_open:
        _check_ready(row)
    touch(actor, row, "cadence.updated", changes, sorted(changes))
    return row


@transaction.atomic
def set_cadence_state(*, actor: Actor, cadence: Cadence, state: str, version: int | None = None) -> Cadence:
    """Activate, pause or archive a cadence, or make an archived one a draft again.

    Paused, nothing of it goes out, and it goes on where it stood. Archived, who is under way is taken out in the background.

    Raises:
        Invalid: no such step from here; no steps to activate; marketing mail without this installation's address.
    """
    row = lock_cadence(actor, cadence, version)
    if row.state == state:
        return row
    if state not in CadenceState.values or CadenceState(state) not in MOVES[CadenceState(row.state)]:
        raise Invalid.on("state", "invalid", _("The cadence can't go there from where it is."))
    before, row.state = row.state, state
    if state == CadenceState.ACTIVE:
        _check_ready(row)
    row.version += 1
    row.save()
    audit(actor=actor, act="cadence.state_changed", target=row, changes={"state": (before, state)})
    publish(CadenceStateChanged(cadence_id=str(row.id), before=before, after=state), actor=actor)
    if state == CadenceState.ARCHIVED:
        enqueue(END_JOB, cadence_id=str(row.id))
    return row


@transaction.atomic
def delete_cadence(*, actor: Actor, cadence: Cadence, version: int | None = None) -> None:
    """Remove a cadence nobody ever went through.

    Raises:
        Invalid: somebody did: archive it instead.
    """
    check_cadence(actor, "delete")
    row = lock_cadence(actor, cadence, version)
    if row.enrolments.exists():
        raise Invalid.on("", "used", _("Customers went through this cadence. Archive it instead."))
    audit(actor=actor, act="cadence.deleted", target=row, changes={"name": (row.name, None)})
    publish(CadenceUpdated(cadence_id=str(row.id), fields=["deleted"]), actor=actor)
    row.delete()


def lock_cadence(actor: Actor, cadence: Cadence, version: int | None = None) -> Cadence:
    """Return the cadence locked for changing, after asking right and version."""
    check_cadence(actor, "edit")
    row = Cadence.objects.select_for_update(of=("self",)).get(id=cadence.id)
    check_version(row, version)
    return row


def touch(actor: Actor, row: Cadence, act: str, changes: dict[str, Any], fields: list[str]) -> None:
    """Raise the version of a locked cadence and tell that it changed."""
    row.version += 1
    row.save()
    audit(actor=actor, act=act, target=row, changes=changes)
    publish(CadenceUpdated(cadence_id=str(row.id), fields=fields), actor=actor)


def daily_cap() -> int:
    """Return how many steps go out in one sender's name a day, over all cadences."""
    return int(get_preference(CAP_KEY, USUAL_CAP))


@transaction.atomic
def set_daily_cap(*, actor: Actor, cap: int) -> int:
    """Say how many steps may go out in one sender's name a day.

    Raises:
        Invalid: not between 1 and 2,000.
    """
    check_cadence(actor, "edit")
    if not 1 <= cap <= 2_000:
        raise Invalid.on("cap", "out_of_range", _("The limit lies between 1 and 2,000 a day."))
    before = daily_cap()
    if before != cap:
        set_preference(CAP_KEY, cap)
        audit(
            actor=actor,
            act="cadences.cap_set",
            target=current_workspace(),
            changes={"daily_cap": (before, cap)},
            object_type="workspace",
        )
    return cap


def _clean(details: dict[str, Any]) -> dict[str, Any]:
    problems = []
    values = dict(details)
    for name, limit in (("name", 120), ("description", 500)):
        if name in values:
            values[name] = " ".join(str(values[name]).split())
            if len(values[name]) > limit:
                message = _("At most %(limit)d characters fit.") % {"limit": limit}
                problems.append(FieldProblem(name, "too_long", message))
    if "name" in values and not values["name"]:
        problems.append(FieldProblem("name", "required", _("Give the cadence a name.")))
    if "purpose" in values and get_purpose(values["purpose"]) is None:
        problems.append(FieldProblem("purpose", "invalid", _("There is no such purpose.")))
    if "on_refusal" in values and values["on_refusal"] not in OnRefusal.values:
        problems.append(FieldProblem("on_refusal", "invalid", _("Choose to skip the step or to stop.")))
    if problems:
        raise Invalid(problems)
    return values


def _check_ready(row: Cadence) -> None:
    steps = list(row.steps.filter(removed_at=None).values_list("channel", flat=True))
    if not steps:
        raise Invalid.on("steps", "required", _("Add a step first."))
    purpose = get_purpose(row.purpose)
    if purpose is None or not purpose.is_active:
        raise Invalid.on("purpose", "inactive", _("The purpose is switched off. Choose another."))
    if "email" in steps and needs_link(purpose) and settings.PONTE_SENDS_MAIL and not settings.PONTE_URL:
        message = _(
            "Mail of this purpose must carry the customer's preference link, and this installation doesn't know its own address. Set PONTE_URL."
        )
        raise Invalid.on("purpose", "no_address", message)


def needs_link(purpose: PurposeInfo) -> bool:
    """Return whether mail for a purpose can't go out without the link to stop it: it rests on consent."""
    return purpose.needs_consent


def live_steps(cadence_id: UUID) -> list[CadenceStep]:
    """Return the steps of a cadence in order, without removed ones, with their variants."""
    rows = CadenceStep.objects.filter(cadence_id=cadence_id, removed_at=None)
    return list(rows.order_by("position", "id").prefetch_related("variants"))

"""The steps of a cadence and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.business_time import load_business_calendar
from ponte.core.errors import FieldProblem, Invalid
from ponte.sales.cadence_timing import moment_after
from ponte.sales.channels import channel_of, step_channels
from ponte.sales.models import Cadence, CadenceStep, Enrolment, EnrolmentState, StepVariant
from ponte.sales.services.cadences import live_steps, lock_cadence, touch
from ponte.sales.wording import check_words

MOST_STEPS = 30
MOST_BODY = 10_000
LONGEST_WAIT = {"wait_days": 365, "wait_hours": 200}
LETTERS = "AB"


class VariantDetails(TypedDict, total=False):
    """What a step says. ``weight``: its share, 1 to 100."""

    subject: str
    body: str
    weight: int


class StepDetails(TypedDict, total=False):
    """What a step is made of; see ``CadenceStep``. ``variants``: one, or two to compare (A/B)."""

    channel: str
    wait_days: int
    wait_hours: int
    waits_for_task: bool
    variants: Sequence[VariantDetails]


@transaction.atomic
def add_step(*, actor: Actor, cadence: Cadence, **details: Unpack[StepDetails]) -> CadenceStep:
    """Add a step at the end; who has finished the cadence stays finished.

    Raises:
        Invalid: an unknown channel or word, no text, waits out of range, too many steps.
    """
    row = lock_cadence(actor, cadence)
    steps = live_steps(row.id)
    if len(steps) >= MOST_STEPS:
        raise Invalid.on("channel", "too_many", _("At most 30 steps fit."))
    values, variants = _clean({"channel": "", "variants": [], **details})
    step = CadenceStep(cadence=row, position=_after(row), **values)
    step.save(force_insert=True)
    _write_variants(step, variants)
    _tell(actor, row, "cadence.step_added", step, {"channel": (None, step.channel)})
    return step


@transaction.atomic
def update_step(*, actor: Actor, step: CadenceStep, **details: Unpack[StepDetails]) -> CadenceStep:
    """Change a step: whoever has it still before them gets it as it is then. Waits already counted stay.

    Raises:
        Invalid: as in ``add_step``.
    """
    row = lock_cadence(actor, step.cadence)
    step = CadenceStep.objects.select_for_update().get(id=step.id)
    given: StepDetails = {"channel": step.channel, **details}
    values, variants = _clean(dict(given))
    changes = {name: (getattr(step, name), new) for name, new in values.items() if getattr(step, name) != new}
    for name, value in values.items():
        setattr(step, name, value)
    step.save()
    if variants is not None:
        _write_variants(step, variants)
        changes["texts"] = (None, len(variants))
    if changes:
        _tell(actor, row, "cadence.step_changed", step, changes)
    return step


@transaction.atomic
def remove_step(*, actor: Actor, step: CadenceStep) -> None:
    """Take a step out; whoever had it next goes on with the one after it. What was done with it stays counted."""
    row = lock_cadence(actor, step.cadence)
    step = CadenceStep.objects.select_for_update().get(id=step.id)
    if step.removed_at is not None:
        return
    step.removed_at = timezone.now()
    step.save(update_fields=["removed_at", "updated_at"])
    _lead_on(row, step)
    _tell(actor, row, "cadence.step_removed", step, {"channel": (step.channel, None)})


@transaction.atomic
def order_steps(*, actor: Actor, cadence: Cadence, step_ids: Sequence[UUID]) -> None:
    """Put the steps into this order. Nobody gets a step twice: what comes next is a later step one hasn't had.

    Raises:
        Invalid: not the same steps.
    """
    row = lock_cadence(actor, cadence)
    steps = {one.id: one for one in live_steps(row.id)}
    if sorted(steps) != sorted(step_ids):
        raise Invalid.on("step_ids", "mismatch", _("The steps have changed. Load the page again."))
    if list(steps) == list(step_ids):
        return
    first = _after(row)
    for number, step_id in enumerate(step_ids):
        steps[step_id].position = first + number
    CadenceStep.objects.bulk_update(steps.values(), ["position"])
    names = {"order": (None, [str(one) for one in step_ids])}
    touch(actor, row, "cadence.steps_ordered", names, ["steps"])


def _after(row: Cadence) -> int:
    last = (
        CadenceStep.objects.filter(cadence=row)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    return (last or 0) + 1


def _lead_on(row: Cadence, step: CadenceStep) -> None:
    """Lead those who had ``step`` next to the step after it, or, where it was the last, to their end."""
    waiting = Enrolment.objects.filter(next_step=step)
    following = next((one for one in live_steps(row.id) if one.position > step.position), None)
    if following is not None:
        due = moment_after(load_business_calendar(), timezone.now(), following)
        waiting.filter(state=EnrolmentState.ACTIVE).update(next_step=following, next_at=due)
        waiting.update(next_step=following)
        return
    # their run ends with the next turn of the job, which finds no step left
    waiting.update(next_step=None, next_at=timezone.now())


def _tell(actor: Actor, row: Cadence, act: str, step: CadenceStep, changes: dict[str, Any]) -> None:
    touch(actor, row, act, {"step": (None, step.position), **changes}, ["steps"])


def _clean(details: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
    problems: list[FieldProblem] = []
    values = {name: value for name, value in details.items() if name != "variants"}
    if step_channels.get(str(values.get("channel"))) is None:
        problems.append(FieldProblem("channel", "invalid", _("There is no such channel.")))
    for name, longest in LONGEST_WAIT.items():
        if name in values and not 0 <= values[name] <= longest:
            message = _("The wait lies between 0 and %(most)d.") % {"most": longest}
            problems.append(FieldProblem(name, "out_of_range", message))
    variants = None
    if "variants" in details:
        variants = [_clean_variant(one, values, problems) for one in details["variants"]]
        if not 1 <= len(variants) <= len(LETTERS):
            problems.append(FieldProblem("variants", "number", _("A step has one text, or two to compare.")))
    if problems:
        raise Invalid(problems)
    return values, variants


def _clean_variant(
    given: VariantDetails, values: dict[str, Any], problems: list[FieldProblem]
) -> dict[str, Any]:
    subject = " ".join(given.get("subject", "").split())
    body = given.get("body", "").replace("\x00", "").replace("\r\n", "\n").strip()
    weight = given.get("weight", 50)
    channel = channel_of(str(values.get("channel")))
    if not subject and channel.key != "whatsapp":
        words = _("Write the subject.") if channel.key == "email" else _("Say what is to be done.")
        problems.append(FieldProblem("subject", "required", words))
    if not body and channel.key in ("email", "whatsapp"):
        problems.append(FieldProblem("body", "required", _("Write the message.")))
    if len(subject) > 200:
        problems.append(FieldProblem("subject", "too_long", _("At most 200 characters fit.")))
    if len(body) > MOST_BODY:
        problems.append(FieldProblem("body", "too_long", _("At most 10,000 characters fit.")))
    if not 1 <= weight <= 100:
        problems.append(FieldProblem("weight", "out_of_range", _("The share lies between 1 and 100.")))
    problems += [*check_words("subject", subject), *check_words("body", body)]
    return {"subject": subject, "body": body, "weight": weight}


def _write_variants(step: CadenceStep, variants: Sequence[dict[str, Any]] | None) -> None:
    """Letters stay what they are: results of A are A's, whatever became of B."""
    given = dict(zip(LETTERS, variants or (), strict=False))
    step.variants.exclude(letter__in=given).delete()
    for letter, values in given.items():
        StepVariant.objects.update_or_create(step=step, letter=letter, defaults=values)

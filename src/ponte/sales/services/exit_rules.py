"""What an opportunity needs before it leaves a stage forward: fields filled, steps of the playbook ticked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.errors import FieldProblem, Invalid
from ponte.sales.models import DealRole, Opportunity, OpportunityCheck, Origin, Stage
from ponte.workplace.selectors.custom_fields import list_fields

RULE = "exit_rule"  # code of the problems: a dialog can ask for what is missing
Filled = Callable[[Opportunity], bool]

# what a stage may ask for; custom fields come besides as "custom.<key>"
REQUIRABLE: Mapping[str, tuple[str | Promise, Filled]] = {
    "amount": (gettext_lazy("Value"), lambda deal: deal.amount > 0 or deal.monthly > 0),
    "monthly": (gettext_lazy("Monthly value"), lambda deal: deal.monthly > Decimal(0)),
    "expected_close": (gettext_lazy("Expected close"), lambda deal: deal.expected_close is not None),
    "owner": (gettext_lazy("Salesperson"), lambda deal: deal.owner_id is not None),
    "origin": (gettext_lazy("Origin"), lambda deal: deal.origin != Origin.UNKNOWN),
    "description": (gettext_lazy("Description"), lambda deal: bool(deal.description.strip())),
    "next_activity": (gettext_lazy("Next activity"), lambda deal: deal.next_activity_at is not None),
    "products": (gettext_lazy("Products"), lambda deal: deal.lines.exists()),
    "contact": (gettext_lazy("A contact"), lambda deal: deal.contacts.exists()),
    "decision_maker": (
        gettext_lazy("Who decides"),
        lambda deal: deal.contacts.filter(role=DealRole.DECIDES).exists(),
    ),
    "competitor": (gettext_lazy("Competitors"), lambda deal: deal.rivals.exists()),
}


@dataclass
class Lacking:
    """What is missing: fields by key with their words, steps as (stage, key, text)."""

    fields: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[Stage, str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.steps)


def requirable() -> dict[str, str]:
    """Return everything a stage may ask for, by key, in words."""
    own = {key: str(label) for key, (label, _filled) in REQUIRABLE.items()}
    return own | {f"custom.{one.key}": one.label for one in list_fields("opportunity")}


def lacking(opportunity: Opportunity, target: Stage | None) -> Lacking:
    """Return what an opportunity lacks to go to ``target``, None for being won.

    Going forward in its pipeline it passes the stages between, and their rules hold too. Going back, or to another pipeline,
    nothing is asked.
    """
    missing = Lacking()
    for stage in _passed(opportunity, target):
        for key in stage.required_fields:
            if key not in missing.fields and (label := _unfilled(opportunity, key)):
                missing.fields[key] = label
        missing.steps += [(stage, entry["key"], entry["text"]) for entry in open_steps(opportunity, stage)]
    return missing


def check_exit(opportunity: Opportunity, target: Stage | None) -> None:
    """Raise ``Invalid`` with one problem for each thing that is missing (``RULE``)."""
    missing = lacking(opportunity, target)
    if not missing:
        return
    problems = [
        FieldProblem(key, RULE, _("Before it moves on, fill in: %(field)s.") % {"field": label})
        for key, label in missing.fields.items()
    ]
    problems += [
        FieldProblem(
            f"checklist.{key}", RULE, _("Before it moves on, do this step: %(step)s.") % {"step": text}
        )
        for _stage, key, text in missing.steps
    ]
    raise Invalid(problems)


def is_exit_rule(refusal: Invalid) -> bool:
    """Return whether nothing but rules of stages stood in the way."""
    return all(problem.code == RULE for problem in refusal.problems)


def open_steps(opportunity: Opportunity, stage: Stage) -> list[dict[str, str]]:
    """Return the steps of a stage's checklist that aren't ticked."""
    if not stage.checklist:
        return []
    done = set(
        OpportunityCheck.objects.filter(opportunity=opportunity, stage=stage).values_list("key", flat=True)
    )
    return [entry for entry in stage.checklist if entry["key"] not in done]


def _passed(opportunity: Opportunity, target: Stage | None) -> Iterable[Stage]:
    here = opportunity.stage
    if target is None:
        return [here]
    if target.pipeline_id != here.pipeline_id or target.position <= here.position:
        return []
    if target.position == here.position + 1:
        return [here]
    between = Stage.objects.filter(
        pipeline_id=here.pipeline_id, position__gte=here.position, position__lt=target.position
    )
    return between.order_by("position", "id")


def _unfilled(opportunity: Opportunity, key: str) -> str:
    """Return the words of a field that is empty, "" for one that is filled or isn't there any more."""
    if key in REQUIRABLE:
        label, filled = REQUIRABLE[key]
        return "" if filled(opportunity) else str(label)
    custom = next((one for one in list_fields("opportunity") if one.right == key), None)
    if custom is None or opportunity.custom.get(custom.slot) not in (None, "", []):
        return ""
    return custom.label

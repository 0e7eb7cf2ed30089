"""Saying who gets which leads: rules, their order, the people in them, what happens to the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.rule_conditions import clean_where
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.preferences import set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.events.sales_scoring import RoutingRulesChanged
from ponte.sales.models import LateAct, RoutingHours, RoutingRule, RoutingSeat, RoutingWay, Territory
from ponte.sales.policies import check_sales_settings
from ponte.sales.routing_settings import KEY, MOST_MINUTES, RoutingSettings, load_routing_settings
from ponte.sales.selectors.routing import SUBJECT

MOST_RULES, MOST_SEATS, MOST_WORDS = 100, 200, 20
FIELDS = (
    "name", "is_active", "where", "way", "hours", "skills", "response_minutes", "late", "escalate_to_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatData:
    """Somebody in a rule; ``max_open`` caps their leads in work, ``min_score`` is the least score of theirs ("by score")."""

    member_id: UUID
    max_open: int | None = None
    min_score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleData:
    """A rule as somebody asks for it. ``where`` is the tree of a condition about leads, empty for all."""

    name: str
    seats: Sequence[SeatData]
    where: Mapping[str, Any] = field(default_factory=dict)
    way: str = RoutingWay.TURNS
    hours: str = RoutingHours.ANY
    skills: Sequence[str] = ()
    response_minutes: int | None = None
    late: str = LateAct.TELL
    escalate_to_id: UUID | None = None
    is_active: bool = False
    is_demo: bool = False


@transaction.atomic
def create_routing_rule(*, actor: Actor, data: RuleData) -> RoutingRule:
    """Add a rule after the others.

    Raises:
        Denied: the member may not change how the business sells. Invalid: on the field that can't be accepted.
    """
    check_sales_settings(actor)
    values, seats = _clean(data)
    count = RoutingRule.objects.count()
    if count >= MOST_RULES:
        raise Invalid.on("name", "too_many", _("There can be at most 100 rules."))
    last = RoutingRule.objects.order_by("-position").values_list("position", flat=True).first() or 0
    rule = RoutingRule.objects.create(position=last + 1, is_demo=data.is_demo, **values)
    _seat(rule, seats)
    changes = {name: (None, getattr(rule, name)) for name in FIELDS if getattr(rule, name)}
    _tell(actor, "routing_rule.created", rule, changes | {"people": (None, _people(seats))})
    return rule


@transaction.atomic
def update_routing_rule(
    *, actor: Actor, rule_id: UUID, data: RuleData, version: int | None = None
) -> RoutingRule:
    """Change a rule; whose turn it is stays as it was.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: on the field that can't be accepted.
    """
    check_sales_settings(actor)
    rule = lock_rule(rule_id)
    check_version(rule, version)
    values, seats = _clean(data)
    people = _people_of(rule)
    changes = audit.diff({name: getattr(rule, name) for name in FIELDS}, values)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.version += 1
    rule.save()
    _seat(rule, seats)
    if people != _people(seats):
        changes["people"] = (people, _people(seats))
    _tell(actor, "routing_rule.updated", rule, changes)
    return rule


@transaction.atomic
def switch_routing_rule(*, actor: Actor, rule_id: UUID, active: bool) -> RoutingRule:
    """Put a rule into use or take it out. Raises ``Denied``, ``Missing``."""
    check_sales_settings(actor)
    rule = lock_rule(rule_id)
    if rule.is_active != active:
        rule.is_active = active
        rule.version += 1
        rule.save()
        _tell(actor, "routing_rule.updated", rule, {"is_active": (not active, active)})
    return rule


@transaction.atomic
def move_routing_rules(*, actor: Actor, ids: Sequence[UUID]) -> None:
    """Put the rules into an order; those not named follow in their old one. Raises ``Denied``."""
    check_sales_settings(actor)
    rules = {rule.id: rule for rule in RoutingRule.objects.select_for_update().order_by("position", "id")}
    order = [
        *(one for one in dict.fromkeys(ids) if one in rules),
        *(one for one in rules if one not in set(ids)),
    ]
    before = [rules[one].name for one in rules]
    moved = [rules[one] for one in order]
    for position, rule in enumerate(moved, 1):
        rule.position = position
    RoutingRule.objects.bulk_update(moved, ["position"])
    if moved and before != [rule.name for rule in moved]:
        _tell(actor, "routing_rule.moved", moved[0], {"order": (before, [rule.name for rule in moved])})


@transaction.atomic
def delete_routing_rule(*, actor: Actor, rule_id: UUID) -> None:
    """Delete a rule; what it decided stays on the leads. Raises ``Denied``, ``Missing``."""
    check_sales_settings(actor)
    rule = lock_rule(rule_id)
    _tell(actor, "routing_rule.deleted", rule, {"name": (rule.name, None)})
    rule.delete()


@transaction.atomic
def set_routing_settings(*, actor: Actor, settings: RoutingSettings) -> None:
    """Say what happens where no rule decides.

    Raises:
        Denied: the member may not change how the business sells. Invalid: an unknown member, minutes out of range.
    """
    check_sales_settings(actor)
    if settings.minutes is not None and not 1 <= settings.minutes <= MOST_MINUTES:
        raise Invalid.on("minutes", "range", _("Give between 1 and 14,400 minutes of working time."))
    if settings.fallback_id and not Member.objects.filter(id=settings.fallback_id, is_active=True).exists():
        raise Invalid.on("fallback", "missing", _("There is no such colleague."))
    changes = audit.diff(load_routing_settings().as_json(), settings.as_json())
    if changes:
        set_preference(KEY, settings.as_json())
        audit.record(
            actor=actor,
            act="routing.set",
            target=current_workspace(),
            changes=changes,
            object_type="workspace",
        )


def lock_rule(rule_id: UUID) -> RoutingRule:
    """Return a rule locked for change; raise ``Missing``."""
    rule = RoutingRule.objects.select_for_update().filter(id=rule_id).first()
    if rule is None:
        raise Missing("routing_rule")
    return rule


def _clean(data: RuleData) -> tuple[dict[str, Any], list[SeatData]]:
    cleaner = Cleaner()
    values: dict[str, Any] = {
        "name": cleaner.text("name", data.name, 80, required=True),
        "is_active": bool(data.is_active),
        "where": clean_where(cleaner, data.where, SUBJECT),
        "way": cleaner.choice("way", data.way, RoutingWay),
        "hours": cleaner.choice("hours", data.hours, RoutingHours),
        "skills": clean_words(cleaner, "skills", data.skills),
        "response_minutes": cleaner.positive("response_minutes", data.response_minutes, MOST_MINUTES),
        "late": cleaner.choice("late", data.late, LateAct),
        "escalate_to_id": data.escalate_to_id,
    }
    if data.way == RoutingWay.SKILL and not values["skills"]:
        cleaner.refuse("skills", "required", _("Name the skill these leads need."))
    members = {seat.member_id for seat in data.seats}
    if data.escalate_to_id:
        members.add(data.escalate_to_id)
    known = set(Member.objects.filter(id__in=members, is_active=True).values_list("id", flat=True))
    if data.escalate_to_id and data.escalate_to_id not in known:
        cleaner.refuse("escalate_to", "missing", _("There is no such colleague."))
    seats = {seat.member_id: seat for seat in data.seats}
    if not seats:
        cleaner.refuse("seats", "required", _("Choose at least one person."))
    if len(seats) > MOST_SEATS or set(seats) - known:
        cleaner.refuse("seats", "missing", _("There is no such colleague."))
    for seat in seats.values():
        cleaner.positive("seats", seat.max_open, 100_000)
        if seat.min_score is not None and abs(seat.min_score) > 10_000:
            cleaner.refuse("seats", "range", _("Give at most 10,000 points."))
    if data.way == RoutingWay.TERRITORY and not Territory.objects.filter(is_active=True).exists():
        cleaner.refuse("way", "territories", _("Draw the territories first: who sells where is said there."))
    cleaner.done()
    return values, list(seats.values())


def clean_words(cleaner: Cleaner, name: str, words: Sequence[str]) -> list[str]:
    """Return short words, each once, in their order."""
    found = dict.fromkeys(word for one in words if (word := cleaner.text(name, one, 40)))
    if len(found) > MOST_WORDS:
        cleaner.refuse(name, "too_many", _("Name at most 20."))
    return list(found)


def _seat(rule: RoutingRule, seats: Sequence[SeatData]) -> None:
    """Make the people of a rule those of ``seats``; who stays keeps their turn, who comes waits for theirs."""
    kept = {row.member_id: row for row in rule.seats.all()}
    rule.seats.exclude(member_id__in=[seat.member_id for seat in seats]).delete()
    for position, seat in enumerate(seats):
        row = kept.get(seat.member_id) or RoutingSeat(rule=rule, member_id=seat.member_id, turn=rule.turn)
        row.position, row.max_open, row.min_score = position, seat.max_open, seat.min_score
        row.save()


def _people(seats: Sequence[SeatData]) -> list[str]:
    return [str(seat.member_id) for seat in seats]


def _people_of(rule: RoutingRule) -> list[str]:
    return [str(one) for one in rule.seats.order_by("position").values_list("member_id", flat=True)]


def _tell(actor: Actor, act: str, rule: RoutingRule, changes: Mapping[str, tuple[Any, Any]]) -> None:
    audit.record(actor=actor, act=act, target=rule, changes=changes, object_type="routing_rule")
    publish(RoutingRulesChanged(rule_id=str(rule.id)), actor=actor)

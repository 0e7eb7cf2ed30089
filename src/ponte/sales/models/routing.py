"""Who gets which lead: ordered rules, the people who take part in them, and what each decision was."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.sales.models.lead import Lead


class RoutingWay(models.TextChoices):
    """How one of a rule's people is chosen."""

    TURNS = "turns", _("Everyone in turn")
    LOAD = "load", _("Whoever has the fewest open leads")
    TERRITORY = "territory", _("By territory")
    SKILL = "skill", _("By skill")
    SCORE = "score", _("By score")


class RoutingHours(models.TextChoices):
    """When a rule holds."""

    ANY = "any", _("Always")
    OPEN = "open", _("Only while the business is open")
    CLOSED = "closed", _("Only while the business is closed")


class LateAct(models.TextChoices):
    """What happens when the first answer is late."""

    TELL = "tell", _("Tell the salesperson and their leader")
    PASS_ON = "pass_on", _("Give the lead to the next one")


class RoutingAct(models.TextChoices):
    """What a decision was."""

    RULE = "rule", _("By a rule")
    CUSTOMER = "customer", _("To the customer's own salesperson")
    KEPT = "kept", _("Had a salesperson already")
    FALLBACK = "fallback", _("To the one who takes the rest")
    NOBODY = "nobody", _("To nobody")
    PASSED_ON = "passed_on", _("Passed on, unanswered")
    ESCALATED = "escalated", _("Reported, unanswered")


class RoutingRule(VersionedRecord):
    """A rule; the first active one, by ``position``, that holds for a lead and finds somebody decides.

    ``where`` is the tree of a condition about leads, empty for all. ``skills`` are words everybody chosen must have.
    ``response_minutes`` of working time are given for the first answer (None: the general setting); ``escalate_to`` is told when
    it is late, the leader of the team without one. ``turn`` counts the leads the rule gave away.
    """

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(_("in use"), default=False)
    where = models.JSONField(default=dict, blank=True)
    way = models.CharField(_("how"), max_length=10, choices=RoutingWay, default=RoutingWay.TURNS)
    hours = models.CharField(_("when"), max_length=6, choices=RoutingHours, default=RoutingHours.ANY)
    skills = models.JSONField(default=list, blank=True)
    response_minutes = models.PositiveIntegerField(null=True, blank=True)
    late = models.CharField(max_length=8, choices=LateAct, default=LateAct.TELL)
    escalate_to = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    turn = models.PositiveBigIntegerField(default=0, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Distribution rule")
        verbose_name_plural = _("Distribution rules")

    def __str__(self) -> str:
        return self.name


class RoutingSeat(Record):
    """Somebody who takes part in a rule.

    ``max_open`` caps their leads in work; ``min_score`` is the score from which leads are theirs ("by score"). ``turn`` is the rule's turn
    in which they were last chosen.
    """

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="seats", db_index=False)
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    max_open = models.PositiveIntegerField(null=True, blank=True)
    min_score = models.IntegerField(null=True, blank=True)
    turn = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("Place in a distribution rule")
        verbose_name_plural = _("Places in distribution rules")
        constraints = [models.UniqueConstraint(fields=["rule", "member"], name="routing_seat_once")]

    def __str__(self) -> str:
        return str(self.member_id)


class Seller(VersionedRecord):
    """What the distribution knows about a colleague besides their membership.

    ``skills`` are words as they were written; ``max_open`` caps their leads in work over all rules. Between ``away_from`` and
    ``away_until`` (both days included, None open-ended) they get none.
    """

    member = models.OneToOneField("core.Member", on_delete=models.CASCADE, related_name="seller")
    skills = models.JSONField(default=list, blank=True)
    max_open = models.PositiveIntegerField(null=True, blank=True)
    is_paused = models.BooleanField(default=False)
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("Salesperson in the distribution")
        verbose_name_plural = _("Salespeople in the distribution")

    def __str__(self) -> str:
        return str(self.member_id)

    def is_away(self, day: date) -> bool:
        """Return whether they get no leads on a day."""
        if self.is_paused:
            return True
        if self.away_from is None and self.away_until is None:
            return False
        return (self.away_from or day) <= day <= (self.away_until or day)


class RoutingEntry(Record):
    """One decision about one lead: what, to whom, by which rule, and who was passed over (``passed``: name, why).

    ``is_first`` marks the decision at capture: a lead has one, however often its event is delivered.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="routing", db_index=False)
    act = models.CharField(max_length=10, choices=RoutingAct)
    rule = models.ForeignKey(
        RoutingRule, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    rule_name = models.CharField(max_length=80, blank=True)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    passed = models.JSONField(default=list, blank=True)
    is_first = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Decision of the distribution")
        verbose_name_plural = _("Decisions of the distribution")
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(is_first=True), name="routing_first_once"),
        ]
        indexes = [
            models.Index(fields=["lead", "at"], name="routing_entry_lead"),
            models.Index(fields=["rule", "at"], condition=Q(rule__isnull=False), name="routing_entry_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"

    @property
    def owner_id(self) -> UUID | None:
        """Whose decision it concerns."""
        return self.member_id

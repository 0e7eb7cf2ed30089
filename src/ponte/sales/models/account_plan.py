"""Account plans: what is wanted of a key company, who decides there, what is done about it."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.models.base import Record, VersionedRecord


class DecisionRole(models.TextChoices):
    """What a person does when their company buys."""

    DECIDES = "decides", _("Decides")
    APPROVES = "approves", _("Approves the money")
    INFLUENCES = "influences", _("Influences")
    USES = "uses", _("Uses it")
    BUYS = "buys", pgettext_lazy("role", "Purchasing")
    TECHNICAL = "technical", _("Checks it technically")
    OTHER = "other", _("Other")


class Influence(models.IntegerChoices):
    """How much a person's word weighs."""

    LOW = 1, pgettext_lazy("influence", "Low")
    MIDDLE = 2, pgettext_lazy("influence", "Middle")
    HIGH = 3, pgettext_lazy("influence", "High")


class Attitude(models.TextChoices):
    """How a person stands to us."""

    ALLY = "ally", _("Speaks for us")
    FRIENDLY = "friendly", _("Friendly")
    NEUTRAL = "neutral", _("Neutral")
    CRITICAL = "critical", _("Critical")
    AGAINST = "against", _("Against us")
    UNKNOWN = "unknown", _("Not known yet")


class AccountPlan(VersionedRecord):
    """The plan for one company. ``owner`` keeps it; the company's owner may be somebody else."""

    party = models.OneToOneField("directory.Party", on_delete=models.CASCADE, related_name="account_plan")
    owner = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="account_plans", null=True, blank=True
    )
    summary = models.TextField(_("summary"), blank=True)
    strengths = models.TextField(blank=True)
    risks = models.TextField(blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Account plan")
        verbose_name_plural = _("Account plans")

    def __str__(self) -> str:
        return str(self.party_id)

    @property
    def team_id(self) -> UUID | None:
        """Whose team's plan it is for "team" rights: its owner's."""
        return self.owner.team_id if self.owner else None


class PlanGoal(Record):
    """One thing wanted of the company, in figures where there are any; ``unit`` says of what ("R$", "lojas")."""

    plan = models.ForeignKey(AccountPlan, on_delete=models.CASCADE, related_name="goals")
    title = models.CharField(_("goal"), max_length=200)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    reached = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Goal of an account plan")
        verbose_name_plural = _("Goals of account plans")

    def __str__(self) -> str:
        return self.title


class PlanPerson(Record):
    """A person on the map: what they do in the decision, how much they weigh, how they stand to us."""

    plan = models.ForeignKey(AccountPlan, on_delete=models.CASCADE, related_name="people", db_index=False)
    person = models.ForeignKey("directory.Party", on_delete=models.CASCADE, related_name="plan_places")
    role = models.CharField(max_length=12, choices=DecisionRole, default=DecisionRole.OTHER)
    influence = models.PositiveSmallIntegerField(choices=Influence, default=Influence.MIDDLE)
    attitude = models.CharField(max_length=8, choices=Attitude, default=Attitude.UNKNOWN)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("Person of an account plan")
        verbose_name_plural = _("People of account plans")
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="sales_plan_person_once"),
            models.CheckConstraint(condition=Q(influence__in=[1, 2, 3]), name="sales_plan_influence_known"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.person_id}"


class PlanAction(Record):
    """A task that serves the plan."""

    plan = models.ForeignKey(AccountPlan, on_delete=models.CASCADE, related_name="actions")
    task = models.OneToOneField("timeline.Task", on_delete=models.CASCADE, related_name="plan_action")
    goal = models.ForeignKey(
        PlanGoal, on_delete=models.SET_NULL, related_name="actions", null=True, blank=True
    )

    class Meta:
        verbose_name = _("Action of an account plan")
        verbose_name_plural = _("Actions of account plans")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.task_id}"

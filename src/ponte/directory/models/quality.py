"""How good the data about customers are: the rules, each customer's state, and its course over time."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.core.rows import Row
from ponte.directory.models.party import Party


class QualityRules(VersionedRecord):
    """The workspace's rules, one row; none means the usual ones.

    ``required`` maps a life-cycle stage to the fields a customer needs before people may move them there. ``stale_days``:
    after how many days without contact a record counts as stale. ``minute_cost`` and ``minutes_each`` are the
    workspace's own figures for what a wrong record costs; empty: no cost is shown. ``switched_off`` names rules of
    standardisation nobody is to be bothered with. ``check_domains``: DNS is asked whether the domains of e-mails exist.
    """

    required = models.JSONField(default=dict)
    stale_days = models.PositiveSmallIntegerField(default=365)
    minute_cost = models.DecimalField(
        _("cost of a minute of work"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    minutes_each = models.PositiveSmallIntegerField(
        _("minutes lost on each wrong record"), null=True, blank=True
    )
    switched_off = ArrayField(models.CharField(max_length=20), default=list)
    check_domains = models.BooleanField(_("check e-mail domains by DNS"), default=False)

    class Meta:
        verbose_name = _("Data quality rules")
        verbose_name_plural = _("Data quality rules")

    def __str__(self) -> str:
        return "data quality"


class PartyQuality(Row):
    """How complete a customer's record is (0 to 100) and what is wrong with it; computed from the record."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, primary_key=True, related_name="quality")
    score = models.PositiveSmallIntegerField(_("completeness"))
    problems = ArrayField(models.CharField(max_length=20), default=list)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Customer's data quality")
        verbose_name_plural = _("Customers' data quality")
        indexes = [GinIndex(fields=["problems"], name="quality_problems")]

    def __str__(self) -> str:
        return f"{self.score} %"


class QualitySnapshot(Record):
    """The state of one day: customers, mean completeness, and how many have each problem."""

    day = models.DateField(unique=True)
    customers = models.PositiveIntegerField()
    with_problems = models.PositiveIntegerField()
    average = models.DecimalField(max_digits=5, decimal_places=2)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Data quality of a day")
        verbose_name_plural = _("Data quality by day")

    def __str__(self) -> str:
        return str(self.day)


class Suggestion(Record):
    """A better value for one field of a customer, waiting for a person: from a rule of standardisation or a public register.

    ``field`` is "name", "emails", "addresses.street" …; ``row_id`` names the contact's row it is about, null for the
    customer's own fields and for something to add. ``before`` is what stood there when it was found: changed since, the
    suggestion is void. ``source`` names the register, empty for rules.
    """

    class State(models.TextChoices):
        """What became of a suggestion."""

        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DISMISSED = "dismissed", _("Right as it is")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="suggestions")
    kind = models.CharField(max_length=8)
    rule = models.CharField(max_length=20)
    field = models.CharField(max_length=40)
    row_id = models.UUIDField(null=True, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField()
    source = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Suggested correction")
        verbose_name_plural = _("Suggested corrections")
        indexes = [
            models.Index(fields=["kind", "rule", "party"], condition=Q(state="open"), name="suggestion_open"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.field}"


class QualityDismissal(Record):
    """Somebody said that a problem is none ("it's right"): it counts no more while the text it is about stays the same.

    ``mark`` is a digest of that text.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="dismissals", db_index=False)
    problem = models.CharField(max_length=20)
    mark = models.CharField(max_length=32)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )

    class Meta:
        verbose_name = _("Problem called right")
        verbose_name_plural = _("Problems called right")
        constraints = [models.UniqueConstraint(fields=["party", "problem"], name="dismissal_once")]

    def __str__(self) -> str:
        return self.problem


class QualitySteward(Record):
    """Who looks after the quality of a kind of customer, or of those a saved view of their list shows.

    A member or a team. ``waiting`` is how many had something to mend when they were last told.
    """

    kind = models.CharField(max_length=8)
    view = models.ForeignKey(
        "workplace.SavedView", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    member = models.ForeignKey(
        "core.Member", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    team = models.ForeignKey("core.Team", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    waiting = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Data steward")
        verbose_name_plural = _("Data stewards")
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False, team__isnull=True)
                | Q(member__isnull=True, team__isnull=False),
                name="steward_one_of",
            )
        ]

    def __str__(self) -> str:
        return str(self.member or self.team)

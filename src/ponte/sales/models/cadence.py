"""Cadences: planned sequences of contacts, and who is going through them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.models.base import Record, VersionedRecord


class CadenceState(models.TextChoices):
    """Whether a cadence works."""

    DRAFT = "draft", pgettext_lazy("cadence", "Draft")
    ACTIVE = "active", pgettext_lazy("cadence", "Active")
    PAUSED = "paused", pgettext_lazy("cadence", "Paused")
    ARCHIVED = "archived", pgettext_lazy("cadence", "Archived")


class OnRefusal(models.TextChoices):
    """What happens when a customer may not be contacted on a step's channel."""

    SKIP = "skip", _("Skip the step and go on")
    STOP = "stop", _("Stop the cadence for this customer")


class Cadence(VersionedRecord):
    """A sequence of steps that follows customers up. ``purpose`` is what ``may_contact`` is asked for."""

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    purpose = models.CharField(max_length=40, default="sales")
    state = models.CharField(max_length=8, choices=CadenceState, default=CadenceState.DRAFT)
    on_refusal = models.CharField(max_length=4, choices=OnRefusal, default=OnRefusal.SKIP)
    stops_on_reply = models.BooleanField(default=True)
    stops_on_meeting = models.BooleanField(default=True)
    stops_on_stage = models.BooleanField(default=True)
    owner = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="cadences", null=True, blank=True
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Cadence")
        verbose_name_plural = _("Cadences")

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether customers can be enrolled."""
        return self.state in (CadenceState.ACTIVE, CadenceState.PAUSED)


class CadenceStep(Record):
    """One contact of a cadence, ``wait_days`` business days and ``wait_hours`` working hours after the one before.

    ``channel`` is a key of ``ponte.sales.channels``. ``waits_for_task``: where the step is a task, the next one's wait counts
    from when it was done. A removed step stays for what was done with it.
    """

    cadence = models.ForeignKey(Cadence, on_delete=models.CASCADE, related_name="steps", db_index=False)
    position = models.PositiveIntegerField()
    channel = models.CharField(max_length=20)
    wait_days = models.PositiveSmallIntegerField(default=0)
    wait_hours = models.PositiveSmallIntegerField(default=0)
    waits_for_task = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Step of a cadence")
        verbose_name_plural = _("Steps of cadences")
        indexes = [models.Index(fields=["cadence", "position"], name="sales_step_order")]

    def __str__(self) -> str:
        return f"{self.position}. {self.channel}"


class StepVariant(Record):
    """What a step says; with two of them each customer gets one, always the same (A/B).

    ``weight`` is the variant's share among those of the step, ``subject`` the subject of a mail or the title of a task.
    """

    step = models.ForeignKey(CadenceStep, on_delete=models.CASCADE, related_name="variants", db_index=False)
    letter = models.CharField(max_length=1, default="A")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    weight = models.PositiveSmallIntegerField(default=50)

    class Meta:
        verbose_name = _("Variant of a step")
        verbose_name_plural = _("Variants of steps")
        constraints = [models.UniqueConstraint(fields=["step", "letter"], name="sales_variant_letter_once")]

    def __str__(self) -> str:
        return f"{self.letter} {self.subject}"


class EnrolmentState(models.TextChoices):
    """Where a customer stands in a cadence."""

    ACTIVE = "active", pgettext_lazy("enrolment", "Under way")
    PAUSED = "paused", pgettext_lazy("enrolment", "Paused")
    FINISHED = "finished", pgettext_lazy("enrolment", "Finished")
    STOPPED = "stopped", pgettext_lazy("enrolment", "Stopped")
    REMOVED = "removed", pgettext_lazy("enrolment", "Taken out")


class EndReason(models.TextChoices):
    """Why an enrolment isn't going on; refusals to contact carry privacy's verdict besides."""

    COMPLETED = "completed", _("Every step is done")
    REPLIED = "replied", _("The customer answered")
    MEETING = "meeting", _("A meeting was planned")
    STAGE = "stage", _("The deal or customer moved to another stage")
    WON = "won", _("The deal was won")
    LOST = "lost", _("The deal was lost")
    REFUSED = "refused", _("The customer may not be contacted")
    NO_SENDER = "no_sender", _("Nobody is there to send: choose a sender and resume")
    DELETED = "deleted", _("The customer is in the bin")
    MERGED = "merged", _("The customer became part of another who is in the cadence")
    BY_HAND = "by_hand", _("Taken out by hand")
    ARCHIVED = "archived", _("The cadence was archived")


OPEN_STATES = (EnrolmentState.ACTIVE, EnrolmentState.PAUSED)


class Enrolment(VersionedRecord):
    """One customer going through one cadence; at most one open one for each pair.

    ``next_at`` is the instant of ``next_step``; both are empty while a task is waited for, and once it has ended.
    ``answered_run`` and ``meeting_run`` are the last step done before the customer answered or met: what earns the reply.
    """

    cadence = models.ForeignKey(Cadence, on_delete=models.CASCADE, related_name="enrolments", db_index=False)
    party = models.ForeignKey(
        "directory.Party", on_delete=models.CASCADE, related_name="enrolments", db_index=False
    )
    opportunity = models.ForeignKey(
        "sales.Opportunity", on_delete=models.SET_NULL, related_name="enrolments", null=True, blank=True
    )
    lead = models.ForeignKey(
        "sales.Lead", on_delete=models.SET_NULL, related_name="enrolments", null=True, blank=True
    )
    sender = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="sent_enrolments", null=True, blank=True
    )
    enrolled_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    state = models.CharField(max_length=8, choices=EnrolmentState, default=EnrolmentState.ACTIVE)
    reason = models.CharField(max_length=12, choices=EndReason, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    next_step = models.ForeignKey(
        CadenceStep, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    next_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    answered_run = models.ForeignKey(
        "sales.StepRun", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    meeting_at = models.DateTimeField(null=True, blank=True)
    meeting_run = models.ForeignKey(
        "sales.StepRun", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Enrolment")
        verbose_name_plural = _("Enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["cadence", "party"],
                condition=Q(state__in=["active", "paused"]),
                name="sales_enrolment_open_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state="active", next_at__isnull=False),
                name="sales_enrolment_due",
            ),
            models.Index(fields=["cadence", "state", "id"], name="sales_enrolment_cadence"),
            models.Index(fields=["party", "state", "id"], name="sales_enrolment_party"),
        ]

    def __str__(self) -> str:
        return f"{self.cadence_id} {self.party_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class RunState(models.TextChoices):
    """How a step of an enrolment went."""

    WAITING = "waiting", pgettext_lazy("step", "About to be sent")
    SENDING = "sending", pgettext_lazy("step", "Being sent")
    OPEN = "open", pgettext_lazy("step", "To be done")
    DONE = "done", pgettext_lazy("step", "Done")
    SKIPPED = "skipped", pgettext_lazy("step", "Skipped")
    FAILED = "failed", pgettext_lazy("step", "Failed")


class StepRun(Record):
    """A step as it was executed for one enrolment, once: the unique pair is the claim that two workers race for.

    ``reason`` is privacy's verdict for skipped ones and a sentence for failed ones; ``task`` is what a step left to a person
    became, ``interaction`` the entry of what was sent.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="runs", db_index=False)
    step = models.ForeignKey(CadenceStep, on_delete=models.CASCADE, related_name="runs", db_index=False)
    sender = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    letter = models.CharField(max_length=1, default="A")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=RunState)
    reason = models.CharField(max_length=300, blank=True)
    task = models.ForeignKey(
        "timeline.Task", on_delete=models.SET_NULL, related_name="cadence_runs", null=True, blank=True
    )
    interaction = models.ForeignKey(
        "timeline.Interaction",
        on_delete=models.SET_NULL,
        related_name="cadence_runs",
        null=True,
        blank=True,
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Executed step")
        verbose_name_plural = _("Executed steps")
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="sales_run_once")]
        indexes = [
            models.Index(fields=["step", "state"], name="sales_run_step"),
            models.Index(fields=["sender", "created_at"], name="sales_run_sender_day"),
            models.Index(
                fields=["updated_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="sales_run_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.step_id} {self.state}"

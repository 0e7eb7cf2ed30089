"""Imports: the file, what is to become of it, how far it got, and the rows it refused."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.core.rows import Row


class ImportRun(Record):
    """One file on its way in.

    ``layout`` (``importing.layouts.Layout``) and ``plan`` (``importing.values.Plan``) are settled before the start and never
    change afterwards, so that a run that was killed goes on exactly as it began. ``cursor`` is the number of the last row
    whose chunk is committed.
    """

    class State(models.TextChoices):
        """Where the import stands."""

        DRAFT = "draft", _("To be mapped")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Stopped")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    target = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    file_name = models.CharField(max_length=200)
    storage_key = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    source = models.CharField(max_length=40)
    policy = models.CharField(max_length=10, default="update")
    match = models.JSONField(
        default=list
    )  # what tells a known record, the surest first; empty: the target's usual
    layout = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, blank=True)
    estimated_rows = models.PositiveBigIntegerField(default=0)
    cursor = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    asked = models.PositiveBigIntegerField(default=0)  # rows that still wait for a decision
    error = models.TextField(blank=True)
    bundle = models.UUIDField(
        null=True, blank=True, db_index=True
    )  # files that came together, in the order of ``place``
    bundle_name = models.CharField(max_length=200, blank=True, default="")  # of the file they came in
    place = models.PositiveSmallIntegerField(default=0)
    started_by = models.ForeignKey(
        "core.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    background = models.ForeignKey(
        "core.BackgroundRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # what undoing it did so far
    removed = models.PositiveBigIntegerField(default=0)
    restored = models.PositiveBigIntegerField(default=0)
    kept = models.PositiveBigIntegerField(default=0)
    undone_by = models.ForeignKey(
        "core.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        indexes = [
            models.Index(fields=["-id"], name="import_newest"),
            models.Index(
                fields=["updated_at"],
                condition=models.Q(state__in=["queued", "running"]),
                name="import_underway",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_underway(self) -> bool:
        """Whether rows are still coming in."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_undoing(self) -> bool:
        """Whether it is being taken back."""
        return self.state == self.State.UNDOING

    @property
    def is_busy(self) -> bool:
        """Whether rows are coming in or being taken back."""
        return self.is_underway or self.is_undoing

    @property
    def percent(self) -> int:
        """How much of the file is read (or of the import taken back), 0 to 100; below 100 until the end is reached."""
        if self.is_undoing:
            whole = self.created + self.updated
            return min(99, (self.removed + self.restored + self.kept) * 100 // whole) if whole else 0
        if self.state == self.State.DONE:
            return 100
        return min(99, self.rows * 100 // self.estimated_rows) if self.estimated_rows else 0


class ImportChunk(Row):
    """What one committed chunk made, so that an import can be told from other changes and be undone.

    What it changed of records stands in the audit log, sealed there: ``entry_ids`` are all entries written meanwhile, the
    ones of the chunk's records among them. ``touched_ids`` are records it found and changed no field of, which may have got
    an identity or a role; such rows were born between ``began_at`` and ``ended_at``. ``journal`` is what extensions
    changed. ``left`` names what undoing left alone: record → reason and fields. The lists that only undoing needs are emptied
    after 30 days.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="chunks")
    last_row = models.PositiveBigIntegerField()
    part = models.PositiveIntegerField(default=0)  # above 0: rows decided after the import
    created_ids = ArrayField(models.UUIDField(), default=list)
    updated_ids = ArrayField(models.UUIDField(), default=list)
    touched_ids = ArrayField(models.UUIDField(), default=list)
    entry_ids = ArrayField(models.UUIDField(), default=list)
    journal = models.JSONField(default=dict)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    left = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Imported chunk")
        verbose_name_plural = _("Imported chunks")
        constraints = [models.UniqueConstraint(fields=["run", "last_row", "part"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"{self.run_id} … {self.last_row}"


class ImportRejection(Row):
    """A row that was refused, as it stood in the file, and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejections")
    row = models.PositiveBigIntegerField()
    cells = models.JSONField()
    problems = models.JSONField()

    class Meta:
        verbose_name = _("Refused row")
        verbose_name_plural = _("Refused rows")
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="import_rejection_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.row}"


class ImportReview(models.Model):
    """A row about a record that is there, waiting until somebody decides what becomes of it (policy "ask").

    ``decision`` is set first, then carried out; ``outcome`` says what came of it. The cells are emptied with that.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="reviews")
    row = models.PositiveBigIntegerField()
    cells = models.JSONField()
    object_id = models.UUIDField()
    decision = models.CharField(max_length=10, blank=True)
    decided_by = models.ForeignKey(
        "core.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("Row to decide")
        verbose_name_plural = _("Rows to decide")
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="import_review_once")]
        indexes = [
            models.Index(
                fields=["decided_at"],
                condition=models.Q(outcome="") & ~models.Q(decision=""),
                name="import_review_decided",
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.row}"


class ImportMapping(Record):
    """The mapping last used for files that look alike (same headers), offered for the next one."""

    target = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField()
    constants = models.JSONField(default=dict)
    source = models.CharField(max_length=40)
    policy = models.CharField(max_length=10)
    match = models.JSONField(default=list)

    class Meta:
        verbose_name = _("Remembered mapping")
        verbose_name_plural = _("Remembered mappings")
        constraints = [models.UniqueConstraint(fields=["target", "fingerprint"], name="import_mapping_once")]

    def __str__(self) -> str:
        return f"{self.target} {self.fingerprint[:8]}"

"""Forms on the business's own pages, and what people sent through them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.sales.models.choices import Origin
from ponte.sales.models.lead import Lead


class PostState(models.TextChoices):
    """What became of a post."""

    WAITING = "waiting", _("Being read")
    DONE = "done", _("Became a lead")
    REPEATED = "repeated", _("Sent twice")
    HELD = "held", _("Held back as suspicious")
    DISCARDED = "discarded", _("Discarded")


class HeldBecause(models.TextChoices):
    """Why a post waits for a person to decide."""

    TRAP = "trap", _("The field that people don't see was filled in")
    HASTE = "haste", _("Sent faster than a person writes")
    FLOOD = "flood", _("Too many from one place within an hour")
    ERROR = "error", _("It couldn't be turned into a lead")


class Form(VersionedRecord):
    """A form that people without an account fill in.

    ``public_id`` names it in its addresses. ``fields`` are its inputs in order (``ponte.sales.form_fields``), ``consents`` what people
    agree to with it: ``{"purpose", "channels", "required"}``. ``most_per_hour`` is how many posts of one network address become leads by
    themselves, ``least_seconds`` how long a person needs at least.
    """

    public_id = models.CharField(max_length=20, unique=True, db_collation="C", editable=False)
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("heading"), max_length=200, blank=True)
    intro = models.CharField(_("introduction"), max_length=1000, blank=True)
    button = models.CharField(_("button"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, default="pt-br")
    fields = models.JSONField(default=list)
    consents = models.JSONField(default=list)
    thanks = models.CharField(_("thank-you text"), max_length=1000, blank=True)
    redirect_url = models.CharField(_("address to go on to"), max_length=500, blank=True)
    double_opt_in = models.BooleanField(_("confirm by e-mail"), default=False)
    origin = models.CharField(_("origin"), max_length=24, choices=Origin, blank=True)
    owner = models.ForeignKey(
        "core.Member", verbose_name=_("salesperson"), on_delete=models.SET_NULL, related_name="+", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    least_seconds = models.PositiveSmallIntegerField(default=2)
    most_per_hour = models.PositiveIntegerField(default=30)
    is_active = models.BooleanField(_("open"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Form")
        verbose_name_plural = _("Forms")

    def __str__(self) -> str:
        return self.name


class FormPost(Record):
    """One post as it came, stored before its sender is answered; a job turns it into a lead.

    ``client_id`` is given by the sender's page, so that sending twice makes one row; ``digest`` is the same for the same
    answers. ``values`` are texts by field, ``consents`` what was
    agreed to (``{"purpose", "text", "channels"}``), ``marks`` UTM values, referrer and page. ``elapsed`` is how many seconds the page was
    open, None where nobody knows.
    """

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="posts", db_index=False)
    client_id = models.CharField(max_length=64, blank=True, db_collation="C")
    digest = models.CharField(max_length=32, blank=True, db_collation="C")
    values = models.JSONField(default=dict)
    consents = models.JSONField(default=list)
    marks = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10, blank=True)
    elapsed = models.FloatField(null=True, blank=True)
    is_trapped = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=PostState, default=PostState.WAITING)
    held_because = models.CharField(max_length=5, choices=HeldBecause, blank=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="posts", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Form post")
        verbose_name_plural = _("Form posts")
        constraints = [
            models.UniqueConstraint(
                fields=["form", "client_id"], condition=~Q(client_id=""), name="post_once"
            ),
            models.CheckConstraint(condition=Q(state__in=PostState.values), name="post_state_known"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=PostState.WAITING), name="post_waiting"),
            models.Index(fields=["form", "-id"], name="post_form"),
            models.Index(fields=["form", "address", "created_at"], name="post_address"),
            models.Index(fields=["form", "digest", "id"], name="post_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.created_at:%Y-%m-%d %H:%M}"

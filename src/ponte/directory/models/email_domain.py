"""Whether the domains of customers' e-mails exist and take mail, as DNS last said."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record


class EmailDomain(Record):
    """One domain, what DNS said of it when it last gave a clear answer, and when it is asked again.

    ``state`` stays while DNS is out of order: only a clear answer changes it. ``tries`` counts unclear ones since the last clear one.
    """

    class State(models.TextChoices):
        """What is known of a domain."""

        WAITING = "waiting", _("Not asked yet")
        TAKES = "takes", _("Takes mail")
        MISSING = "missing", _("Doesn't exist")
        NO_MAIL = "no_mail", _("Takes no mail")

    domain = models.CharField(max_length=253, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    checked_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("E-mail domain")
        verbose_name_plural = _("E-mail domains")
        indexes = [models.Index(fields=["not_before"], name="email_domain_due")]

    def __str__(self) -> str:
        return self.domain

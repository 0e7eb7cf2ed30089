"""What complete exports leave out, and where they are asked for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.core.models import AuditEntry
from ponte.core.models.webhook import WebhookEndpoint
from ponte.workplace.exporting import jobs
from ponte.workplace.exporting.rights import may_export_everything
from ponte.workplace.exporting.sources import ExportSource, omit_from_export, register_export
from ponte.workplace.settings_pages import SettingsPage, register_settings_page

JOBS = (jobs.make_export, jobs.drop_old_exports)

omit_from_export("core.subjectkey", "keys that open personal values of the audit log")
omit_from_export(
    "apikit.idempotencykey", "answers kept for a day, so that repeated API calls have one effect"
)
omit_from_export("apikit.ratewindow", "counters of API calls of the current minute")
register_export(
    ExportSource("core.auditentry", _("Audit log"), AuditEntry.objects.all, without=frozenset({"sealed"}))
)
register_export(
    ExportSource(
        "core.webhookendpoint", _("Webhooks"), WebhookEndpoint.objects.all, without=frozenset({"secret"})
    )
)
register_settings_page(
    SettingsPage(
        "export",
        "data",
        _("Complete export"),
        "database-export",
        "workplace:exports",
        _("Everything this workspace holds, in open formats."),
        order=60,
        visible=may_export_everything,
    )
)

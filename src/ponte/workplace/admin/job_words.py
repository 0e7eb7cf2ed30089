"""What background jobs are called in front of people."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, str | Promise] = {
    "core.dispatch_event": _("Deliver an event"),
    "core.sweep_events": _("Look for events left behind"),
    "core.send_mail": _("Send an e-mail"),
    "core.send_webhook": _("Call a webhook"),
    "core.sweep_webhooks": _("Look for webhooks left behind"),
    "core.digest": _("Daily e-mail with unread notices"),
    "core.push": _("Push a notice to a phone"),
    "core.retry_stalled": _("Take up jobs of a stopped worker"),
    "core.forget_deliveries": _("Delete old deliveries and notices"),
    "core.forget_old_jobs": _("Tidy the queue up"),
    "apikit.forget_idempotency_keys": _("Forget old repetitions of API calls"),
    "commerce.empty_bin": _("Empty the bin of products and orders"),
    "directory.fill_found": _("Fill empty fields from registers"),
    "directory.purge_bin": _("Empty the bin of customers"),
    "timeline.remind": _("Remind of tasks"),
    "workplace.bulk": _("Change many records"),
    "workplace.bulk_sweep": _("Take up bulk changes left behind"),
    "workplace.list_export": _("Make a file of a list"),
    "workplace.list_export_sweep": _("Take up files of lists left behind"),
    "workplace.drop_old_exports": _("Delete old export files"),
    "workplace.export": _("Export everything"),
    "workplace.forget_old": _("Forget old drafts and undo steps"),
    "workplace.make_demo": _("Make demo data"),
    "workplace.remove_demo": _("Remove demo data"),
    "workplace.import": _("Import a file"),
    "workplace.import_sweep": _("Take up imports left behind"),
}


def job_name(name: str) -> str:
    """Return a job's name for people; the technical one where there is none."""
    return str(NAMES.get(name, name))

"""Kinds of notices people may silence. Modules register theirs; kinds nobody registered always arrive."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_kinds: dict[str, str | Promise] = {}


def register_notice(kind: str, label: str | Promise) -> None:
    """Let people silence notices of ``kind``, shown to them as ``label``."""
    _kinds[kind] = label


def notice_choices() -> list[tuple[str, str]]:
    """Return the kinds one may silence, by label."""
    return sorted(((kind, str(label)) for kind, label in _kinds.items()), key=lambda pair: pair[1].casefold())


register_notice("import.finished", _("Finished imports"))
register_notice("export.finished", _("Finished exports"))
register_notice("task.assigned", _("Tasks others give me"))
register_notice("task.reminder", _("Reminders of my tasks"))
register_notice("timeline.mention", _("Mentions of me"))

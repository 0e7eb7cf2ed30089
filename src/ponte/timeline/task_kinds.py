"""The kinds of tasks and how they look."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class TaskKind:
    """One kind of task; ``contact`` is the interaction kind that doing it usually is, if any."""

    key: str
    label: str | Promise
    icon: str
    contact: str = ""


TASK_KINDS: dict[str, TaskKind] = {
    kind.key: kind
    for kind in (
        TaskKind("todo", _("To do"), "checkbox"),
        TaskKind("call", _("Call"), "phone", "call"),
        TaskKind("meeting", _("Meeting"), "calendar-event", "meeting"),
        TaskKind("visit", _("Visit"), "map-pin", "visit"),
        TaskKind("email", _("E-mail"), "mail"),
        TaskKind("message", _("Message"), "message", "message"),
        TaskKind("proposal", _("Proposal"), "file-text"),
        TaskKind("follow_up", _("Follow-up"), "refresh"),
    )
}


def task_kind_of(key: str) -> TaskKind:
    """Return the kind with this key; an unknown one is a plain thing to do."""
    return TASK_KINDS.get(key, TASK_KINDS["todo"])

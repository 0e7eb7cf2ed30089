"""The audit log in words: who did what to what, and values as people write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ponte.core.rights import FieldAccess, registered_objects
from ponte.core.selectors.audit import ReadEntry
from ponte.core.services.audit import MASKED

Label = str | Promise
LONGEST = 300

VERBS: dict[str, Label] = {
    "accepted": _("accepted"), "added": _("added"), "assigned": _("assigned"), "attached": _("attached"),
    "changed": _("changed"), "claimed": _("claimed"), "commented": _("commented on"), "completed": _("completed"),
    "created": _("created"), "deactivated": _("deactivated"), "deleted": _("deleted"), "denied": _("was refused"),
    "disabled": _("switched off"), "enabled": _("switched on"), "exported": _("exported"),
    "file_received": _("sent the file of"), "finished": _("finished"), "imported": _("imported"),
    "joined": _("joined as"), "merged": _("merged"), "moved": _("moved"), "pinned": _("pinned"),
    "recorded": _("recorded"), "released": _("released"), "removed": _("removed"), "reopened": _("reopened"),
    "replayed": _("sent again"), "restored": _("brought back"), "retried": _("tried again"),
    "returned": _("came back as"), "revoked": _("revoked"), "rotated": _("renewed the key of"), "saved": _("saved"),
    "started": _("started"), "stage_changed": _("changed the stage of"),
    "status_changed": _("changed the status of"), "stopped": _("stopped"), "tagged": _("tagged"),
    "unpinned": _("unpinned"), "untagged": _("untagged"), "updated": _("changed"), "purged": _("purged"),
}  # fmt: skip
THINGS: dict[str, Label] = {
    "access": _("Access"), "audit": _("Audit log"), "category": _("Category"), "company": _("Company"),
    "customer": _("Customer"), "customers": _("Customers"), "export": _("Export"), "exportrun": _("Export"),
    "delivery": _("Delivery"), "file": _("File"), "attachment": _("File"), "identity": _("Identity"),
    "identityclaim": _("Identity"), "import": _("Import"), "importrun": _("Import"), "interaction": _("Interaction"),
    "invitation": _("Invitation"), "job": _("Background job"), "member": _("Member"), "order": _("Order"),
    "page": _("Page"), "party": _("Customer"), "person": _("Person"), "product": _("Product"),
    "relation": _("Relation"), "role": _("Role"), "tag": _("Tag"), "task": _("Task"), "team": _("Team"),
    "token": _("API token"), "apitoken": _("API token"), "view": _("Saved view"), "savedview": _("Saved view"),
    "webhook": _("Webhook"), "webhookendpoint": _("Webhook"), "workspace": _("Business data"),
    "affiliation": _("Role at a company"), "payment": _("Payment"), "orderreturn": _("Return"),
}  # fmt: skip
FIELDS: dict[str, Label] = {
    "name": _("Name"), "description": _("Description"), "email": _("E-mail"), "role": _("Role"), "team": _("Team"),
    "leader": _("Leader"), "parent": _("Belongs to"), "kind": _("Kind"), "language": _("Language"),
    "timezone": _("Time zone"), "currency": _("Currency"), "scopes": _("May"), "url": _("Address"),
    "events": _("Events"), "is_active": _("Active"), "owner": _("Owner"), "stage": _("Stage"), "tags": _("Tags"),
    "status": _("Status"), "act": _("Act"), "place": _("Page"), "size": _("Size"), "title": _("Title"),
    "due_at": _("Due"), "assignee": _("Assignee"), "count": _("Number"),
}  # fmt: skip
KINDS: dict[str, Label] = {"token": _("by API"), "job": _("in the background")}


@dataclass(frozen=True)
class Change:
    """One field before and after; ``known`` is False for facts that have no before."""

    label: str
    before: str
    after: str
    known: bool


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it."""

    read: ReadEntry
    verb: str
    thing: str
    by: str
    changes: list[Change]
    bulk: int
    icon: str


def line_of(
    read: ReadEntry, access: Callable[[str], FieldAccess], rights_object: Callable[[str], str]
) -> Line:
    """Return an entry in words, without the fields ``access`` hides."""
    entry = read.entry
    known = rights_object(entry.object_type)
    allowed = access(known)
    labels = _labels_of(known)
    changes = [
        _change(labels.get(name) or FIELDS.get(name) or _plain_name(name), value)
        for name, value in read.changes.items()
        if name not in allowed.hidden and name.split(".")[-1] not in allowed.hidden
    ]
    return Line(
        read=read,
        verb=verb_of(entry.act),
        thing=thing_of(entry.object_type),
        by=str(KINDS.get(entry.actor_kind, "")),
        changes=changes,
        bulk=len(entry.object_ids or ()),
        icon=icon_of(entry.act),
    )


def verb_of(act: str) -> str:
    """Return what somebody did, as the middle of "Ana … customer"."""
    word = act.rsplit(".", 1)[-1]
    return str(VERBS.get(word) or word.replace("_", " "))


def thing_of(name: str) -> str:
    """Return what a kind of record is called."""
    return str(THINGS.get(name) or name.replace("_", " "))


def names_like(name: str) -> list[str]:
    """Return every name the log uses for the kind of record that ``name`` is ("file" → file, attachment)."""
    return [other for other in THINGS if THINGS[other] == THINGS.get(name)] or [name]


def icon_of(act: str) -> str:
    """Return the icon of an act."""
    icons = {
        "created": "plus", "imported": "file-import", "recorded": "plus", "deleted": "trash", "removed": "trash",
        "restored": "restore", "denied": "lock", "exported": "download", "joined": "user-plus",
        "returned": "user-check", "deactivated": "user-off", "revoked": "ban", "completed": "check",
    }  # fmt: skip
    return icons.get(act.rsplit(".", 1)[-1], "edit")


def value_text(value: Any) -> str:
    """Return a value of the log as a person reads it."""
    if value is None or value == "" or value == [] or value == {}:
        return "—"
    if isinstance(value, bool):
        return _now("yes") if value else _now("no")
    if isinstance(value, dict):
        return _short("; ".join(f"{key}: {value_text(item)}" for key, item in value.items()))
    if isinstance(value, list):
        return _short(", ".join(value_text(item) for item in value))
    text = str(value)
    return MASKED if text == MASKED else _short(_moment(text) or text)


def _change(label: Label, value: Any) -> Change:
    if isinstance(value, list) and len(value) == 2:
        return Change(str(label), value_text(value[0]), value_text(value[1]), known=True)
    return Change(str(label), "", value_text(value), known=False)


def _labels_of(object_name: str) -> dict[str, Label]:
    for known in registered_objects():
        if known.name == object_name:
            return dict(known.fields)
    return {}


def _plain_name(name: str) -> str:
    return name.replace("_", " ").replace(".", " · ").capitalize()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"


def _moment(text: str) -> str:
    if len(text) < 19 or text[10:11] != "T":
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return date_format(local, "SHORT_DATETIME_FORMAT")

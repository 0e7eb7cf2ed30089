"""The words of the audit log: acts, kinds of record, fields, values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, DecimalField, Field, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.rights import fields_of, registered_objects
from ponte.core.services.audit import MASKED
from ponte.workplace.admin.forms.rights import ACT_LABELS, AREA_LABELS, FIELD_LABELS, SCOPE_LABELS
from ponte.workplace.lists.cells import reader

Label = str | Promise
LONGEST = 300
DAY_LENGTH = 10  # of 2026-11-26
CENTS, MONEY_DIGITS = 2, 12  # amounts are stored with so many places, in columns of at least so many digits

VERBS: dict[str, Label] = {
    "accepted": pgettext_lazy("audit", "accepted"), "added": pgettext_lazy("audit", "added"), "assigned": pgettext_lazy("audit", "assigned"), "attached": pgettext_lazy("audit", "attached"),
    "changed": pgettext_lazy("audit", "changed"), "claimed": pgettext_lazy("audit", "claimed"), "commented": pgettext_lazy("audit", "commented on"), "completed": pgettext_lazy("audit", "completed"),
    "created": pgettext_lazy("audit", "created"), "deactivated": pgettext_lazy("audit", "deactivated"), "deleted": pgettext_lazy("audit", "deleted"), "denied": pgettext_lazy("audit", "was refused"),
    "disabled": pgettext_lazy("audit", "switched off"), "enabled": pgettext_lazy("audit", "switched on"), "exported": pgettext_lazy("audit", "exported"),
    "file_received": pgettext_lazy("audit", "sent the file of"), "finished": pgettext_lazy("audit", "finished"), "imported": pgettext_lazy("audit", "imported"),
    "joined": pgettext_lazy("audit", "joined as"), "merged": pgettext_lazy("audit", "merged"), "merged_away": pgettext_lazy("audit", "merged into another record:"), "unmerged": pgettext_lazy("audit", "took apart the merge of"), "moved": pgettext_lazy("audit", "moved"), "pinned": pgettext_lazy("audit", "pinned"),
    "recorded": pgettext_lazy("audit", "recorded"), "released": pgettext_lazy("audit", "released"), "removed": pgettext_lazy("audit", "removed"), "reopened": pgettext_lazy("audit", "reopened"),
    "replayed": pgettext_lazy("audit", "sent again"), "restored": pgettext_lazy("audit", "brought back"), "retried": pgettext_lazy("audit", "tried again"),
    "returned": pgettext_lazy("audit", "came back as"), "revoked": pgettext_lazy("audit", "revoked"), "rotated": pgettext_lazy("audit", "renewed the key of"), "saved": pgettext_lazy("audit", "saved"),
    "started": pgettext_lazy("audit", "started"), "stage_changed": pgettext_lazy("audit", "changed the stage of"),
    "status_changed": pgettext_lazy("audit", "changed the status of"), "stopped": pgettext_lazy("audit", "stopped"), "tagged": pgettext_lazy("audit", "tagged"),
    "granted": pgettext_lazy("audit", "wrote down consent:"), "withdrawn": pgettext_lazy("audit", "wrote down a refusal:"),
    "suppressed": pgettext_lazy("audit", "suppressed"), "lifted": pgettext_lazy("audit", "lifted"), "renewed": pgettext_lazy("audit", "made a new preference link for"),
    "text_changed": pgettext_lazy("audit", "changed the words of"), "contacts_changed": pgettext_lazy("audit", "changed contacts of"),
    "unpinned": pgettext_lazy("audit", "unpinned"), "untagged": pgettext_lazy("audit", "untagged"), "updated": pgettext_lazy("audit", "changed"), "purged": pgettext_lazy("audit", "purged"),
    "rows_decided": pgettext_lazy("audit", "decided rows of"),
    "undone": pgettext_lazy("audit", "undid"), "undo_started": pgettext_lazy("audit", "started to undo"),
    "import_undone": pgettext_lazy("audit", "took back the import of"),
    "action_added": pgettext_lazy("audit", "added an action to"), "amended": pgettext_lazy("audit", "made an addendum to"),
    "answer_mailed": pgettext_lazy("audit", "sent signers an answer about"),
    "approval_given": pgettext_lazy("audit", "approved"), "approval_refused": pgettext_lazy("audit", "refused approval of"),
    "approved": pgettext_lazy("audit", "approved"), "archived": pgettext_lazy("audit", "archived"),
    "unarchived": pgettext_lazy("audit", "took out of the archive"), "bulk_started": pgettext_lazy("audit", "started to change many:"),
    "bulk_undone": pgettext_lazy("audit", "undid a change of many:"), "cancelled": pgettext_lazy("audit", "cancelled"),
    "captured": pgettext_lazy("audit", "captured"), "comment_updated": pgettext_lazy("audit", "changed a comment on"),
    "confirmed": pgettext_lazy("audit", "confirmed"), "configured": pgettext_lazy("audit", "configured"),
    "connected": pgettext_lazy("audit", "connected"), "disconnected": pgettext_lazy("audit", "disconnected"),
    "converted": pgettext_lazy("audit", "converted"), "declined": pgettext_lazy("audit", "declined"),
    "discarded": pgettext_lazy("audit", "discarded"), "earned": pgettext_lazy("audit", "earned"), "edited": pgettext_lazy("audit", "changed"),
    "ended": pgettext_lazy("audit", "ended"), "export_started": pgettext_lazy("audit", "started an export of"),
    "file_kept": pgettext_lazy("audit", "kept the file of"), "file_taken": pgettext_lazy("audit", "took the file of"),
    "goal_saved": pgettext_lazy("audit", "saved a goal of"), "goal_removed": pgettext_lazy("audit", "removed a goal of"),
    "handed_over": pgettext_lazy("audit", "handed over"), "held": pgettext_lazy("audit", "marked as held:"),
    "holiday_added": pgettext_lazy("audit", "added a holiday to"), "holiday_removed": pgettext_lazy("audit", "removed a holiday from"),
    "hours_set": pgettext_lazy("audit", "set the hours of"), "lines_imported": pgettext_lazy("audit", "imported lines of"),
    "payments_imported": pgettext_lazy("audit", "imported payments of"), "payment_recorded": pgettext_lazy("audit", "recorded a payment of"),
    "payment_removed": pgettext_lazy("audit", "removed a payment of"), "return_removed": pgettext_lazy("audit", "removed a return of"),
    "link_renewed": pgettext_lazy("audit", "renewed the link of"), "looked_up": pgettext_lazy("audit", "looked up in public registers:"),
    "lost": pgettext_lazy("audit", "lost"), "won": pgettext_lazy("audit", "won"), "made": pgettext_lazy("audit", "made"),
    "move_undone": pgettext_lazy("audit", "took back a move of"), "ordered": pgettext_lazy("audit", "put in order:"),
    "paused": pgettext_lazy("audit", "paused"), "resumed": pgettext_lazy("audit", "resumed"),
    "placed": pgettext_lazy("audit", "placed in territories:"), "planned": pgettext_lazy("audit", "planned"),
    "priced": pgettext_lazy("audit", "set prices of"), "reminded": pgettext_lazy("audit", "reminded of"),
    "revised": pgettext_lazy("audit", "made a new edition of"), "routed": pgettext_lazy("audit", "passed through distribution:"),
    "sender_changed": pgettext_lazy("audit", "changed the sender of"), "sent": pgettext_lazy("audit", "sent"), "set": pgettext_lazy("audit", "set"),
    "shared": pgettext_lazy("audit", "shared"), "signed": pgettext_lazy("audit", "signed"),
    "signer_signed": pgettext_lazy("audit", "signed their part of"), "state_changed": pgettext_lazy("audit", "changed the state of"),
    "step_added": pgettext_lazy("audit", "added a step to"), "step_changed": pgettext_lazy("audit", "changed a step of"),
    "step_removed": pgettext_lazy("audit", "removed a step of"), "steps_ordered": pgettext_lazy("audit", "reordered the steps of"),
    "step_ticked": pgettext_lazy("audit", "ticked a step of"), "submitted": pgettext_lazy("audit", "asked for approval of"),
    "suggestion_dismissed": pgettext_lazy("audit", "dismissed a suggestion on"),
    "suggestion_restored": pgettext_lazy("audit", "brought back a suggestion on"), "trained": pgettext_lazy("audit", "trained"),
    "viewed": pgettext_lazy("audit", "viewed"), "person_placed": pgettext_lazy("audit", "placed a person in"),
    "person_removed": pgettext_lazy("audit", "removed a person from"), "answered": pgettext_lazy("audit", "answered"),
    "call_removed": pgettext_lazy("audit", "removed a forecast of"), "called": pgettext_lazy("audit", "recorded a forecast for"),
    "called_right": pgettext_lazy("audit", "called correct:"), "called_wrong": pgettext_lazy("audit", "called wrong:"),
    "cap_set": pgettext_lazy("audit", "set the daily limit of"), "conflict_closed": pgettext_lazy("audit", "closed a conflict of"),
    "filling_started": pgettext_lazy("audit", "started to fill in from registers:"),
    "lookup_started": pgettext_lazy("audit", "started to look up in registers:"),
    "lookup_stopped": pgettext_lazy("audit", "stopped looking up in registers:"), "occurrence_deleted": pgettext_lazy("audit", "deleted one day of"),
    "refilled": pgettext_lazy("audit", "filled anew"), "refused_rows_downloaded": pgettext_lazy("audit", "took the refused rows of"),
    "repeats": pgettext_lazy("audit", "made repeat:"), "split": pgettext_lazy("audit", "split the series of"),
    "composed": pgettext_lazy("audit", "set what makes up"), "taken_part": pgettext_lazy("audit", "changed taking part in"),
}  # fmt: skip
THINGS: dict[str, Label] = {
    "access": _("Access"), "audit": _("Audit log"), "category": _("Category"), "company": _("Company"),
    "customer": _("Customer"), "customers": _("Customers"), "export": _("Export"), "exportrun": _("Export"),
    "custom_field": _("Custom field"), "customfield": _("Custom field"), "delivery": _("Delivery"), "file": _("File"), "attachment": _("File"), "identity": _("Identity"),
    "identityclaim": _("Identity"), "import": _("Import"), "importrun": _("Import"), "interaction": _("Interaction"),
    "invitation": _("Invitation"), "job": _("Background job"), "member": _("Member"), "order": _("Order"),
    "page": _("Page"), "party": _("Customer"), "person": _("Person"), "product": _("Product"),
    "relation": _("Relation"), "role": _("Role"), "tag": _("Tag"), "task": _("Task"), "team": _("Team"),
    "token": _("API token"), "apitoken": _("API token"), "view": _("Saved view"), "savedview": _("Saved view"),
    "webhook": _("Webhook"), "webhookendpoint": _("Webhook"), "workspace": _("Business data"),
    "consent": _("Consent"), "suppression": _("Suppressed address"), "purpose": _("Purpose"),
    "affiliation": _("Role at a company"), "payment": _("Payment"), "orderline": _("Order line"), "orderreturn": _("Return"),
}  # fmt: skip
FIELDS: dict[str, Label] = {
    "name": _("Name"), "description": _("Description"), "email": _("E-mail"), "role": _("Role"), "team": _("Team"),
    "leader": _("Leader"), "parent": _("Belongs to"), "kind": _("Kind"), "language": _("Language"),
    "timezone": _("Time zone"), "currency": _("Currency"), "scopes": _("May"), "url": _("Address"),
    "events": _("Events"), "is_active": _("Active"), "owner": _("Owner"), "stage": _("Stage"), "tags": _("Tags"),
    "status": _("Status"), "act": _("Act"), "place": _("Page"), "size": _("Size"), "title": _("Title"),
    "merged": _("Merged records"), "merged_into": _("Merged into"), "due_at": _("Due"), "assignee": _("Assignee"), "count": _("Number"),
    "decision": _("Decision"), "state": _("Status"), "reason": _("Reason"), "source": _("Source"), "lines": _("Items"),
    "parts": _("Parts"), "items": _("Items"), "note": _("Note"), "comment": _("Comment"), "channel": _("Channel"), "step": _("Step"),
    "priority": _("Priority"), "starts_at": _("Begins"), "ends_at": _("Ends"), "zone": _("Time zone"), "location": _("Location"),
    "cpf": _("CPF"), "cnpj": _("CNPJ"), "phone": _("Phone"), "address": _("Address"), "site": _("Site"), "seal": _("Seal"),
    "sha256": _("Fingerprint (SHA-256)"), "document_sha256": _("Fingerprint (SHA-256)"), "file_sha256": _("Fingerprint (SHA-256)"),
    "where": _("Condition"), "members": _("People"), "people": _("People"), "territory": _("Territory"), "states": _("States"),
    "about_id": _("About"), "about_type": _("About a"), "seller": _("Salesperson"), "customer": _("Customer"), "party": _("Customer"),
    "purpose": _("Purpose"), "purposes": _("Purposes"), "skills": _("Skills"), "from": _("From"), "until": _("Until"),
}  # fmt: skip
ACTORS: dict[str, Label] = {
    "routing": _("Lead distribution"), "score": _("Lead scoring"), "approvals": _("Approvals"), "contracts": _("Contracts"),
    "dates": _("Dates that become tasks"), "reminders": _("Reminders"), "purchase reminders": _("Reminders"), "export": _("Export"),
    "custom fields": _("Custom fields"), "sales.badges": _("Ranking and badges"), "sales.goals": _("Goals"), "demo": _("Demo data"), "Demo": _("Demo data"),
}  # fmt: skip
SOURCES: dict[str, Label] = {
    "directory": _("Customers"), "quotes": _("Quotes"), "contracts": _("Contracts"), "leads": _("Leads"), "opportunities": _("Opportunities"),
    "orders": _("Orders"), "tasks": _("Tasks"), "meetings": _("Meetings"), "cadences": _("Cadences"), "manual": _("By hand"), "demo": _("Demo data"),
    "import": _("Import"), "api": _("API"), "form": _("Form"),
}  # fmt: skip
KINDS: dict[str, Label] = {"token": _("by API"), "job": _("in the background")}
ICONS = {
    "created": "plus", "imported": "file-import", "recorded": "plus", "deleted": "trash", "removed": "trash",
    "restored": "restore", "denied": "lock", "exported": "download", "joined": "user-plus",
    "returned": "user-check", "deactivated": "user-off", "revoked": "ban", "completed": "check",
}  # fmt: skip


def verb_of(act: str) -> str:
    """Return what somebody did, as the middle of "Ana … customer"."""
    word = act.rsplit(".", 1)[-1]
    return str(VERBS.get(word) or word.replace("_", " "))


def actor_of(label: str) -> str:
    """Return what acts without being a member, in the reader's language."""
    return str(ACTORS.get(label) or (_now(label) if label else ""))


def thing_of(name: str) -> str:
    """Return what a kind of record (or an area of settings) is called, in the middle of a sentence."""
    model = _models().get(name.replace("_", ""))
    known = THINGS.get(name) or AREA_LABELS.get(name) or (model._meta.verbose_name if model else None)
    label = str(known or name.replace("_", " "))
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def names_like(name: str) -> list[str]:
    """Return every name the log uses for the kind of record that ``name`` is ("file" → file, attachment)."""
    return [other for other in THINGS if THINGS[other] == THINGS.get(name)] or [name]


def icon_of(act: str) -> str:
    """Return the icon of an act."""
    return ICONS.get(act.rsplit(".", 1)[-1], "edit")


def field_of(object_type: str, object_name: str, name: str) -> str:
    """Return what a field is called: by the rights object ``object_name``, by common words, or as it is."""
    if object_type == "role" and "." in name:
        return _right_of(*name.split(".", 1))
    labels = next((fields_of(known) for known in registered_objects() if known.name == object_name), {})
    known = (
        labels.get(name)
        or FIELDS.get(name)
        or FIELDS.get(name.removesuffix("_id"))
        or _stored_as(object_type, name)
    )
    return str(known or name.replace("_", " ").replace(".", " · ").capitalize())


@cache
def _models() -> dict[str, type[Model]]:
    """Return our models by name: what nobody named in THINGS is called as they are."""
    ours = (model for model in apps.get_models() if model.__module__.startswith("ponte."))
    return {str(model._meta.model_name): model for model in ours}


def stored_field(object_type: str, name: str) -> Field[Any, Any] | None:
    """Return the model's field that a value of the log was kept in, None where it is no field of it."""
    model = _models().get(object_type.replace("_", ""))
    if model is None:
        return None
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None


def _stored_as(object_type: str, name: str) -> str:
    field = stored_field(object_type, name)
    return capfirst(str(field.verbose_name)) if field else ""


def value_of(object_type: str, name: str, value: Any) -> str:
    """Return a value of the log as a person reads it."""
    if object_type == "role" and "." in name and isinstance(value, str):
        return str(SCOPE_LABELS.get(value) or FIELD_LABELS.get(value) or value)
    if value is None or value == "" or value == [] or value == {}:
        return "—"
    if isinstance(value, bool):
        return _now("yes") if value else _now("no")
    if isinstance(value, dict):
        return _short("; ".join(f"{key}: {value_of('', '', item)}" for key, item in value.items()))
    if isinstance(value, list):
        return _short(", ".join(value_of("", "", item) for item in value))
    text = str(value)
    if text == MASKED:
        return MASKED
    if name == "source" and text in SOURCES:
        return str(SOURCES[text])
    return _short(_stored_value(stored_field(object_type, name), text) or _moment(text) or text)


def _stored_value(field: Field[Any, Any] | None, text: str) -> str:
    """Return a choice by its label, an amount and a day as people write them; "" where the field tells nothing of it."""
    if field is not None and field.choices:
        return str({str(key): label for key, label in field.flatchoices}.get(text, ""))
    if isinstance(field, DecimalField):
        try:
            return _figure(field, Decimal(text))
        except (ArithmeticError, ValueError):
            return ""
    if isinstance(field, DateField) and len(text) == DAY_LENGTH:
        try:
            return str(date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT"))
        except ValueError:
            return ""
    return ""


def _figure(field: DecimalField[Any, Any], value: Decimal) -> str:
    """Money in the workspace's currency, unless the record has one of its own; zeros nobody entered left out of the rest."""
    page = reader()
    if field.decimal_places == CENTS and field.max_digits >= MONEY_DIGITS:
        own = any(other.name == "currency" for other in field.model._meta.fields)
        return page.number(value, CENTS) if own else page.money(value, page.currency)
    return page.number(value, max(0, -int(value.normalize().as_tuple().exponent)))


def _right_of(object_name: str, part: str) -> str:
    if object_name == "area":
        return f"{_now('Areas')} · {AREA_LABELS.get(part, part)}"
    known = next((known for known in registered_objects() if known.name == object_name), None)
    label = known.label if known else object_name
    word = ACT_LABELS.get(part) or (fields_of(known).get(part) if known else None) or part
    return f"{label} · {word}"


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

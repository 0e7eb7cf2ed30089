"""Fields a stage asks for, where a customer is created in it or brought to it by a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.directory.models import Stage
from ponte.directory.quality import FIELDS
from ponte.directory.selectors.quality import quality_rules
from ponte.directory.services.creation import Draft
from ponte.directory.services.quality import ENFORCED

# key of a field → what it is called where a customer is created; the owner is always given
NAMES = {
    "name": "name", "email": "emails", "phone": "phones", "address": "city", "source": "source", "birthday": "birthday",
    "industry": "industry", "owner": "owner_id",
}  # fmt: skip

Required = Mapping[str, Sequence[str]]


def required_at_birth(actor: Actor) -> Required:
    """Return the fields each stage asks for, as this actor is held to them; events and imports are not."""
    return quality_rules().required if actor.kind in ENFORCED else {}


def lacking_at_birth(required: Required, draft: Draft) -> list[FieldProblem]:
    """Return what a new customer lacks for the stage it is created in: a problem for each field, with the reason."""
    named = draft.party["stage"] or Stage.LEAD.value
    if named not in Stage.values:  # refused elsewhere
        return []
    stage = Stage(named)
    wanted = [key for key in required.get(stage, ()) if draft.kind in FIELDS[key].kinds and key != "owner"]
    text = _("The stage “%(stage)s” asks for this field. Fill it in, or choose an earlier stage.")
    message = text % {"stage": stage.label}
    return [
        FieldProblem(_name(key, draft), "incomplete", message) for key in wanted if not _filled(key, draft)
    ]


def lacking_in_move(required: Required, draft: Draft, missing: Sequence[str]) -> list[FieldProblem]:
    """Return what a known customer lacks for the stage a row brings it to; what the row itself gives counts.

    Args:
        missing: fields the stage asks for that the customer lacks so far.
    """
    stage = Stage(draft.party["stage"])
    given = {key for key in missing if (key == "owner" and draft.party.get("owner_id")) or _given(key, draft)}
    text = _("The stage “%(stage)s” asks for this field. Fill it in, or choose an earlier stage.")
    message = text % {"stage": stage.label}
    return [
        FieldProblem(_name(key, draft), "incomplete", message)
        for key in required.get(stage, ())
        if key in missing and key not in given
    ]


def _given(key: str, draft: Draft) -> bool:
    return key != "owner" and _filled(key, draft)


def _name(key: str, draft: Draft) -> str:
    if key == "document":
        return "cpf" if draft.kind == "person" else "cnpj"
    return NAMES[key]


def _filled(key: str, draft: Draft) -> bool:
    match key:
        case "email" | "phone":
            return bool(draft.lists[f"{key}s"])
        case "document":
            return bool(draft.documents)
        case "address":
            return any(item.city and item.state for item in draft.lists["addresses"])
        case "birthday" | "industry":
            return bool(draft.own.get(key))
    return bool(draft.party.get(key))

"""The matrix of a role: object × act × reach, fields, areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Role
from ponte.core.rights import ACTS, AREAS, ObjectRights, fields_of, registered_objects

Label = str | Promise

ACT_LABELS: dict[str, Label] = {
    "view": _("See"),
    "create": _("Create"),
    "edit": _("Change"),
    "delete": _("Delete"),
    "export": _("Export"),
}
SCOPE_LABELS: dict[str, Label] = {"none": _("None"), "own": _("Own"), "team": _("Team"), "all": _("All")}
FIELD_LABELS: dict[str, Label] = {"": _("See and change"), "read": _("Only see"), "hidden": _("Hidden")}
AREA_LABELS: dict[str, Label] = {
    "workspace": _("Business data"),
    "members": _("Members, invitations and teams"),
    "roles": _("Roles"),
    "integrations": _("Webhooks and everyone's API tokens"),
    "audit": _("Audit log"),
    "jobs": _("Background work"),
    "import": _("Import"),
    "products": _("Products and prices"),
    "sales": _("Pipelines, forms, scores and prices"),
    "views": _("Share list views with everyone, change others' shared ones"),
    "settings": _("Other settings"),
}


@dataclass(frozen=True)
class Choice:
    """One select of the matrix: its name, what it is about, the options with the chosen one marked."""

    name: str
    label: str
    options: tuple[tuple[str, Label, bool], ...]
    short: Label = ""


@dataclass(frozen=True)
class ObjectRow:
    """One object of the matrix with its acts (None where it has no such act) and fields."""

    name: str
    label: Label
    acts: tuple[Choice | None, ...]
    fields: tuple[Choice, ...]


class RoleForm(forms.Form):
    """Name and description; the matrix is drawn and read apart (see ``rows`` and ``rights_from``)."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def rows(rights: Mapping[str, Any]) -> list[ObjectRow]:
    """Return the matrix of ``rights`` for the template."""
    return [_row(known, rights) for known in registered_objects()]


def areas(rights: Mapping[str, Any]) -> list[tuple[str, Label, bool]]:
    """Return the areas as (name, label, chosen)."""
    return [(area, AREA_LABELS.get(area, area), area in rights.get("areas", ())) for area in AREAS]


def rights_from(posted: Any) -> dict[str, Any]:
    """Return the rights a posted matrix holds; the service checks them."""
    objects: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for known in registered_objects():
        objects[known.name] = {act: posted.get(f"act.{known.name}.{act}", "none") for act in known.acts}
        fields[known.name] = {name: posted.get(f"field.{known.name}.{name}", "") for name in fields_of(known)}
    return {"objects": objects, "fields": fields, "areas": posted.getlist("areas")}


def summary(role: Role) -> str:
    """Return one line that tells how far a role sees customers."""
    if role.rights.get("all"):
        return str(_("Everything"))
    scope = role.rights.get("objects", {}).get("customer", {}).get("view", "none")
    texts = {
        "none": _("Sees no customers"),
        "own": _("Sees own customers"),
        "team": _("Sees the team's customers"),
        "all": _("Sees all customers"),
    }
    return str(texts.get(scope, texts["none"]))


def _row(known: ObjectRights, rights: Mapping[str, Any]) -> ObjectRow:
    acts = tuple(_act_choice(known, act, rights) if act in known.acts else None for act in ACTS)
    stored = rights.get("fields", {}).get(known.name, {})
    fields = tuple(
        Choice(f"field.{known.name}.{name}", str(label), _options(FIELD_LABELS, stored.get(name, "")))
        for name, label in fields_of(known).items()
    )
    return ObjectRow(known.name, known.label, acts, fields)


def _act_choice(known: ObjectRights, act: str, rights: Mapping[str, Any]) -> Choice:
    chosen = rights.get("objects", {}).get(known.name, {}).get(act, "none")
    offered = SCOPE_LABELS if known.owned else {key: SCOPE_LABELS[key] for key in ("none", "all")}
    return Choice(
        f"act.{known.name}.{act}",
        f"{known.label}: {ACT_LABELS[act]}",
        _options(offered, chosen),
        ACT_LABELS[act],
    )


def _options(labels: Mapping[str, Label], chosen: str) -> tuple[tuple[str, Label, bool], ...]:
    return tuple((value, label, value == chosen) for value, label in labels.items())

"""The builder of forms: the page's own fields, and the form's fields as rows that can be added, moved and taken out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ponte.core.text import fold
from ponte.privacy.models import ContactChannel
from ponte.privacy.purposes import list_purposes
from ponte.sales.form_fields import CATALOGUE, CUSTOM, CUSTOM_INPUTS, TYPES, FormField, Shown
from ponte.sales.forms.lead import members_field
from ponte.sales.models import Form, Origin
from ponte.sales.selectors.forms import custom_inputs, options_of
from ponte.ui.forms import Switch
from ponte.workplace.models import CustomField

START = ("name", "email", "phone", "message")  # what a new form asks
UID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_NOT_KEY = re.compile(r"[^a-z0-9]+")


class BuilderForm(forms.Form):
    """Everything of a form but its fields and consents."""

    widths = {
        "name": "half", "language": "half", "origin": "half", "owner": "half", "least_seconds": "half", "most_per_hour": "half",
    }  # fmt: skip

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("For yourselves: people don't see it.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("pt-br", "Português"), ("en", "English")])
    title = forms.CharField(label=_("Heading"), max_length=200, required=False)
    intro = forms.CharField(
        label=_("Introduction"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    button = forms.CharField(
        label=_("Words on the button"), max_length=60, required=False, help_text=_("Empty: “Send”.")
    )
    thanks = forms.CharField(
        label=_("Thank-you text"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown after sending. Empty: a short thank-you."),
    )  # fmt: skip
    redirect_url = forms.CharField(
        label=_("Or go on to this page"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )  # fmt: skip
    origin = forms.ChoiceField(
        label=_("Origin of its leads"), required=False, choices=[("", _("Told by the visit (UTM, page before)")), *Origin.choices]
    )  # fmt: skip
    owner = members_field(_("Salesperson"), empty=_("Nobody yet (distribution decides)"))
    double_opt_in = forms.BooleanField(
        label=_("Ask to confirm by e-mail"), required=False, widget=Switch(),
        help_text=_("The lead comes at once; what was agreed to counts only when the link in the e-mail was opened."),
    )  # fmt: skip
    least_seconds = forms.IntegerField(
        label=_("Seconds a person needs at least"), min_value=0, max_value=60,
        help_text=_("What is sent faster is held back as suspicious."),
    )  # fmt: skip
    most_per_hour = forms.IntegerField(
        label=_("Most per hour from one place"), min_value=1, max_value=100_000,
        help_text=_("More is held back for you to decide. For a tablet at a fair give a high number."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("Takes answers"), required=False, widget=Switch())
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


@dataclass
class Row:
    """One field of the form in the builder."""

    uid: str
    type: str
    label: str = ""
    help: str = ""
    required: bool = False
    options: str = ""
    shown_field: str = ""
    shown_value: str = ""
    key: str = ""
    custom: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What the row says it is."""
        if self.type == CUSTOM:
            return str(_("Field of your own"))
        return str(TYPES[self.type].label)

    @property
    def icon(self) -> str:
        return "forms" if self.type == CUSTOM else TYPES[self.type].icon

    @property
    def takes_options(self) -> bool:
        return self.type != CUSTOM and TYPES[self.type].takes_options


@dataclass(frozen=True)
class ConsentRow:
    """One purpose people may agree to with the form."""

    purpose: str
    name: str
    text: str
    channels: list[tuple[str, str, bool]]
    used: bool
    required: bool


def new_row(kind: str) -> Row | None:
    """Return a row for a type of the catalogue or a custom field ("custom:person:size"), None for nothing known."""
    uid = secrets.token_hex(5)
    if kind.startswith(f"{CUSTOM}:"):
        custom = custom_inputs().get(kind.partition(":")[2])
        if custom is None:
            return None
        return Row(uid, CUSTOM, label=custom.label, help=custom.help_text, custom=kind.partition(":")[2])
    known = TYPES.get(kind)
    if known is None:
        return None
    return Row(uid, kind, label="" if known.own else str(known.label), required=kind == "email")


def offered_types() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be added, in groups: value and words."""
    groups = [
        (str(_("Contact and interest")), [(one.key, str(one.label)) for one in CATALOGUE if not one.own]),
        (str(_("Questions of your own")), [(one.key, str(one.label)) for one in CATALOGUE if one.own]),
    ]
    custom = [(f"{CUSTOM}:{key}", one.label) for key, one in custom_inputs().items()]
    return [*groups, (str(_("Your custom fields")), custom)] if custom else groups


def rows_of(form: Form | None) -> list[Row]:
    """Return the rows of a form as it is kept, or of a new one."""
    if form is None:
        return [row for kind in START if (row := new_row(kind))]
    return [
        Row(
            uid=one["key"],
            type=one["type"],
            label=one["label"],
            help=one.get("help", ""),
            required=bool(one.get("required")),
            options="\n".join(label for _value, label in one.get("options", ())),
            shown_field=(one.get("shown") or {}).get("field", ""),
            shown_value=_shown_words(form, one.get("shown")),
            key=one["key"],
            custom=one.get("custom", ""),
        )
        for one in form.fields
        if one["type"] == CUSTOM or one["type"] in TYPES
    ]


def _shown_words(form: Form, shown: Mapping[str, str] | None) -> str:
    """An option is written as people read it."""
    if not shown or not shown.get("value"):
        return ""
    other: dict[str, Any] = next((one for one in form.fields if one["key"] == shown["field"]), {})
    return str(dict(map(tuple, other.get("options", ()))).get(shown["value"], shown["value"]))


def rows_in(data: QueryDict) -> list[Row]:
    """Return the rows as they were posted, in the order of the page."""
    rows = []
    for uid in data.getlist("field")[:200]:
        if not UID.fullmatch(uid):
            continue
        kind = data.get(f"type_{uid}", "")
        if kind != CUSTOM and kind not in TYPES:
            continue

        def text(name: str, uid: str = uid) -> str:
            return data.get(f"{name}_{uid}", "").replace("\x00", "").strip()

        rows.append(
            Row(
                uid,
                kind,
                " ".join(text("label").split()),
                text("help")[:300],
                data.get(f"required_{uid}") == "1",
                text("options")[:8000],
                text("shown"),
                text("value"),
                text("key"),
                text("custom"),
            )
        )
    return rows


def fields_of(rows: Sequence[Row]) -> list[FormField]:
    """Return the form's fields from the rows; keys that aren't there yet are made of the labels."""
    taken = {row.key for row in rows if row.key}
    custom = custom_inputs() if any(row.type == CUSTOM for row in rows) else {}
    made: dict[str, FormField] = {}
    found = []
    for row in rows:
        if not row.key:
            row.key = _new_key(row, taken)
            taken.add(row.key)
        one = _field(row, custom, made)
        made[row.uid] = one
        found.append(one)
    return found


def _new_key(row: Row, taken: set[str]) -> str:
    if row.type == CUSTOM:
        base = "custom_" + row.custom.replace(":", "_")
    elif not TYPES[row.type].own:
        return row.type
    else:
        base = ("q_" + _NOT_KEY.sub("_", fold(row.label)).strip("_"))[:40].rstrip("_")
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def _field(row: Row, custom: Mapping[str, CustomField], made: Mapping[str, FormField]) -> FormField:
    known = custom.get(row.custom) if row.type == CUSTOM else None
    options: tuple[tuple[str, str], ...] = options_of(known) if known else ()
    if row.takes_options:
        lines = [" ".join(line.split())[:120] for line in row.options.splitlines()]
        options = tuple((line, line) for line in dict.fromkeys(line for line in lines if line))
    shown = None
    if row.shown_field:
        other = made.get(row.shown_field)
        words = {fold(label): value for value, label in other.options} if other else {}
        value = words.get(fold(row.shown_value), row.shown_value)
        shown = Shown(other.key if other else row.shown_field, value)
    input_kind = (
        CUSTOM_INPUTS[known.kind] if known else TYPES[row.type].input if row.type in TYPES else "text"
    )
    return FormField(
        key=row.key,
        type=row.type,
        input=input_kind,
        label=row.label,
        help=row.help,
        required=row.required,
        options=options,
        shown=shown,
        custom=row.custom if row.type == CUSTOM else "",
    )


def consent_rows(kept: Sequence[Mapping[str, Any]], text_of: Any) -> list[ConsentRow]:
    """Return what people may agree to, with what the form asks; ``text_of(purpose)`` are the words shown."""
    chosen = {one["purpose"]: one for one in kept}
    labels = dict(ContactChannel.choices)
    rows = []
    for info in list_purposes():
        if not info.can_be_declined:
            continue
        mine = chosen.get(info.key)
        ticked = mine["channels"] if mine else [c for c in info.channels if c in ("email", "whatsapp")]
        channels = [(c, str(labels[c]), c in ticked) for c in info.channels]
        rows.append(
            ConsentRow(
                info.key,
                str(info.name),
                text_of(info),
                channels,
                mine is not None,
                bool(mine and mine.get("required")),
            )
        )
    return rows


def consents_in(data: QueryDict) -> list[dict[str, Any]]:
    """Return what was chosen about consents."""
    return [
        {
            "purpose": purpose,
            "channels": data.getlist(f"channels_{purpose}"),
            "required": data.get(f"consent_required_{purpose}") == "1",
        }
        for purpose in data.getlist("consent")
    ]

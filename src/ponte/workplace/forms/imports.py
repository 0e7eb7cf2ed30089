"""What the pages of the importer send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.ui.forms import DropInput
from ponte.workplace.importing.kits import KITS, NO_KIT
from ponte.workplace.importing.targets import targets_for

MAX_CONSTANTS = 3
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


class UploadForm(forms.Form):
    """The file and what is in it."""

    file = forms.FileField(
        label=_("File"),
        widget=DropInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.zip"}),
        help_text=_("CSV, TSV, spreadsheet (XLSX, XLS, ODS) or a ZIP of several of them, up to 512 MB"),
    )
    target = forms.ChoiceField(
        label=_("What does the file contain?"),
        required=False,
        help_text=_("Found out from its name and columns; it can be changed in the next step."),
    )
    kit = forms.ChoiceField(
        label=_("Where does the file come from?"),
        required=False,
        choices=[
            ("", _("Tell from the columns")),
            *((kit.key, kit.label) for kit in KITS.values()),
            (NO_KIT, _("A spreadsheet or another system")),
        ],
    )
    every_sheet = forms.BooleanField(
        label=_("Import every sheet of the spreadsheet"),
        required=False,
        help_text=_("What each sheet or file of a ZIP contains is found out and can be changed next."),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["target"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [
            ("", _("Find out from the file")),
            *((target.key, target.label) for target in targets_for(member)),
        ]


@dataclass(frozen=True)
class MappingInput:
    """The mapping page's fields; layout holds only what the page sent."""

    columns: dict[int, str]
    constants: dict[str, str]
    source: str
    policy: str
    layout: dict[str, Any]
    match: list[str] | None = None


def read_mapping(data: QueryDict) -> MappingInput:
    """Read the mapping page: ``column-N`` → field, ``constant-field-N``/``constant-value-N``, ``match-N``, source, policy, layout."""
    columns = {}
    for name, value in data.items():
        number = name.removeprefix("column-")
        if name.startswith("column-") and number.isascii() and number.isdigit() and value:
            columns[int(number[:6])] = str(value)
    constants = {}
    for position in range(1, MAX_CONSTANTS + 1):
        key, value = data.get(f"constant-field-{position}", ""), data.get(f"constant-value-{position}", "")
        if key and value.strip():
            constants[key] = value.strip()
    match = [str(data[name]) for name in sorted(data) if name.startswith("match-")] or None
    return MappingInput(
        columns, constants, data.get("source", ""), data.get("policy", ""), _layout(data), match
    )


def _layout(data: QueryDict) -> dict[str, Any]:
    layout: dict[str, Any] = {}
    if "header" in data:
        layout["has_header"] = data["header"] == "yes"
    delimiter = str(data.get("delimiter", ""))
    if delimiter in _DELIMITERS:
        layout["delimiter"] = _DELIMITERS[delimiter]
    if data.get("encoding") in ENCODINGS:
        layout["encoding"] = data["encoding"]
    if data.get("sheet"):
        layout["sheet"] = data["sheet"]
    return layout


ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1 (ISO-8859-1)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
DELIMITERS = (
    (",", "comma", _("Comma")),
    (";", "semicolon", _("Semicolon")),
    ("\t", "tab", _("Tab")),
    ("|", "pipe", "|"),
)

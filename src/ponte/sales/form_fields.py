"""What a form can ask: the catalogue of fields, how a form keeps them, and how answers are read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.brazil.dates import parse_date
from ponte.core.brazil.numbers import parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.directory.models import State
from ponte.directory.selectors.normal import canonical

Answer = str | list[str]
MOST_FIELDS, MOST_OPTIONS, MOST_CHOSEN = 40, 60, 60
CUSTOM = "custom"
LABELS = "_labels"  # in ``Lead.typed``: what questions of the business's own were called


@dataclass(frozen=True)
class FieldType:
    """One entry of the catalogue.

    ``input`` says how it is drawn; ``fill`` what browsers complete it with; ``longest`` is in characters. ``own`` fields (questions)
    may stand in a form more than once, under keys of their own.
    """

    key: str
    label: str | Promise
    input: str
    icon: str
    fill: str = ""
    longest: int = 240
    own: bool = False

    @property
    def takes_options(self) -> bool:
        return self.input in ("select", "checkboxes")


CATALOGUE = (
    FieldType("name", gettext_lazy("Name"), "text", "user", "name"),
    FieldType("email", gettext_lazy("E-mail"), "email", "mail", "email", 254),
    FieldType("phone", gettext_lazy("Phone or WhatsApp"), "tel", "phone", "tel", 40),
    FieldType("company", gettext_lazy("Company"), "text", "building", "organization"),
    FieldType("cnpj", "CNPJ", "text", "id-badge", "", 24),
    FieldType("cpf", "CPF", "text", "id-badge-2", "", 20),
    FieldType("job_title", gettext_lazy("Job title"), "text", "briefcase", "organization-title", 120),
    FieldType("city", gettext_lazy("City"), "text", "map-pin", "address-level2", 120),
    FieldType("state", gettext_lazy("State"), "state", "map", "address-level1", 2),
    FieldType("title", gettext_lazy("Interest"), "text", "star", "", 200),
    FieldType("message", gettext_lazy("Message"), "textarea", "message", "", 5000),
    FieldType("q_text", gettext_lazy("Question: short answer"), "text", "question-mark", "", 500, own=True),
    FieldType("q_long", gettext_lazy("Question: long answer"), "textarea", "align-left", "", 5000, own=True),
    FieldType("q_choice", gettext_lazy("Question: one of several"), "select", "circle-dot", own=True),
    FieldType("q_many", gettext_lazy("Question: any of several"), "checkboxes", "checkbox", own=True),
    FieldType("q_number", gettext_lazy("Question: a number"), "number", "number", "", 40, own=True),
    FieldType("q_date", gettext_lazy("Question: a date"), "date", "calendar", "", 20, own=True),
)
TYPES = {one.key: one for one in CATALOGUE}
CUSTOM_INPUTS = {
    "text": "text", "long_text": "textarea", "number": "number", "money": "number", "date": "date", "choice": "select",
    "multi_choice": "checkboxes", "boolean": "select", "link": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """When a field is asked for: another field has this answer, or any where ``value`` is empty."""

    field: str
    value: str = ""


@dataclass(frozen=True)
class FormField:
    """One field of a form. ``key`` names its input; ``custom`` is "object:key" of a custom field."""

    key: str
    type: str
    input: str
    label: str
    help: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    shown: Shown | None = None
    custom: str = ""
    longest: int = 240
    fill: str = ""
    problem: str = field(default="", compare=False)

    @property
    def many(self) -> bool:
        return self.input == "checkboxes"

    def to_json(self) -> dict[str, Any]:
        """Return the field as a form keeps it."""
        kept: dict[str, Any] = {"key": self.key, "type": self.type, "label": self.label}
        for name in ("help", "required", "custom"):
            if value := getattr(self, name):
                kept[name] = value
        if self.options:
            kept["options"] = [list(pair) for pair in self.options]
        if self.shown:
            kept["shown"] = {"field": self.shown.field, "value": self.shown.value}
        if self.type == CUSTOM:
            kept["input"] = self.input
        return kept


def read_fields(kept: Sequence[Mapping[str, Any]]) -> list[FormField]:
    """Return a form's fields from what it keeps; one of a kind that is gone is left out."""
    return [found for one in kept if (found := _read(one)) is not None]


def _read(kept: Mapping[str, Any]) -> FormField | None:
    known = TYPES.get(kept["type"])
    if known is None and kept["type"] != CUSTOM:
        return None
    shown = kept.get("shown")
    options = (
        State.choices
        if known and known.input == "state"
        else [tuple(pair) for pair in kept.get("options", ())]
    )
    return FormField(
        key=kept["key"],
        type=kept["type"],
        input="select" if known and known.input == "state" else known.input if known else kept["input"],
        label=kept["label"],
        help=kept.get("help", ""),
        required=bool(kept.get("required")),
        options=tuple(options),
        shown=Shown(shown["field"], shown.get("value", "")) if shown else None,
        custom=kept.get("custom", ""),
        longest=known.longest if known else 5000,
        fill=known.fill if known else "",
    )


def visible_fields(fields: Sequence[FormField], values: Mapping[str, Answer]) -> list[FormField]:
    """Return the fields that are asked for with these answers; a field behind a hidden one is hidden too."""
    seen: dict[str, bool] = {}
    for one in fields:
        if one.shown is None:
            seen[one.key] = True
            continue
        answer = values.get(one.shown.field, "")
        answers = answer if isinstance(answer, list) else [answer]
        fits = any(answers) if not one.shown.value else one.shown.value in answers
        seen[one.key] = fits and seen.get(one.shown.field, False)
    return [one for one in fields if seen[one.key]]


@dataclass(frozen=True)
class Reading:
    """Answers as texts by field, and what is wrong with them, by field."""

    values: dict[str, Answer]
    problems: dict[str, str]


def read_answers(fields: Sequence[FormField], given: Callable[[str], Sequence[str]]) -> Reading:
    """Read and check what was sent; ``given`` returns all values of an input. What isn't asked for is left out."""
    raw = {one.key: _texts(one, given(one.key)) for one in fields}
    values: dict[str, Answer] = {}
    problems: dict[str, str] = {}
    for one in visible_fields(fields, raw):
        answer = raw[one.key]
        if not answer:
            if one.required:
                problems[one.key] = _("Please fill in “%(field)s”.") % {"field": one.label}
            continue
        if problem := _check(one, answer):
            problems[one.key] = problem
        values[one.key] = answer
    return Reading(values, problems)


def _texts(one: FormField, given: Sequence[str]) -> Answer:
    cleaned = [_clean(text, lines=one.input == "textarea") for text in given]
    if one.many:
        return [text for text in cleaned if text][:MOST_CHOSEN]
    return cleaned[0] if cleaned else ""


def _clean(text: str, *, lines: bool) -> str:
    sound = str(text).replace("\x00", "").replace("\r\n", "\n").encode("utf-8", "ignore").decode()
    return sound.strip() if lines else " ".join(sound.split())


def _check(one: FormField, answer: Answer) -> str:
    """Return what is wrong with an answer, "" for nothing."""
    texts = answer if isinstance(answer, list) else [answer]
    if any(len(text) > one.longest for text in texts):
        return _("“%(field)s” is too long: %(longest)s characters at most.") % {
            "field": one.label,
            "longest": one.longest,
        }
    if one.options and not {value for value, _label in one.options}.issuperset(texts):
        return _("Choose among what is offered in “%(field)s”.") % {"field": one.label}
    reader = _READERS.get(one.key if one.type in TYPES and not TYPES[one.type].own else one.input)
    if reader is None or one.many:
        return ""
    try:
        return "" if reader(texts[0]) is not None else _wrong(one)
    except Unreadable:
        return _wrong(one)


def _wrong(one: FormField) -> str:
    examples = {
        "email": _("For example nome@empresa.com.br."),
        "phone": _("For example (11) 91234-5678, with the area code."),
        "number": _("For example 1.234,50."),
        "date": _("For example 31/12/2026."),
    }
    hint = examples.get(one.key, examples.get(one.input, ""))
    return _("“%(field)s” isn't right. Check it, please.") % {"field": one.label} + (
        f" {hint}" if hint else ""
    )


_READERS: Mapping[str, Callable[[str], Any]] = {
    "email": lambda text: canonical("email", text),
    "phone": lambda text: canonical("phone", text),
    "cpf": lambda text: canonical("cpf", text),
    "cnpj": lambda text: canonical("cnpj", text),
    "number": lambda text: parse_decimal(text),
    "date": lambda text: parse_date(text),
}

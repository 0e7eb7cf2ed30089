"""The properties of a customer that are edited where they stand: how each reads and what field it becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.documents import format_cnpj, format_cpf
from ponte.core.brazil.numbers import format_number
from ponte.core.models import Member, Team
from ponte.directory.models import (
    Channel,
    Company,
    CompanySize,
    Education,
    Gender,
    IncomeBand,
    MaritalStatus,
    Party,
    Source,
    Tone,
)
from ponte.ui.forms import CnpjInput, CpfInput, DateInput, MoneyInput, NumberInput, PickerInput
from ponte.workplace.lists.cells import money_text

LANGUAGES = (("pt-br", _("Portuguese")), ("en", _("English")), ("es", _("Spanish")))
FieldMaker = Callable[[], forms.Field]


@dataclass(frozen=True)
class Property:
    """One property.

    Attributes:
        key: the field's name in services and URLs. part: "party", "person" or "company".
        label: what stands before it. make: the form field for it. show: how a value reads.
        group: under which heading it stands. right: the name a role hides or locks it by.
        multiline: shown with its line breaks.
    """

    key: str
    part: str
    label: str | Promise
    make: FieldMaker
    show: Callable[[Any], Any] = str
    group: str = "about"
    right: str = ""
    multiline: bool = False

    def value(self, party: Party) -> Any:
        """Return the stored value."""
        owner: Model = party if self.part == "party" else getattr(party, self.part)
        return getattr(owner, self.key)

    def shown(self, party: Party) -> Any:
        """Return the value as a person reads it, "" for none."""
        if self.key == "owner_id":
            return party.owner.name if party.owner else ""
        if self.key == "team_id":
            return party.team.name if party.team else ""
        if self.key == "parent_id":
            parent = party.company.parent
            return parent.party.label if parent else ""
        value = self.value(party)
        return "" if value in (None, "") else self.show(value)


def _text(length: int, **attrs: str) -> FieldMaker:
    return lambda: forms.CharField(required=False, max_length=length, widget=forms.TextInput(attrs))


def _wide(rows: int) -> FieldMaker:
    return lambda: forms.CharField(required=False, widget=forms.Textarea({"rows": str(rows)}))


def _as(widget: Callable[[], forms.Widget]) -> FieldMaker:
    return lambda: forms.CharField(required=False, widget=widget())


def _choice(choices: Sequence[tuple[Any, Any]]) -> FieldMaker:
    widget_attrs = {"data-save-on-change": True}
    return lambda: forms.ChoiceField(
        required=False, choices=[("", "–"), *choices], widget=forms.Select(widget_attrs)
    )


def _owner() -> forms.Field:
    members = Member.objects.filter(is_active=True).order_by("sort_name").values_list("id", "name")
    return _choice([(str(key), name) for key, name in members])()


def _team() -> forms.Field:
    return _choice(
        [(str(key), name) for key, name in Team.objects.order_by("name").values_list("id", "name")]
    )()


def company_label(value: Any) -> str:
    """Return the name of a company for a picker."""
    company = Company.objects.select_related("party").filter(pk=value).first() if value else None
    return company.party.label if company else ""


def _company() -> forms.Field:
    url = reverse("directory:pick") + "?kind=company"
    return forms.CharField(required=False, widget=PickerInput(url=url, label_of=company_label))


def _label_of(choices: type[Any]) -> Callable[[Any], Any]:
    labels = dict(choices.choices)
    return lambda value: labels.get(value, value)


def _day(value: Any) -> str:
    return date_format(value, "SHORT_DATE_FORMAT")


def _money(value: Any) -> str:
    return money_text(value, "BRL")


def _language(value: str) -> Any:
    return dict(LANGUAGES).get(value, value)


PROPERTIES: tuple[Property, ...] = (
    Property("name", "party", _("Name"), _text(240)),
    Property("social_name", "person", _("Social name"), _text(160)),
    Property("legal_name", "company", _("Legal name"), _text(240)),
    Property("cpf", "person", "CPF", _as(CpfInput), format_cpf),
    Property("cnpj", "company", "CNPJ", _as(CnpjInput), format_cnpj),
    Property("job_title", "person", _("Job title"), _text(120)),
    Property("website", "company", _("Website"), _text(240, inputmode="url")),
    Property("industry", "company", _("Industry"), _text(120)),
    Property("parent_id", "company", _("Parent company"), _company),
    Property("birthday", "person", _("Birthday"), _as(DateInput), _day),
    Property("alert", "party", _("Alert"), _text(240)),
    Property("description", "party", _("Description"), _wide(4), multiline=True),
    Property("owner_id", "party", _("Owner"), _owner, group="work", right="owner"),
    Property("team_id", "party", _("Team"), _team, group="work", right="owner"),
    Property("source", "party", _("Source"), _choice(Source.choices), _label_of(Source), group="work"),
    Property("source_detail", "party", _("Source detail"), _text(160), group="work", right="source"),
    Property(
        "preferred_channel",
        "party",
        _("Preferred channel"),
        _choice(Channel.choices),
        _label_of(Channel),
        "work",
    ),
    Property("language", "party", _("Language"), _choice(LANGUAGES), _language, group="work"),
    Property("tone", "party", _("Tone"), _choice(Tone.choices), _label_of(Tone), group="work"),
    Property("salutation", "person", _("Salutation"), _text(40), group="more"),
    Property("gender", "person", _("Gender"), _choice(Gender.choices), _label_of(Gender), group="more"),
    Property(
        "marital_status",
        "person",
        _("Marital status"),
        _choice(MaritalStatus.choices),
        _label_of(MaritalStatus),
        "more",
    ),
    Property("children", "person", _("Children"), _as(NumberInput), group="more"),
    Property(
        "education", "person", _("Education"), _choice(Education.choices), _label_of(Education), group="more"
    ),
    Property("occupation", "person", _("Occupation"), _text(120), group="more"),
    Property(
        "income_band", "person", _("Income"), _choice(IncomeBand.choices), _label_of(IncomeBand), group="more"
    ),
    Property("nationality", "person", _("Nationality"), _text(60), group="more"),
    Property(
        "size", "company", _("Size"), _choice(CompanySize.choices), _label_of(CompanySize), group="more"
    ),
    Property("employees", "company", _("Employees"), _as(NumberInput), group="more"),
    Property("annual_revenue", "company", _("Annual revenue"), _as(MoneyInput), _money, group="more"),
    Property("founded_on", "company", _("Founded on"), _as(DateInput), _day, group="more"),
    Property("cnae", "company", "CNAE", _text(12), group="more"),
    Property("legal_nature", "company", _("Legal nature"), _text(120), group="more"),
    Property("state_registration", "company", _("State registration"), _text(20), group="more"),
    Property("municipal_registration", "company", _("Municipal registration"), _text(20), group="more"),
)
BY_KEY = {prop.key: prop for prop in PROPERTIES}
GROUPS: dict[str, str | Promise] = {"about": _("About"), "work": _("Relationship"), "more": _("More details")}


class PropertyForm(forms.Form):
    """One property's field, with the version it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, prop: Property, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = prop.make()
        field.label = prop.label
        field.widget.attrs["aria-label"] = str(prop.label)
        self.fields["value"] = field


def initial_of(prop: Property, party: Party) -> Any:
    """Return a property's value as its field wants it."""
    value = prop.value(party)
    if value in (None, ""):
        return ""
    if prop.key in ("cpf", "cnpj"):
        return prop.show(value)
    if prop.key == "annual_revenue":
        return format_number(value)
    return str(value) if prop.key.endswith("_id") else value

"""The form of a lead's conversion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.sales.forms.lead import members_field
from ponte.sales.models import Stage
from ponte.sales.selectors.conversion import Preview
from ponte.sales.services.conversion import ConversionData
from ponte.ui.forms import CnpjField, DateField, MoneyField, PickerField, PickerInput, Switch

NEW, NONE, OTHER = "new", "none", "other"


class ConversionForm(forms.Form):
    """Whose it is, which company, and what is opened."""

    widths = {
        "new_company": "half", "cnpj": "half", "amount": "half", "monthly": "half", "expected_close": "half", "stage": "half",
    }  # fmt: skip

    shown_if = {
        "new_company": ("company", NEW), "cnpj": ("company", NEW), "other": ("company", OTHER),
        **dict.fromkeys(("title", "amount", "monthly", "expected_close", "stage"), ("opens_deal", "on")),
    }  # fmt: skip

    person = forms.ChoiceField(label=_("Person"), widget=forms.RadioSelect)
    company = forms.ChoiceField(label=_("Company"), widget=forms.RadioSelect)
    new_company = forms.CharField(label=_("Name of the new company"), max_length=240, required=False)
    cnpj = CnpjField(label="CNPJ", required=False)
    other = PickerField(label=_("Another company"), required=False)
    opens_deal = forms.BooleanField(
        label=_("Open an opportunity"), required=False, initial=True, widget=Switch()
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    amount = MoneyField(label=_("Value"), required=False, min_value=0)
    monthly = MoneyField(label=_("Monthly value"), required=False, min_value=0)
    expected_close = DateField(label=_("Expected close"), required=False)
    stage = forms.ModelChoiceField(label=_("Stage"), queryset=Stage.objects.none(), required=False)
    owner = members_field(_("Salesperson"))

    def __init__(
        self,
        *args: Any,
        preview: Preview,
        label: str,
        is_person: bool,
        may_make: bool,
        may_deal: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(pipeline__archived_at=None).select_related("pipeline")
        self.fields["stage"].queryset = stages.order_by("pipeline__position", "position", "id")  # type: ignore[attr-defined]
        self.fields["stage"].empty_label = _("The first one")  # type: ignore[attr-defined]
        others = [(str(one.id), f"{one.label} ({one.why})") for one in preview.people]
        self.fields["person"].choices = [("", label), *others]  # type: ignore[attr-defined]
        self.fields["person"].required = False
        companies = [(str(one.id), f"{one.label} ({one.why})") for one in preview.companies]
        made = [(NEW, _("A new company"))] if may_make else []
        rest = [*made, (OTHER, _("Another one there is")), (NONE, _("No company"))]
        self.fields["company"].choices = [*companies, *rest]  # type: ignore[attr-defined]
        widget = self.fields["other"].widget
        assert isinstance(widget, PickerInput)
        widget.url = reverse("directory:pick") + "?kind=company"
        first = companies[0][0] if companies else NEW if preview.new_company and may_make else NONE
        self.fields["company"].initial = first
        self.fields["new_company"].initial = preview.new_company if first == NEW else ""
        self.fields["cnpj"].initial = preview.cnpj if first == NEW else ""
        if not others:
            del self.fields["person"]
        if not is_person:
            for name in ("company", "new_company", "cnpj", "other"):
                del self.fields[name]
        elif not may_make:
            for name in ("new_company", "cnpj"):
                del self.fields[name]
        if not may_deal:
            for name in ("opens_deal", "title", "amount", "monthly", "expected_close", "stage"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What is chosen has to be named."""
        told = super().clean() or self.cleaned_data
        if told.get("company") == NEW and not told.get("new_company"):
            self.add_error("new_company", _("Give the new company a name."))
        if told.get("company") == OTHER and not told.get("other"):
            self.add_error("other", _("Choose the company."))
        return told

    def data_of(self) -> ConversionData:
        """Return what was chosen. Call it on a valid form."""
        told = self.cleaned_data
        company = told.get("company", NONE)
        known = told.get("other") if company == OTHER else company if company not in (NEW, NONE, "") else None
        return ConversionData(
            person_id=told.get("person") or None,
            company_id=known,
            new_company=told["new_company"] if company == NEW else "",
            cnpj=told["cnpj"] if company == NEW else "",
            opens_deal=told.get("opens_deal", False),
            title=told.get("title", ""),
            amount=told.get("amount"),
            monthly=told.get("monthly"),
            expected_close=told.get("expected_close"),
            stage_id=told["stage"].id if told.get("stage") else None,
            owner_id=told["owner"].id if told.get("owner") else None,
        )

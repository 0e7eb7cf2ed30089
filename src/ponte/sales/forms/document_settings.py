"""The forms of brand and layouts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.sales.documents.layouts import BLOCKS, known_fields
from ponte.ui.forms import CnpjInput


class BrandForm(forms.Form):
    """How the business appears on documents."""

    widths = {
        "name": "half", "cnpj": "half", "phone": "third", "email": "third", "site": "third", "colour": "third",
        "pix_key": "third", "pix_name": "third", "pix_city": "third",
    }  # fmt: skip

    name = forms.CharField(label=_("Name of the business"), max_length=120)
    cnpj = forms.CharField(label="CNPJ", max_length=20, required=False, widget=CnpjInput())
    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=120, required=False)
    site = forms.CharField(label=_("Site"), max_length=120, required=False)
    colour = forms.CharField(
        label=_("Colour"), max_length=7, required=False, widget=forms.TextInput(attrs={"type": "color"})
    )
    logo = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG or JPEG, 300 kB at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )  # fmt: skip
    drop_logo = forms.BooleanField(label=_("Remove the present logo"), required=False)
    pix_key = forms.CharField(
        label=_("Pix key"), max_length=80, required=False,
        help_text=_("Deposits go here: CPF, CNPJ, phone, e-mail or random key."),
    )  # fmt: skip
    pix_name = forms.CharField(label=_("Receiver's name for Pix"), max_length=60, required=False)
    pix_city = forms.CharField(label=_("Receiver's city for Pix"), max_length=40, required=False)

    def __init__(self, *args: Any, has_logo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_logo:
            del self.fields["drop_logo"]


class LayoutForm(forms.Form):
    """How quotes look on paper."""

    widths = {"name": "half", "language": "quarter", "colour": "quarter"}

    name = forms.CharField(label=_("Name"), max_length=80)
    language = forms.ChoiceField(
        label=_("Language of the document"), choices=[("pt-br", "Português"), ("en", "English")]
    )
    colour = forms.CharField(label=_("Colour"), max_length=7, widget=forms.TextInput(attrs={"type": "color"}))
    blocks = forms.MultipleChoiceField(
        label=_("Blocks, in this order"), choices=list(BLOCKS.items()), widget=forms.CheckboxSelectMultiple
    )
    intro = forms.CharField(
        label=_("Introduction"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    terms = forms.CharField(
        label=_("Terms"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    footer = forms.CharField(label=_("Footer"), required=False, max_length=200)
    shows_discounts = forms.BooleanField(label=_("Show discounts"), required=False)
    shows_details = forms.BooleanField(label=_("Show the lines' details"), required=False)
    is_default = forms.BooleanField(label=_("Use it for new quotes"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ", ".join(f"{{{{{name}}}}}" for name in known_fields(member))
        self.fields["intro"].help_text = _("Filled in by themselves: %(names)s") % {"names": names}

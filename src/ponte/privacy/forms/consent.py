"""Forms of consent, suppressions, purposes and texts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.privacy.models import ContactChannel, GivenThrough, LegalBasis, SuppressionReason
from ponte.privacy.purposes import PurposeInfo
from ponte.ui.forms import DateTimeField

ALLOWS = (("yes", _("May be contacted")), ("no", _("May not be contacted")))
BY_PEOPLE = tuple(
    (way.value, way.label)
    for way in GivenThrough
    if way not in (GivenThrough.PREFERENCES, GivenThrough.IMPORT, GivenThrough.API)
)
SHOWN = (("", _("None")), ("pt-br", _("The Portuguese text")), ("en", _("The English text")))


class ConsentForm(forms.Form):
    """What a customer said, taken down by a person."""

    widths = {"given_through": "half", "occurred_at": "half", "language": "half", "basis": "half"}
    purpose = forms.ChoiceField(label=_("Purpose"))
    allows = forms.ChoiceField(label=_("Customer's decision"), choices=ALLOWS, initial="yes")
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=ContactChannel.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: all of them."),
    )
    basis = forms.ChoiceField(
        label=_("Legal basis"),
        choices=[("", _("As usual for the purpose")), *LegalBasis.choices],
        required=False,
    )
    given_through = forms.ChoiceField(label=_("Said through"), choices=BY_PEOPLE, initial="phone")
    occurred_at = DateTimeField(label=_("When"), required=False, help_text=_("Empty: now."))
    language = forms.ChoiceField(label=_("Words shown or read out"), choices=SHOWN, required=False)
    note = forms.CharField(
        label=_("Proof"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("What shows it: where the signed paper lies, who was on the phone, the message's words."),
    )

    def __init__(self, *args: Any, purposes: list[PurposeInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(info.key, info.name) for info in purposes]


class SuppressForm(forms.Form):
    """An address that shall get nothing any more."""

    widths = {"channel": "half", "reason": "half"}
    address = forms.CharField(label=_("E-mail or phone"), max_length=254)
    reason = forms.ChoiceField(label=_("Reason"), choices=SuppressionReason.choices, initial="opt_out")
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[
            ("", _("All")),
            *((c.value, c.label) for c in ContactChannel if c in ("whatsapp", "sms", "phone")),
        ],
        required=False,
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class LiftForm(forms.Form):
    """Why an address may be written to again."""

    because = forms.CharField(
        label=pgettext_lazy("lifting a suppression", "Why may it be written to again?"), max_length=300
    )


class PurposeForm(forms.Form):
    """A purpose."""

    widths = {"name": "two-thirds", "valid_months": "third", "basis": "half", "key": "half"}
    name = forms.CharField(label=_("Name"), max_length=80)
    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        help_text=_("For files and programs; it can't be changed later. Example: newsletter"),
    )
    basis = forms.ChoiceField(label=_("Legal basis"), choices=LegalBasis.choices)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=ContactChannel.choices, widget=forms.CheckboxSelectMultiple
    )
    valid_months = forms.IntegerField(
        label=_("Valid for (months)"),
        min_value=1,
        max_value=120,
        required=False,
        help_text=_("Empty: no end."),
    )
    is_essential = forms.BooleanField(
        label=_("Essential: customers can't decline it"),
        required=False,
        help_text=_("Only what contract or law demand: invoices, deliveries, recalls."),
    )
    is_public = forms.BooleanField(label=_("Customers decide on their preference page"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, fixed_key: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed_key:
            del self.fields["key"]


class TextForm(forms.Form):
    """The words customers agree to, in both languages; a change makes a new version."""

    pt_br = forms.CharField(
        label=_("Portuguese"), max_length=2000, widget=forms.Textarea({"rows": 5, "lang": "pt-BR"})
    )
    en = forms.CharField(
        label=_("English"), max_length=2000, widget=forms.Textarea({"rows": 5, "lang": "en"})
    )

"""Which register is asked, where it is, how often: a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.directory.adapters.registers import SHAPES
from ponte.directory.models import RegisterSource


class SourceForm(forms.Form):
    """One register. The key is never shown; left empty it stays."""

    widths = {"shape": "half", "per_minute": "half"}
    is_active = forms.BooleanField(label=_("Look up there"), required=False)
    shape = forms.ChoiceField(label=_("Provider"))
    per_minute = forms.IntegerField(label=_("At most requests a minute"), min_value=1, max_value=600)
    url = forms.CharField(label=_("Address"), max_length=300)
    key = forms.CharField(
        label=_("Access key"), required=False, max_length=300, widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Only if the provider wants one. Kept encrypted; empty: as it is."),
    )  # fmt: skip
    drop_key = forms.BooleanField(label=_("Forget the key"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, what: str, row: RegisterSource | None, *args: Any, **kwargs: Any) -> None:
        shapes = [shape for shape in SHAPES.values() if shape.what == what]
        kwargs["initial"] = {
            "is_active": row.is_active if row else True,
            "shape": row.shape if row else shapes[0].key,
            "url": row.url if row else shapes[0].url,
            "per_minute": row.per_minute if row else 20,
            "version": row.version if row else None,
        }
        super().__init__(*args, **kwargs)
        shape: Any = self.fields["shape"]
        shape.choices = [(each.key, each.label) for each in shapes]
        self.fields["url"].help_text = " · ".join(f"{each.label}: {each.url}" for each in shapes)
        if row is None or not row.sealed_key:
            del self.fields["drop_key"]

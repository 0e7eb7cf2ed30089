"""The forms for an answer to a quote that the customer gave elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.sales.quote_data import RecordData
from ponte.sales.services.quote_recording import ELSEWHERE
from ponte.ui.forms import CpfField, DateField


class _AnswerForm(forms.Form):
    """Who said when and how, with a note and a file that shows it."""

    widths = {"name": "half", "cpf": "half", "means": "half", "day": "half"}
    ORDER: tuple[str, ...] = ()

    name = forms.CharField(label=_("Who answered"), max_length=160, required=False)
    cpf = CpfField(label="CPF", required=False, help_text=_("If you know it."))
    means = forms.ChoiceField(label=_("How"), choices=[("", "—"), *ELSEWHERE])
    day = DateField(label=_("Day of the answer"))
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your colleagues read it, the customer doesn't."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File that shows it"), required=False,
        help_text=_("The e-mail, a photo of the signed paper … It stays with the quote and can't be deleted."),
    )  # fmt: skip

    def __init__(self, *args: Any, may_attach: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()
        if not may_attach:
            del self.fields["file"]
        self.order_fields(self.ORDER)

    def data_of(self, given: dict[str, Any]) -> RecordData:
        """Return what was entered as the services take it."""
        told = {name: value for name, value in given.items() if value is not None}
        file = told.pop("file", None)
        return RecordData(**told, proof=file if isinstance(file, UploadedFile) else None)


class AcceptanceForm(_AnswerForm):
    """The customer accepted. Options are asked about where there are any, lateness where the validity is over."""

    ORDER = ("name", "cpf", "means", "day", "chosen", "late", "note", "file")

    chosen = forms.MultipleChoiceField(
        label=_("Optional items they want"), required=False, widget=forms.CheckboxSelectMultiple
    )
    late = forms.BooleanField(label=_("We keep the offer, although its validity is over"), required=False)

    def __init__(
        self,
        *args: Any,
        options: Sequence[tuple[str, str]],
        chosen: Sequence[str],
        is_expired: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Who accepted")
        self.fields["name"].required = True
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices, field.initial = list(options), list(chosen)
        if not options:
            del self.fields["chosen"]
        if not is_expired:
            del self.fields["late"]


class RefusalForm(_AnswerForm):
    """The customer declined."""

    ORDER = ("reason", "name", "cpf", "means", "day", "note", "file")

    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Who declined")

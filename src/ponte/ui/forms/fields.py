"""Form fields that read Brazilian values with ``ponte.core.brazil``, so that forms and import agree."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ponte.core.brazil.documents import format_cnpj, format_cpf, normalise_cnpj, normalise_cpf
from ponte.core.brazil.numbers import format_number, parse_decimal
from ponte.core.brazil.phones import format_phone, parse_phone
from ponte.core.brazil.postal import format_cep, normalise_cep
from ponte.core.brazil.problems import Unreadable
from ponte.ui.forms import widgets


class _Read(forms.CharField):
    """A text that ``read`` turns into its normal form and ``show`` into what a person reads."""

    read: Callable[[str], str]
    show: Callable[[str], str]

    def clean(self, value: Any) -> str:
        """Return the normal form, or "" when empty and optional."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return type(self).read(text)
        except Unreadable as problem:
            raise ValidationError(problem.message, code=problem.code) from problem

    def prepare_value(self, value: Any) -> Any:
        """Show a stored value with its punctuation; what was typed wrongly stays as typed."""
        try:
            return type(self).show(value) if value else value
        except (Unreadable, ValueError, IndexError):
            return value


class CpfField(_Read):
    """A CPF; cleaned to 11 digits."""

    widget = widgets.CpfInput
    read = staticmethod(normalise_cpf)
    show = staticmethod(format_cpf)


class CnpjField(_Read):
    """A CNPJ, numeric or alphanumeric; cleaned to 14 characters."""

    widget = widgets.CnpjInput
    read = staticmethod(normalise_cnpj)
    show = staticmethod(format_cnpj)


class CepField(_Read):
    """A postal code; cleaned to 8 digits."""

    widget = widgets.CepInput
    read = staticmethod(normalise_cep)
    show = staticmethod(format_cep)


def _read_phone(text: str) -> str:
    return parse_phone(text)[0]


class PhoneField(_Read):
    """A telephone; cleaned to E.164 (``+5511912345678``)."""

    widget = widgets.PhoneInput
    read = staticmethod(_read_phone)
    show = staticmethod(format_phone)


class DecimalField(forms.DecimalField):
    """A number written with decimal comma or point."""

    widget: type[forms.Widget] = widgets.NumberInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A text input takes no min, max or step."""
        return {}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # django-stubs derive it from IntegerField
        """Read ``1.234,56`` as well as ``1234.56``."""
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal | int):
            return Decimal(value)
        try:
            return parse_decimal(str(value))
        except Unreadable as problem:
            raise ValidationError(problem.message, code=problem.code) from problem

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number the Brazilian way; typed text stays as typed."""
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return format_number(value, places=self.decimal_places or 0)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare numbers, not their spelling."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class MoneyField(DecimalField):
    """An amount with two decimal places, at most 14 digits."""

    widget: type[forms.Widget] = widgets.MoneyInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)


class QuantityField(DecimalField):
    """How many or how much, at most three decimal places, shown with those it has: "10", not "10,000", read as ten thousand."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Leave out the zeros after the comma."""
        shown = super().prepare_value(value)
        return shown.rstrip("0").rstrip(",") if isinstance(value, Decimal | int) and "," in shown else shown


class DateField(forms.DateField):
    """A day, from the browser's picker or typed as dd/mm/yyyy."""

    widget = widgets.DateInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"])
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Date pickers want ISO dates."""
        return value.isoformat() if isinstance(value, date) else value


class DateTimeField(forms.DateTimeField):
    """A moment in the active time zone."""

    widget = widgets.DateTimeInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"])
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Pickers want ISO moments without a zone."""
        prepared = super().prepare_value(value)
        return prepared.strftime("%Y-%m-%dT%H:%M") if isinstance(prepared, datetime) else prepared


class TagsField(forms.Field):
    """Several short texts; cleaned to a list without repetitions, in the order given."""

    widget = widgets.ChipsInput

    def __init__(self, *, max_length: int = 80, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length

    def to_python(self, value: Any) -> list[str]:
        """Split, strip, drop repetitions (capitals don't count)."""
        seen: dict[str, str] = {}
        for part in value or []:
            text = str(part).strip()
            if text:
                seen.setdefault(text.casefold(), text)
        return list(seen.values())

    def validate(self, value: Any) -> None:
        """Refuse texts that are too long."""
        super().validate(value)
        for text in value:
            if len(text) > self.max_length:
                raise ValidationError(
                    _("“%(text)s…” is too long: %(limit)s characters at most."),
                    code="max_length",
                    params={"text": text[:20], "limit": self.max_length},
                )


class PickerField(forms.UUIDField):
    """The id of a record chosen by typing; the form's caller checks that it exists and may be seen."""

    widget = widgets.PickerInput

    def to_python(self, value: Any) -> UUID | None:  # type: ignore[override]  # django-stubs derive it from CharField
        """Return the id, or None."""
        found: UUID | None = super().to_python(value)
        return found

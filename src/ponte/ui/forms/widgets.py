"""Inputs for Brazilian values. Masks are hints while typing; the field decides what is valid."""

from typing import Any

from django import forms


class _Masked(forms.TextInput):
    mask = ""
    inputmode = ""
    placeholder = ""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        base = {"data-mask": self.mask, "inputmode": self.inputmode, "placeholder": self.placeholder}
        super().__init__(
            {key: value for key, value in base.items() if value} | {"autocomplete": "off"} | (attrs or {})
        )


class MoneyInput(_Masked):
    """An amount; ``symbol`` stands before it."""

    template_name = "ui/widgets/money.html"
    mask = "money"
    inputmode = "decimal"
    placeholder = "0,00"

    def __init__(self, attrs: dict[str, Any] | None = None, *, symbol: str = "R$") -> None:
        super().__init__(attrs)
        self.symbol = symbol

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the currency symbol."""
        context = super().get_context(name, value, attrs)
        context["widget"]["symbol"] = self.symbol
        return context


class NumberInput(_Masked):
    """A number written as people here write it (decimal comma)."""

    mask = "number"
    inputmode = "decimal"


class PhoneInput(_Masked):
    """A telephone."""

    input_type = "tel"
    mask = "phone"
    inputmode = "tel"
    placeholder = "(11) 91234-5678"


class CpfInput(_Masked):
    """A person's document."""

    mask = "cpf"
    inputmode = "numeric"
    placeholder = "000.000.000-00"


class CnpjInput(_Masked):
    """A company's document; letters are allowed since July 2026."""

    mask = "cnpj"
    placeholder = "00.000.000/0000-00"


class CepInput(_Masked):
    """A postal code."""

    mask = "cep"
    inputmode = "numeric"
    placeholder = "00000-000"


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date and time picker, in the workspace's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Switch(forms.CheckboxInput):
    """A checkbox drawn as a switch, for settings."""

    is_switch = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"role": "switch"} | (attrs or {}))


class ChipsInput(forms.Widget):
    """Several short values in one box; each is posted as ``name``. ``suggest_url`` answers ``?q=`` with JSON."""

    template_name = "ui/widgets/chips.html"
    css = ""

    def __init__(self, attrs: dict[str, Any] | None = None, *, suggest_url: str = "") -> None:
        super().__init__(attrs)
        self.suggest_url = suggest_url

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return every posted value, and what was typed but not yet turned into a chip."""
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [str(value).strip() for value in values if str(value).strip()]

    def format_value(self, value: Any) -> list[str]:
        """Return the values as texts."""
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return [str(item) for item in value or [] if str(item).strip()]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the suggestions' address."""
        context = super().get_context(name, value, attrs)
        context["widget"]["suggest_url"] = self.suggest_url
        return context


class PickerInput(forms.Widget):
    """Choose one record by typing; the id is posted. ``url`` answers ``?q=`` with JSON.

    The answer is ``{"items": [{"value": id, "label": "…", "note": "…"}]}``. ``label_of`` gives the text for a value
    already chosen. ``create_url`` (optional) is offered when nothing is found.
    """

    template_name = "ui/widgets/picker.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        url: str = "",
        label_of: Any = None,
        placeholder: Any = "",
    ) -> None:
        super().__init__(attrs)
        self.url = url
        self.label_of = label_of
        self.placeholder = placeholder

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the address and the chosen record's label."""
        context = super().get_context(name, value, attrs)
        shown = self.label_of(value) if value and self.label_of else ""
        context["widget"].update(url=str(self.url), shown=shown, placeholder=self.placeholder)
        return context


class DropInput(forms.ClearableFileInput):
    """A file, dropped or chosen."""

    template_name = "ui/widgets/drop.html"
    css = "dropzone-input visually-hidden"

    def __init__(self, attrs: dict[str, Any] | None = None, *, help_text: Any = "") -> None:
        super().__init__(attrs)
        self.help = help_text

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the words under the invitation."""
        context = super().get_context(name, value, attrs)
        context["widget"]["help"] = self.help
        return context

"""Django forms in Ponte's look: renderer, widgets and fields for Brazilian values, errors from services."""

from ponte.ui.forms.fields import (
    CepField,
    CnpjField,
    CpfField,
    DateField,
    DateTimeField,
    DecimalField,
    MoneyField,
    PhoneField,
    PickerField,
    QuantityField,
    TagsField,
)
from ponte.ui.forms.problems import add_problems
from ponte.ui.forms.renderer import PonteRenderer
from ponte.ui.forms.widgets import (
    CepInput,
    ChipsInput,
    CnpjInput,
    CpfInput,
    DateInput,
    DateTimeInput,
    DropInput,
    MoneyInput,
    NumberInput,
    PhoneInput,
    PickerInput,
    Switch,
)

__all__ = [
    "CepField",
    "CepInput",
    "ChipsInput",
    "CnpjField",
    "CnpjInput",
    "CpfField",
    "CpfInput",
    "DateField",
    "DateInput",
    "DateTimeField",
    "DateTimeInput",
    "DecimalField",
    "DropInput",
    "MoneyField",
    "MoneyInput",
    "NumberInput",
    "PhoneField",
    "PhoneInput",
    "PickerField",
    "PickerInput",
    "PonteRenderer",
    "QuantityField",
    "Switch",
    "TagsField",
    "add_problems",
]

"""What people read when a value has the wrong shape: pydantic's error types in our words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MESSAGES: dict[str, Any] = {
    "missing": gettext_lazy("This field is required."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "string_type": gettext_lazy("Must be text."),
    "string_too_long": gettext_lazy("Must have at most %(max_length)s characters."),
    "string_too_short": gettext_lazy("Must have at least %(min_length)s characters."),
    "string_pattern_mismatch": gettext_lazy("Doesn't have the expected form."),
    "int_type": gettext_lazy("Must be a whole number."),
    "int_parsing": gettext_lazy("Must be a whole number."),
    "int_parsing_size": gettext_lazy("The number is too large."),
    "int_from_float": gettext_lazy("Must be a whole number."),
    "float_type": gettext_lazy("Must be a number."),
    "float_parsing": gettext_lazy("Must be a number."),
    "finite_number": gettext_lazy("Must be a finite number."),
    "decimal_type": gettext_lazy("Must be a number."),
    "decimal_parsing": gettext_lazy("Must be a number."),
    "decimal_max_digits": gettext_lazy("Must have at most %(max_digits)s digits."),
    "decimal_max_places": gettext_lazy("Must have at most %(decimal_places)s decimal places."),
    "decimal_whole_digits": gettext_lazy(
        "Must have at most %(whole_digits)s digits before the decimal point."
    ),
    "greater_than": gettext_lazy("Must be greater than %(gt)s."),
    "greater_than_equal": gettext_lazy("Must be at least %(ge)s."),
    "less_than": gettext_lazy("Must be less than %(lt)s."),
    "less_than_equal": gettext_lazy("Must be at most %(le)s."),
    "bool_type": gettext_lazy("Must be true or false."),
    "bool_parsing": gettext_lazy("Must be true or false."),
    "list_type": gettext_lazy("Must be a list."),
    "dict_type": gettext_lazy("Must be an object."),
    "model_type": gettext_lazy("Must be an object."),
    "model_attributes_type": gettext_lazy("Must be an object."),
    "too_long": gettext_lazy("Must have at most %(max_length)s items."),
    "too_short": gettext_lazy("Must have at least %(min_length)s items."),
    "enum": gettext_lazy("Must be one of: %(expected)s."),
    "literal_error": gettext_lazy("Must be one of: %(expected)s."),
    "uuid_type": gettext_lazy("Must be a UUID."),
    "uuid_parsing": gettext_lazy("Must be a UUID."),
    "timezone_aware": gettext_lazy("Must tell its time zone, for example 2026-11-22T10:00:00-03:00."),
    "nul": gettext_lazy("Must not contain NUL characters."),
    "read_only": gettext_lazy("Your role can't change this field."),
}
_DATES = gettext_lazy("Must be a date such as 2026-11-22.")
_TIMES = gettext_lazy("Must be a date and time such as 2026-11-22T10:00:00-03:00.")


def message_for(code: str, context: dict[str, Any] | None, fallback: str) -> str:
    """Return the sentence for a pydantic error type; ``fallback`` is pydantic's own (validators of ours)."""
    template = _MESSAGES.get(code)
    if template is None and code.startswith("datetime_"):
        template = _TIMES
    elif template is None and code.startswith("date_"):
        template = _DATES
    if template is None:
        return (
            fallback.removeprefix("Value error, ") if code == "value_error" else _("This value isn't valid.")
        )
    try:
        return str(template) % (context or {})
    except (KeyError, ValueError):
        return _("This value isn't valid.")

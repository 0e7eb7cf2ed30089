"""The one way the functions of this package say that a value cannot be understood."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MESSAGES: dict[str, Promise] = {
    "empty": _("The value is empty."),
    "phone_invalid": _("This is not a valid phone number."),
    "phone_area_missing": _("The phone number lacks its area code (DDD)."),
    "scientific": _(
        "A spreadsheet shortened this number (1,23E+10) and digits were lost. Format the column as text."
    ),
    "cpf_length": _("A CPF has 11 digits."),
    "cpf_invalid": _("The check digits of this CPF do not fit."),
    "cnpj_length": _("A CNPJ has 14 characters."),
    "cnpj_invalid": _("The check digits of this CNPJ do not fit."),
    "document_invalid": _("This is neither a valid CPF nor a valid CNPJ."),
    "cep_invalid": _("A CEP has 8 digits."),
    "uf_invalid": _("This is not a Brazilian state."),
    "number_invalid": _("This is not a number."),
    "date_invalid": _("This is not a date."),
    "boolean_invalid": _("Write yes or no."),
}


class Unreadable(ValueError):
    """A value that cannot be read as what it should be.

    Args:
        code: key of ``MESSAGES``, stable for programs.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)

    @property
    def message(self) -> str:
        """What is wrong, in the language that is active."""
        return str(MESSAGES[self.code])

"""How a contract reads: complete, its fields filled in, the day's date aside. This is what is approved."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.errors import Invalid
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.content import sha256
from ponte.sales.documents.contract_fields import contract_values, missing_labels
from ponte.sales.documents.contract_text import filled, missing_in
from ponte.sales.models.contract import Contract

TODAY = {"today": "-", "today_in_words": "-"}  # the day it goes out is no change of what was approved


def text_fingerprint(contract: Contract) -> str:
    """Return the SHA-256 of the text as it reads; raise ``Invalid`` where something is missing for others to judge it."""
    values = contract_values(contract, load_brand())
    if not contract.body.strip():
        raise Invalid.on("body", "required", gettext_lazy("Write the text first, or choose a template."))
    if missing := missing_in(contract.body, values):
        names = ", ".join(missing_labels(missing))
        raise Invalid.on(
            "body", "missing_fields", _("Nothing is known for these fields of the text: %(names)s.") % {"names": names}
        )  # fmt: skip
    if not contract.signers.exists():
        raise Invalid.on("signers", "required", gettext_lazy("Say who signs."))
    return fingerprint_of(contract, values)


def fingerprint_of(contract: Contract, values: dict[str, str]) -> str:
    """Return the SHA-256 of the text filled in with ``values``."""
    return sha256(filled(contract.body, {**values, **TODAY}))

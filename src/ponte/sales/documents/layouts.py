"""How quotes may be laid out: a safe set of blocks, and texts with merge fields. Never Typst from people."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.sales.documents.custom_merge import custom_names

BLOCKS: dict[str, str | Promise] = {
    "intro": _("Introduction"),
    "items": _("Items"),
    "totals": _("Totals"),
    "payment": _("Payment terms and deposit"),
    "notes": _("Notes"),
    "terms": _("Terms"),
    "signature": _("Place to sign"),
}
DEFAULT_BLOCKS = ["intro", "items", "totals", "payment", "notes", "terms"]
FIELDS: dict[str, str | Promise] = {
    "customer.name": _("Customer's name"),
    "customer.document": _("Customer's CPF or CNPJ"),
    "customer.city": _("Customer's city"),
    "quote.number": _("Number of the quote"),
    "quote.title": _("Title of the quote"),
    "quote.valid_until": _("Valid until"),
    "quote.total": _("Total of the first year"),
    "salesperson.name": _("Salesperson's name"),
    "business.name": _("Name of the business"),
    "today": _("Today's date"),
}
_FIELD = re.compile(r"\{\{\s*([a-z0-9_.]{1,80})\s*\}\}")


def known_fields(member: Member | None = None) -> dict[str, str | Promise]:
    """Return every merge field with what it is called; of custom fields those whose values ``member`` may see (None: all)."""
    return {**FIELDS, **custom_names(member, of=("customer", "deal", "quote"))}


def unknown_fields(text: str, known: Collection[str] = FIELDS.keys()) -> list[str]:
    """Return the merge fields in ``text`` that there aren't, each once."""
    return list(dict.fromkeys(name for name in _FIELD.findall(text) if name not in known))


def fields_in(text: str) -> list[str]:
    """Return the merge fields a text has, unknown ones too."""
    return list(_FIELD.findall(text))


def merged(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with its merge fields filled in; one without a value becomes nothing, an unknown one stays."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)

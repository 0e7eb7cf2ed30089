"""Whose row it is: the columns by which files of other modules (orders, interactions …) name their customer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.directory.policies import visible_parties
from ponte.directory.selectors.identities import resolve_many
from ponte.workplace.importing import FieldType, ImportContext, ImportField, ImportRow, RowOutcome

CUSTOMER_FIELDS = (
    ImportField(
        "customer_external_id", gettext_lazy("Customer: external id"), FieldType.IDENTIFIER,
        ("customer id", "id do cliente", "código do cliente", "cod cliente", "contact id"), identity=True,
    ),
    ImportField("customer_email", gettext_lazy("Customer: e-mail"), FieldType.EMAIL,
                ("e-mail", "email", "e-mail do cliente", "customer email"), identity=True),
    ImportField("customer_cpf", gettext_lazy("Customer: CPF"), FieldType.CPF, ("cpf", "cpf do cliente"), identity=True),
    ImportField("customer_cnpj", gettext_lazy("Customer: CNPJ"), FieldType.CNPJ, ("cnpj", "cnpj do cliente"), identity=True),
    ImportField("customer_phone", gettext_lazy("Customer: phone"), FieldType.PHONE,
                ("telefone", "celular", "telefone do cliente", "phone", "whatsapp"), identity=True),
)  # fmt: skip
_KINDS = {
    "customer_external_id": "external",
    "customer_cpf": "cpf",
    "customer_cnpj": "cnpj",
    "customer_email": "email",
    "customer_phone": "phone",
}


def customers_of(rows: Sequence[ImportRow], context: ImportContext) -> list[UUID | None]:
    """Return the customer each row names, None where it names none that is known and visible. Two queries a chunk.

    Args:
        rows: rows whose values have some of ``CUSTOMER_FIELDS``; the surest that is known counts.
    """
    marks = [_marks(row, context.source) for row in rows]
    found = resolve_many({mark for several in marks for mark in several})
    member = context.actor.member
    ids = set(found.values())
    if member is not None and ids:
        ids = set(visible_parties(member).filter(id__in=ids).values_list("id", flat=True))
    return [next((found[mark] for mark in several if found.get(mark) in ids), None) for several in marks]


def unknown_customer(row: ImportRow) -> RowOutcome:
    """Return the refusal of a row whose customer isn't there, naming the column that said who it is."""
    for key in _KINDS:
        if key in row.values:
            message = _("No customer is known by “%(value)s”. Import customers first.") % {
                "value": row.values[key]
            }
            return RowOutcome.rejected(key, "unknown", message)
    return RowOutcome.rejected("", "no_customer", _("The row doesn't say which customer it belongs to."))


def _marks(row: ImportRow, source: str) -> list[tuple[str, str]]:
    marks = []
    for key, kind in _KINDS.items():
        value = row.values.get(key)
        if value:
            marks.append((kind, f"{source}:{value}" if kind == "external" else str(value)))
    return marks

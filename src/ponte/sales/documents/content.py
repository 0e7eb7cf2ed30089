"""What a document says, as plain values: the one source of page, PDF and evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format

from ponte.core.brazil.documents import format_cnpj, format_cpf
from ponte.directory.models import Company, Party, Person
from ponte.sales.documents.brand import Brand, load_brand, plain_brand
from ponte.sales.documents.custom_merge import custom_merge_values, filled_in
from ponte.sales.documents.layouts import DEFAULT_BLOCKS, merged
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.quote_totals import Totals, totals_of
from ponte.workplace.lists.cells import money_text

LANGUAGE = "pt-br"


def quote_content(quote: Quote, lines: Iterable[QuoteLine]) -> dict[str, Any]:
    """Return everything the customer is told by a quote now. Amounts are texts such as "1234.50"."""
    layout, brand = quote.layout, load_brand()
    language = layout.language if layout else LANGUAGE
    rows = list(lines)
    with translation.override(language):
        customer = customer_facts(quote.party)
        values = _merge_values(quote, brand, customer, totals_of(rows))
        # texts of the layout alone, which whoever runs sales writes: others may not see all custom values
        more = values | custom_merge_values(quote.party, deal=quote.opportunity, quote=quote)
        return {
            "kind": "quote",
            "number": quote.number,
            "edition": quote.edition,
            "title": quote.title,
            "facts": _facts(quote),
            "language": language,
            "issued_on": timezone.localdate().isoformat(),
            "valid_until": quote.valid_until.isoformat(),
            "currency": quote.currency,
            "business": plain_brand(brand),
            "colour": layout.colour if layout else brand.colour,
            "customer": customer,
            "salesperson": {"name": quote.owner.name if quote.owner else ""},
            "intro": merged(quote.intro, values)
            if quote.intro
            else merged(layout.intro if layout else "", more),
            "notes": quote.notes,
            "payment_terms": quote.payment_terms,
            "tax_note": quote.tax_note,
            "terms": merged(layout.terms if layout else "", more),
            "footer": merged(layout.footer if layout else "", more),
            "blocks": (layout.blocks if layout else None) or DEFAULT_BLOCKS,
            "shows_discounts": layout.shows_discounts if layout else True,
            "shows_details": layout.shows_details if layout else True,
            "deposit": {"kind": quote.deposit_kind, "value": str(quote.deposit)},
            "lines": [_line(row) for row in rows],
        }


def customer_facts(party: Party) -> dict[str, str]:
    """Return who the document is for."""
    document = ""
    if party.kind == "company":
        cnpj = Company.objects.filter(party=party).values_list("cnpj", flat=True).first()
        document = format_cnpj(cnpj or "")
    else:
        cpf = Person.objects.filter(party=party).values_list("cpf", flat=True).first()
        document = format_cpf(cpf or "")
    place = " · ".join(filter(None, (party.city, party.state)))
    return {
        "name": party.label,
        "document": document,
        "email": party.email,
        "phone": party.phone,
        "city": place,
    }


def canonical(content: Mapping[str, Any]) -> str:
    """Return ``content`` as the one JSON text its hash is made of: keys sorted, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256(data: str | bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def _merge_values(quote: Quote, brand: Brand, customer: Mapping[str, str], totals: Totals) -> dict[str, str]:
    return {
        "customer.name": customer["name"],
        "customer.document": customer["document"],
        "customer.city": customer["city"],
        "quote.number": quote.number,
        "quote.title": quote.title,
        "quote.valid_until": date_format(quote.valid_until, "SHORT_DATE_FORMAT"),
        "quote.total": money_text(totals.first_year, quote.currency),
        "salesperson.name": quote.owner.name if quote.owner else "",
        "business.name": brand.name,
        "today": date_format(timezone.localdate(), "SHORT_DATE_FORMAT"),
    }


def _facts(quote: Quote) -> list[dict[str, str]]:
    """Return the custom values of a quote that are for the customer's eyes too."""
    told = [
        (field.label, text) for field, text in filled_in("quote", quote.custom) if field.is_printed and text
    ]
    return [{"label": label, "value": text} for label, text in told]


def _line(row: QuoteLine) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "description": row.description,
        "details": row.details,
        "bundle": row.bundle,
        "billing": row.billing,
        "quantity": _plain(row.quantity),
        "unit_price": str(row.unit_price),
        "discount_kind": row.discount_kind,
        "discount": str(row.discount),
        "tax_rate": _plain(row.tax_rate),
        "total": str(row.total),
        "tax": str(row.tax),
        "is_optional": row.is_optional,
        "is_chosen": row.is_chosen,
        **({"contents": row.contents} if row.contents else {}),
    }


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"

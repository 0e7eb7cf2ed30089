"""What a contract says, as plain values: the one source of page, PDF and evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from ponte.sales.documents.brand import load_brand, plain_brand
from ponte.sales.documents.content import customer_facts
from ponte.sales.documents.contract_fields import contract_values, index_name
from ponte.sales.documents.contract_text import filled
from ponte.sales.models.contract import Contract, ContractSigner


def contract_content(contract: Contract, signers: Iterable[ContractSigner]) -> dict[str, Any]:
    """Return everything a contract says now. Amounts are texts such as "1234.50", days ISO dates ("" for none)."""
    brand = load_brand()
    return {
        "kind": contract.kind,
        "number": contract.number,
        "edition": contract.edition,
        "title": contract.title,
        "language": contract.language,
        "issued_on": timezone.localdate().isoformat(),
        "sign_until": _iso(contract.sign_until),
        "business": plain_brand(brand),
        "colour": brand.colour,
        "customer": customer_facts(contract.party),
        "member": {"name": contract.owner.name if contract.owner else ""},
        "parent": contract.parent.number if contract.parent else "",
        "text": filled(contract.body, contract_values(contract, brand)),
        "amount": str(contract.amount),
        "currency": contract.currency,
        "billing": contract.billing,
        "starts_on": _iso(contract.starts_on),
        "ends_on": _iso(contract.ends_on),
        "renewal": contract.renewal,
        "renewal_months": contract.renewal_months,
        "notice_days": contract.notice_days,
        "index": index_name(contract),
        "effects": contract.effects,
        "signers": [{"id": str(one.id), "role": one.role, "name": one.name} for one in signers],
    }


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""

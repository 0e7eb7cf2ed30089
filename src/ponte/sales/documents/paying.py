"""The Pix code of a quote's deposit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ponte.sales.documents.brand import Brand, load_brand
from ponte.sales.pix import pix_code


def deposit_code(content: Mapping[str, Any], deposit: Decimal) -> str:
    """Return the copy-and-paste code for a deposit; empty without one, without a key, or in another currency than reais."""
    brand: Brand = load_brand()
    if deposit <= 0 or not brand.pix_key or content["currency"] != "BRL":
        return ""
    return pix_code(
        key=brand.pix_key,
        name=brand.pix_name or brand.name,
        city=brand.pix_city or "BRASIL",
        amount=deposit,
        reference=f"PROPOSTA{content['number']}",
    )

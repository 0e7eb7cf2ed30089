"""Timing the PDF of a quote (aim: 300 ms). ``python -m bench.quote_pdf [--lines 20] [--number 50]`` needs no database.

The first one reads template and fonts; every later one of the process is what a worker or web process takes.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from datetime import UTC, datetime
from typing import Any


def main() -> None:
    """Time as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--number", type=int, default=50)
    given = parser.parse_args()
    from ponte.cli.surroundings import start_django

    start_django()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = [timed(given.lines, turn) for turn in range(given.number)]
    rest = sorted(took[1:])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"first {took[0]:.0f} ms, median {statistics.median(rest):.0f} ms, p95 {rest[int(len(rest) * 0.95)]:.0f} ms"
    )
    print(f"{given.lines} lines, {given.number} times; memory grew by {grown:.0f} MB")


def timed(lines: int, turn: int) -> float:
    """Return the milliseconds of one PDF, words and figures included; each turn has another number."""
    from ponte.sales.documents.printing import printed_quote
    from ponte.sales.documents.typesetting import typeset

    start = time.perf_counter()
    typeset("quote.typ", printed_quote(content(lines, turn)), at=datetime.now(UTC))
    return (time.perf_counter() - start) * 1000


def content(lines: int, turn: int) -> dict[str, Any]:
    """Return a quote's content as it is sealed."""
    line = {
        "description": "Café especial 250 g", "details": "Torra média, moído na hora", "bundle": "", "billing": "one_off",
        "quantity": "12", "unit_price": "32.90", "discount_kind": "percent", "discount": "5.00", "tax_rate": "0",
        "total": "375.06", "tax": "0.00", "is_optional": False, "is_chosen": True,
    }  # fmt: skip
    return {
        "kind": "quote", "number": str(turn), "edition": 1, "title": "Fornecimento", "language": "pt-br",
        "issued_on": "2026-11-26", "valid_until": "2026-12-11", "currency": "BRL", "colour": "#0c3b38",
        "business": {"name": "Serra Azul", "cnpj": "11222333000181", "address": "Rua das Palmeiras, 120",
                     "phone": "(11) 3333-4444", "email": "vendas@demo.example", "site": ""},
        "customer": {"name": "Ana Souza", "document": "", "email": "ana@demo.example", "phone": "+5511912345678", "city": ""},
        "salesperson": {"name": "Rafael Nunes"}, "intro": "Ana,\n\nsegue a proposta.", "notes": "", "payment_terms": "30 dias",
        "tax_note": "", "terms": "Entrega em dez dias.", "footer": "", "blocks": ["intro", "items", "totals", "payment", "terms"],
        "shows_discounts": True, "shows_details": True, "deposit": {"kind": "percent", "value": "30"},
        "lines": [{**line, "id": str(number)} for number in range(lines)],
    }  # fmt: skip


if __name__ == "__main__":
    main()

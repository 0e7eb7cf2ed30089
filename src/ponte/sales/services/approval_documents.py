"""How the kinds of documents that are approved are locked, saved and read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ponte.sales.discounts import fingerprint
from ponte.sales.models.approval import ApprovalKind, ApprovalRequest
from ponte.sales.models.quote import Quote
from ponte.sales.services.contract_reading import text_fingerprint
from ponte.sales.services.contracts import lock_contract, save_contract
from ponte.sales.services.quotes import lock_quote, save_quote


@dataclass(frozen=True, slots=True)
class Handling:
    """Of one kind: ``lock`` takes an id (``deleted``: from the bin) and raises ``Missing``; ``save`` makes its next version; ``reads`` is the fingerprint as it is now."""

    lock: Callable[..., Any]
    save: Callable[[Any], None]
    reads: Callable[[Any], str]


def _figures(quote: Quote) -> str:
    return fingerprint(quote, list(quote.lines.order_by("position", "id")))


HANDLING = {
    ApprovalKind.QUOTE: Handling(lock_quote, save_quote, _figures),
    ApprovalKind.CONTRACT: Handling(lock_contract, save_contract, text_fingerprint),
}


def handling_of(approval: ApprovalRequest) -> Handling:
    """Return how the document of a request is handled."""
    return HANDLING[approval.kind]

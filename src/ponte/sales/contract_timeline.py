"""How contracts look on a customer's timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.sales.models.contract import Contract
from ponte.timeline.kinds import Kind, register_kind
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import InteractionData

SOURCE = "contracts"
TEMPLATE = "sales/timeline/_contract.html"


def _kind(key: str, label: Any, icon: str, tone: str, order: int, *, contact: bool = False) -> Kind:
    return register_kind(
        Kind(key, label, icon, tone, TEMPLATE, department="sales", counts_as_contact=contact, order=order)
    )


SENT = _kind("contract_sent", _("Contract sent to be signed"), "send", "blue", 80, contact=True)
VIEWED = _kind("contract_viewed", _("Contract opened by a signer"), "eye", "purple", 81)
SIGNED_BY = _kind(
    "contract_signed_by", _("Contract signed by one of the signers"), "writing", "blue", 82, contact=True
)
SIGNED = _kind("contract_signed", _("Contract signed by all"), "circle-check", "green", 83, contact=True)
DECLINED = _kind("contract_declined", _("Contract declined"), "circle-x", "red", 84, contact=True)
CANCELLED = _kind("contract_cancelled", _("Contract cancelled"), "arrow-back-up", "neutral", 85)
ENDED = _kind("contract_ended", _("Contract ended"), "circle-dashed", "neutral", 86)
RENEWED = _kind("contract_renewed", _("Contract renewed"), "refresh", "green", 87)
READJUSTED = _kind("contract_readjusted", _("Contract readjusted"), "trending-up", "blue", 88)


def write(
    actor: Actor,
    contract: Contract,
    kind: Kind,
    *,
    key: str,
    at: datetime | None = None,
    note: str = "",
    amount: str = "",
) -> None:
    """Write one entry, once for each ``key``."""
    data = {
        "contract_id": str(contract.id), "number": contract.number, "currency": contract.currency, "note": note[:300],
    }  # fmt: skip
    if amount:
        data["amount"] = amount
    entry = InteractionData(
        party_id=contract.party_id,
        kind=kind.key,
        occurred_at=min(at or timezone.now(), timezone.now()),
        body=f"{contract.number} {contract.title}",
        data=data,
        source=SOURCE,
        external_key=f"{kind.key}:{key}",
    )
    bulk_record(actor=actor, items=[entry], source=SOURCE)

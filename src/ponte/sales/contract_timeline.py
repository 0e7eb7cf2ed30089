"""How contracts look on a customer's timeline."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from ponte.sales.document_timeline import kinds_of, write_entry

_kind = kinds_of("sales/timeline/_contract.html")
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
COMMENTED = _kind("contract_commented", _("Comment on a contract"), "message-2", "blue", 89, contact=True)
write = partial(write_entry, source="contracts", link="contract_id")

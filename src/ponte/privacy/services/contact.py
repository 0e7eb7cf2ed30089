"""``may_contact``: what every sender asks before it sends anything to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.directory.models import Party
from ponte.privacy.decision import Decision
from ponte.privacy.models import ContactRefusal
from ponte.privacy.selectors.decisions import decide
from ponte.privacy.selectors.many import decide_many

MOST_AT_ONCE = 10_000


def may_contact(
    *,
    actor: Actor,
    party: Party | UUID,
    purpose: str,
    channel: str,
    sender: str,
    address: str | None = None,
) -> Decision:
    """Decide whether a customer may be contacted now; a refusal is logged.

    Every sender asks this right before it sends, and sends to ``decision.address``. It takes no permission from
    anything else: neither an import nor a list makes a contact lawful.

    Args:
        actor: who wants to send.
        party: the customer or their id.
        purpose: for what, by key ("marketing").
        channel: "email", "whatsapp", "sms", "phone" or "mail".
        sender: what asks, for the log ("campaign Natal", "API").
        address: at which address; None: at the best there is.

    Raises:
        Invalid: the sender doesn't say what it is.
    """
    if not sender.strip():
        raise Invalid.on("sender", "required", _("Say what wants to send."))
    party_id = party.id if isinstance(party, Party) else party
    decision = decide(party_id=party_id, purpose=purpose, channel=channel, address=address)
    if not decision:
        log_refusals(actor=actor, decisions=[decision], sender=sender, asked_address=address or "")
    return decision


def may_contact_many(
    *, actor: Actor, party_ids: Sequence[UUID], purpose: str, channel: str, sender: str
) -> list[Decision]:
    """``may_contact`` for a chunk of customers, at most 10,000, in three statements; refusals are logged."""
    if len(party_ids) > MOST_AT_ONCE:
        raise ValueError(f"at most {MOST_AT_ONCE} customers at once")
    decisions = decide_many(party_ids=party_ids, purpose=purpose, channel=channel)
    log_refusals(actor=actor, decisions=[one for one in decisions if not one], sender=sender)
    return decisions


def log_refusals(
    *, actor: Actor, decisions: Sequence[Decision], sender: str, asked_address: str = ""
) -> None:
    """Write down refused contacts; customers that don't exist (any more) are logged without a customer."""
    ids = {one.party_id for one in decisions if one.party_id}
    known = set(Party.objects.filter(id__in=ids).values_list("id", flat=True)) if ids else set()
    ContactRefusal.objects.bulk_create(
        ContactRefusal(
            party_id=one.party_id if one.party_id in known else None,
            purpose=one.purpose[:40],
            channel=one.channel[:10],
            address=(one.address or asked_address)[:254],
            reason=one.verdict,
            sender=sender.strip()[:160],
            member=actor.member,
            actor_label=actor.label[:240],
        )
        for one in decisions
    )

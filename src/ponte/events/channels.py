"""What comes in through channels (e-mail, WhatsApp, chat). Ids are text; ``party_id`` is the customer who wrote.

Whoever brings a channel publishes these; until then the product publishes them when somebody says that a customer answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MessageReceived(DomainEvent):
    """A customer wrote or called. ``interaction_id`` is its entry on the timeline, empty where there is none."""

    name: ClassVar[str] = "channels.message_received"
    party_id: str
    channel: str
    received_at: str
    interaction_id: str = ""

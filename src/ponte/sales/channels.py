"""What the steps of a cadence go through: mail that is sent, and contacts that become a person's task.

A channel without a sender, or whose sender isn't ready, makes a task with the text written out. Whoever brings a real channel
(WhatsApp, say) plugs its sender in: ``plug_sender("whatsapp", StepSender(...))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.workplace.registry import Registry


class NotSent(Exception):
    """The message did not go out, that is certain. ``permanent``: trying again is of no use."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(reason)


@dataclass(frozen=True)
class Message:
    """A message ready to be sent.

    Attributes:
        key: the same for every attempt at one message; a channel that can, hands it on so that none arrives twice.
        address: where privacy allowed it to go.
        unsubscribe_url: the customer's preference page; "" for purposes that can't be declined.
    """

    key: str
    party_id: UUID
    address: str
    subject: str
    body: str
    sender: Member
    unsubscribe_url: str = ""


@dataclass(frozen=True)
class StepSender:
    """How a channel sends.

    ``is_ready`` is asked before each step. ``send`` returns once the message is accepted; it raises ``NotSent`` when it is certain
    that it wasn't. Any other exception leaves it open whether it was, and such a message is not sent again.
    """

    is_ready: Callable[[], bool]
    send: Callable[[Message], None]


@dataclass(frozen=True)
class StepChannel:
    """A way a step goes.

    Attributes:
        contact: the channel of privacy's that ``may_contact`` is asked about; "" for work that contacts nobody.
        task_kind: the kind of task a step becomes that nothing sends.
        kind: the interaction kind of a message that was sent.
        has_subject: whether it has a line of its own before the text; for tasks that is the title.
    """

    key: str
    label: str | Promise
    icon: str
    contact: str
    task_kind: str
    kind: str = "message"
    sender: StepSender | None = None
    order: int = 100

    @property
    def sends(self) -> bool:
        """Whether a step goes out by itself now."""
        return self.sender is not None and self.sender.is_ready()


step_channels: Registry[StepChannel] = Registry()
_plugged: dict[str, StepSender] = {}


def register_step_channel(channel: StepChannel) -> None:
    """Add a channel that steps of cadences can go through."""
    step_channels.register(channel)


def plug_sender(key: str, sender: StepSender) -> None:
    """Let a channel that has made tasks so far send by itself."""
    _plugged[key] = sender


def channel_of(key: str) -> StepChannel:
    """Return the channel of a key; one nobody brings any more is plain work for a person."""
    found = step_channels.get(key) or TASK
    return replace(found, sender=_plugged[key]) if key in _plugged else found


def list_channels() -> list[StepChannel]:
    """Return every channel in order, with what is plugged in."""
    return [channel_of(one.key) for one in step_channels]


TASK = StepChannel("task", _("Task"), "checkbox", "", "todo", order=30)
CALL = StepChannel("call", _("Call"), "phone", "phone", "call", order=20)
WHATSAPP = StepChannel("whatsapp", "WhatsApp", "brand-whatsapp", "whatsapp", "message", order=40)

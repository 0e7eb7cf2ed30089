"""Invitations by e-mail to people outside, as calendar files their programs understand."""

from typing import Literal

from ponte.timeline.models import Meeting


def mail_invitees(meeting: Meeting, what: Literal["planned", "moved", "cancelled"]) -> None:
    """Send invitation, update or cancellation to invitees who are not members."""

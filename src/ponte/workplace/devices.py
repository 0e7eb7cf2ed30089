"""What a member allows on the phones and computers they use."""

from __future__ import annotations

from ponte.core.models import Member

NAMES_ON_DEVICE = "names_on_device"  # key of Member.preferences


def keeps_names(member: Member) -> bool:
    """Return whether names of customers seen lately may be kept on the device, for a search without a network."""
    return bool(member.preferences.get(NAMES_ON_DEVICE, True))

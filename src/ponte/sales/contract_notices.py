"""Kinds of notices about contracts, which people may silence."""

APPROVAL = "contract.approval"
ANSWERED = "contract.answered"
COMMENTED = "contract.commented"
OPENED = "contract.viewed"

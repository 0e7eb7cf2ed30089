"""How consent follows when customers are merged."""

from __future__ import annotations

from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal
from ponte.privacy.models import ConsentRecord, ContactRefusal, Permission

STATE = ("status", "basis", "since", "expires_at", "record_id")


def move_consents(journal: Journal) -> None:
    """Move the loser's history and refusals; where both said something, the later word is the survivor's.

    Suppressions hang on addresses and need no moving. A link to the loser's preference page leads to the survivor.
    """
    if not journal.is_late:
        _take_later_words(journal)
    journal.move(ConsentRecord, "party")
    journal.move(Permission, "party", unique=["purpose", "channel"])
    journal.move(ContactRefusal, "party")


def _take_later_words(journal: Journal) -> None:
    rows = Permission.objects.filter(party_id__in=(journal.survivor_id, journal.loser_id))
    said = {(row.party_id, row.purpose, row.channel): row for row in rows}
    for (party_id, purpose, channel), theirs in said.items():
        own = said.get((journal.survivor_id, purpose, channel))
        if party_id == journal.loser_id and own is not None and theirs.since > own.since:
            journal.change(own, {name: getattr(theirs, name) for name in STATE})


MOVER = Mover("privacy", move_consents, order=15)

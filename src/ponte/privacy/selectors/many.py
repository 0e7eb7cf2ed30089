"""Whether many customers may be contacted, in one statement. The rules are those of ``decisions``; a property test
compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from ponte.privacy.addresses import SQL_KEPT_FORM
from ponte.privacy.decision import Decision
from ponte.privacy.models import FINAL_REASONS, ContactChannel, Verdict
from ponte.privacy.purposes import PurposeInfo, get_purpose
from ponte.privacy.selectors.decisions import ADDRESS_VERDICTS

_KEPT = SQL_KEPT_FORM.format("c.stored")
_EMAILS = "SELECT id, party_id, address AS stored, is_primary, validity, opted_out_at, NULL::boolean AS has_whatsapp FROM directory_partyemail"
_PHONES = "SELECT id, party_id, number AS stored, is_primary, validity, opted_out_at, has_whatsapp FROM directory_partyphone"

# asked → who exists; addresses → each with the rank of what stands against it; best → the one to use
_DECIDE = """
WITH asked AS (
  SELECT id, place FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS given (id, place)
), addresses AS (
  SELECT c.party_id, c.stored, c.is_primary, c.id,
    LEAST(
      min(CASE s.reason WHEN 'blocked' THEN 0 WHEN 'bounce' THEN 1 WHEN 'complaint' THEN 4 WHEN 'opt_out' THEN 5 END),
      CASE WHEN c.validity = 'invalid' THEN 2 END,
      CASE WHEN %(channel)s = 'whatsapp' AND c.has_whatsapp IS FALSE THEN 3 END,
      CASE WHEN c.opted_out_at IS NOT NULL AND NOT %(essential)s THEN 5 END
    ) AS rank
  FROM ({contacts} WHERE party_id = ANY(%(ids)s::uuid[])) AS c
  LEFT JOIN privacy_suppression AS s
    ON s.address = {kept} AND s.lifted_at IS NULL AND s.channel IN ('', %(channel)s)
    AND (NOT %(essential)s OR s.reason = ANY(%(final)s))
  GROUP BY c.party_id, c.stored, c.is_primary, c.id, c.validity, c.has_whatsapp, c.opted_out_at
), best AS (
  SELECT DISTINCT ON (party_id) party_id, stored, rank FROM addresses
  ORDER BY party_id, (rank IS NOT NULL), is_primary DESC, id
)
SELECT asked.id, p.id IS NOT NULL AS exists, m.status, m.basis, m.since, m.expires_at <= %(at)s AS ended,
  b.stored, b.rank
FROM asked
LEFT JOIN directory_party AS p ON p.id = asked.id AND p.deleted_at IS NULL
LEFT JOIN privacy_permission AS m
  ON m.party_id = asked.id AND m.purpose = %(purpose)s AND m.channel = %(channel)s AND NOT %(essential)s
LEFT JOIN best AS b ON b.party_id = asked.id
ORDER BY asked.place
"""


def decide_many(
    *, party_ids: Sequence[UUID], purpose: str, channel: str, at: datetime | None = None
) -> list[Decision]:
    """Return one decision per customer asked about, in that order; see ``decisions.decide``. One statement.

    Meant for chunks of some thousand customers.
    """
    info = get_purpose(purpose)
    if info is None or not info.is_active:
        return [Decision(one, purpose, channel, Verdict.NO_PURPOSE) for one in party_ids]
    if channel not in info.channels:
        return [Decision(one, purpose, channel, Verdict.NO_CHANNEL) for one in party_ids]
    contacts = _EMAILS if channel == ContactChannel.EMAIL else _PHONES
    with connection.cursor() as cursor:
        cursor.execute(
            _DECIDE.format(contacts=contacts, kept=_KEPT),
            {
                "ids": list(party_ids),
                "purpose": info.key,
                "channel": channel,
                "essential": info.is_essential,
                "final": [str(reason) for reason in FINAL_REASONS],
                "at": at or timezone.now(),
            },
        )
        return [_decision(info, channel, row) for row in cursor.fetchall()]


def _decision(info: PurposeInfo, channel: str, row: tuple[object, ...]) -> Decision:
    party_id, exists, status, basis, since, ended, stored, rank = row
    verdict = _word(info, bool(exists), status, bool(ended))
    if verdict == Verdict.NO_CUSTOMER:
        return Decision(party_id, info.key, channel, verdict)  # type: ignore[arg-type]
    if verdict != Verdict.ALLOWED:
        return Decision(party_id, info.key, channel, verdict, since=since)  # type: ignore[arg-type]
    address = ""
    if channel != ContactChannel.MAIL:
        address = str(stored or "")
        if stored is None:
            verdict = Verdict.NO_ADDRESS
        elif isinstance(rank, int):
            verdict = ADDRESS_VERDICTS[rank]
    allowed = verdict == Verdict.ALLOWED
    rests_on = str(basis or info.basis) if allowed else ""
    return Decision(party_id, info.key, channel, verdict, address, rests_on, since if allowed else None)  # type: ignore[arg-type]


def _word(info: PurposeInfo, exists: bool, status: object, ended: bool) -> str:
    if not exists:
        return Verdict.NO_CUSTOMER
    if status is None:
        return Verdict.NO_CONSENT if info.needs_consent else Verdict.ALLOWED
    if status != "granted":
        return str(status)
    return Verdict.EXPIRED if ended else Verdict.ALLOWED

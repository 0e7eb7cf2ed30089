"""Which notices a member wants, by which way, and when not to be disturbed. Kept in ``Member.preferences``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ponte.core.models import Member
from ponte.core.services.members import set_member_preference
from ponte.core.tenancy.scope import current_workspace

WAYS = ("app", "mail", "push")
NOTICES = "notices"  # {kind: {way: bool}}; what isn't named is wanted
MUTED = "muted_notices"  # list of kinds silenced before there were ways
DIGEST = "digest"  # whether the daily e-mail is wanted (default: yes)
QUIET = "quiet_hours"  # {"from": "20:00", "until": "08:00", "weekends": bool}
SATURDAY = 5


def wants(member: Member, kind: str, way: str) -> bool:
    """Return whether the member wants notices of ``kind`` by ``way`` ("app", "mail", "push")."""
    chosen = member.preferences.get(NOTICES, {}).get(kind)
    if chosen is None:
        return kind not in member.preferences.get(MUTED, ())
    return bool(chosen.get(way, True))


def choose_notices(
    *,
    member: Member,
    wanted: Mapping[str, Mapping[str, bool]],
    digest: bool,
    quiet: Mapping[str, object] | None,
) -> None:
    """Keep what a member wants, kind by kind and way by way; ``quiet`` as in ``QUIET``, None for never."""
    set_member_preference(
        member=member, key=NOTICES, value={kind: dict(ways) for kind, ways in wanted.items()}
    )
    set_member_preference(member=member, key=MUTED, value=[])
    set_member_preference(member=member, key=DIGEST, value=digest)
    set_member_preference(member=member, key=QUIET, value=dict(quiet) if quiet else None)


def quiet_until(member: Member, now: datetime) -> datetime | None:
    """Return when the member may be disturbed again; None when that is now.

    Hours are those of the workspace's time zone; from 20:00 until 08:00 goes over midnight. A free weekend lasts until
    Monday's first hour outside the quiet ones.
    """
    quiet = member.preferences.get(QUIET)
    if not quiet:
        return None
    local = now.astimezone(ZoneInfo(current_workspace().timezone))
    moment = local
    for _step in range(4):  # a night, then a weekend, then its last night
        later = _after_night(moment, quiet) or _after_weekend(moment, quiet)
        if later is None:
            break
        moment = later
    return moment if moment > local else None


def _after_night(moment: datetime, quiet: Mapping[str, object]) -> datetime | None:
    start, end = _time(quiet.get("from")), _time(quiet.get("until"))
    if start is None or end is None or start == end:
        return None
    at = moment.time()
    inside = start <= at < end if start < end else (at >= start or at < end)
    if not inside:
        return None
    day = moment.date() + timedelta(days=1 if start > end and at >= start else 0)
    return datetime.combine(day, end, moment.tzinfo)


def _after_weekend(moment: datetime, quiet: Mapping[str, object]) -> datetime | None:
    if not quiet.get("weekends") or moment.weekday() < SATURDAY:
        return None
    monday = moment.date() + timedelta(days=7 - moment.weekday())
    return datetime.combine(monday, time(), moment.tzinfo)


def _time(text: object) -> time | None:
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        return None

"""Keeping the quality of customers' data: its rules, each record's score and problems, a snapshot a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.ids import uuid7
from ponte.core.jobs import enqueue
from ponte.core.models import BackgroundRun
from ponte.core.services.audit import diff, record
from ponte.core.services.runs import advance_run, finish_run, start_run
from ponte.directory.models import Party, PartyQuality, QualityDismissal, QualityRules, QualitySnapshot, Stage
from ponte.directory.quality import COUNTED, DISPOSABLE, FIELDS, FLAWS, LABELS, ROLES
from ponte.directory.selectors.quality import missing_fields, quality_rules
from ponte.directory.services.parties import lock_party
from ponte.directory.services.standardising import find_suggestions
from ponte.directory.standards.emails import TYPOS
from ponte.directory.standards.rules import BY_KEY

CHUNK = 5000
KIND = "directory.quality"
STALE_AFTER = timedelta(hours=2)
ENFORCED = ("member", "token")


def _score() -> str:
    got = " + ".join(
        f"CASE WHEN p.kind = ANY(ARRAY[{', '.join(repr(k) for k in field.kinds)}]) AND ({field.sql})"
        f" AND {field.worth} THEN {field.weight} ELSE 0 END"
        for field in COUNTED
    )
    most = " + ".join(
        f"CASE WHEN p.kind = ANY(ARRAY[{', '.join(repr(k) for k in field.kinds)}]) THEN {field.weight} ELSE 0 END"
        for field in COUNTED
    )
    return f"round(100.0 * ({got}) / ({most}))"


def _problems() -> str:
    found = ", ".join(
        f"CASE WHEN ({flaw.sql}) AND NOT EXISTS (SELECT 1 FROM directory_qualitydismissal AS d WHERE d.party_id = p.id"
        f" AND d.problem = '{flaw.key}' AND d.mark = md5({flaw.mark})) THEN '{flaw.key}' END"
        for flaw in FLAWS
    )
    return f"array_remove(ARRAY[{found}]::varchar[], NULL)"


_REFRESH = f"""
INSERT INTO directory_partyquality AS q (party_id, score, problems, checked_at)
SELECT p.id, {_score()}, {_problems()}, %(now)s
FROM directory_party AS p
JOIN directory_partyfacts AS f ON f.party_id = p.id
LEFT JOIN directory_person AS n ON n.party_id = p.id
LEFT JOIN directory_company AS c ON c.party_id = p.id
WHERE p.id = ANY(%(ids)s) AND p.deleted_at IS NULL
ORDER BY p.id
ON CONFLICT (party_id) DO UPDATE
SET score = excluded.score, problems = excluded.problems, checked_at = excluded.checked_at
"""
# lists sort by the figure; written only where it differs, so that a night leaves most rows alone
_COPY = """
UPDATE directory_partyfacts AS f SET quality = q.score FROM directory_partyquality AS q
WHERE q.party_id = f.party_id AND f.party_id = ANY(%(ids)s) AND f.quality <> q.score
"""


def refresh_quality(party_ids: Iterable[UUID]) -> int:
    """Compute score and problems of customers anew, in two statements; returns how many there were."""
    ids = list(party_ids)
    if not ids:
        return 0
    now = timezone.now()
    values: dict[str, Any] = {
        "ids": ids,
        "now": now,
        "stale": now - timedelta(days=quality_rules().stale_days),
        "disposable": list(DISPOSABLE),
        "roles": list(ROLES),
        "typos": list(TYPOS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, values)
        count = int(cursor.rowcount)
        cursor.execute(_COPY, {"ids": ids})
        return count


def refresh_after(after: UUID | None) -> UUID | None:
    """Refresh the next chunk of customers in the order of their ids, suggestions too; returns the last one's, None at the end."""
    rows = Party.objects.filter(deleted_at=None).order_by("id")
    ids = list((rows.filter(id__gt=after) if after else rows).values_list("id", flat=True)[:CHUNK])
    refresh_quality(ids)
    find_suggestions(ids)
    return ids[-1] if len(ids) == CHUNK else None


_SNAPSHOT = """
SELECT count(*), count(*) FILTER (WHERE cardinality(q.problems) > 0), coalesce(avg(q.score), 0)
FROM directory_partyquality AS q JOIN directory_party AS p ON p.id = q.party_id WHERE p.deleted_at IS NULL
"""
_COUNTS = """
SELECT problem, count(*) FROM directory_partyquality AS q JOIN directory_party AS p ON p.id = q.party_id,
  unnest(q.problems) AS problem
WHERE p.deleted_at IS NULL GROUP BY problem
"""


def take_snapshot() -> QualitySnapshot:
    """Keep today's state of the whole workspace; a second one of the day replaces the first."""
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT)
        customers, wrong, average = cursor.fetchone()
        cursor.execute(_COUNTS)
        counts = dict(cursor.fetchall())
    values = {
        "customers": customers,
        "with_problems": wrong,
        "average": Decimal(average).quantize(Decimal("0.01")),
        "counts": counts,
    }
    row, _created = QualitySnapshot.objects.update_or_create(day=timezone.localdate(), defaults=values)
    return row


def check_required(*, actor: Actor, party_ids: Sequence[UUID], stage: str) -> None:
    """Refuse to move customers to a stage that asks for fields they lack.

    Only people and programs are held to it: what follows from an event (a paid order) has happened, and stays.

    Raises:
        Invalid: a field is missing; the message names all of them.
    """
    required = quality_rules().required.get(stage) or []
    if actor.kind not in ENFORCED or not required:
        return
    lacking = missing_fields(party_ids, required)
    if not lacking:
        return
    keys = [key for key in FIELDS if any(key in missing for missing in lacking.values())]
    names = ", ".join(str(FIELDS[key].label) for key in keys)
    if len(party_ids) == 1:
        message = _("Fill in first, this stage asks for it: %(fields)s.") % {"fields": names}
    else:
        message = _("%(count)d of these customers lack what this stage asks for: %(fields)s.") % {
            "count": len(lacking),
            "fields": names,
        }
    raise Invalid.on("stage", "incomplete", message)


def save_rules(
    *,
    actor: Actor,
    required: Mapping[str, Sequence[str]],
    stale_days: int,
    minute_cost: Decimal | None = None,
    minutes_each: int | None = None,
    switched_off: Sequence[str] = (),
    check_domains: bool = False,
    version: int | None = None,
) -> QualityRules:
    """Change the rules. Switching the check of e-mail domains off forgets what DNS said. Raises ``Invalid`` on the field, ``Conflict`` when somebody changed them since ``version``."""
    for stage, keys in required.items():
        if stage not in Stage.values or any(key not in FIELDS for key in keys):
            raise Invalid.on("required", "invalid_choice", _("Choose among the stages and fields offered."))
    if any(key not in BY_KEY for key in switched_off):
        raise Invalid.on("switched_off", "invalid_choice", _("Choose among the rules offered."))
    if not 1 <= stale_days <= 3650:
        raise Invalid.on("stale_days", "range", _("Give between 1 and 3,650 days."))
    row = QualityRules.objects.select_for_update().first()
    if row is not None:
        check_version(row, version)
    values: dict[str, Any] = {
        "required": {
            stage: [key for key in FIELDS if key in keys] for stage, keys in required.items() if keys
        },
        "stale_days": stale_days,
        "minute_cost": minute_cost,
        "minutes_each": minutes_each,
        "switched_off": [key for key in BY_KEY if key in switched_off],
        "check_domains": check_domains,
    }
    before = {name: getattr(row, name) for name in values} if row else {}
    if check_domains != bool(before.get("check_domains")):
        enqueue("directory.gather_domains" if check_domains else "directory.forget_domains")
    if row is None:
        row = QualityRules()
    else:
        row.version += 1
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    record(actor=actor, act="quality_rules.updated", target=row, changes=diff(before, values))
    return row


_DISMISS = """
INSERT INTO directory_qualitydismissal (id, created_at, updated_at, party_id, problem, mark, member_id)
SELECT %(id)s, %(now)s, %(now)s, p.id, %(problem)s, md5({mark}), %(member)s
FROM directory_party AS p JOIN directory_partyfacts AS f ON f.party_id = p.id WHERE p.id = %(party)s
ON CONFLICT (party_id, problem) DO UPDATE SET mark = excluded.mark, member_id = excluded.member_id, updated_at = excluded.updated_at
"""


def call_right(*, actor: Actor, party_id: UUID, problem: str) -> None:
    """Note that what looks like a problem is right: it counts no more until the text it is about changes.

    Raises:
        Invalid: there is no such problem.
    """
    flaw = LABELS.get(problem)
    if flaw is None:
        raise Invalid.on("problem", "invalid_choice", _("Choose among the problems there are."))
    party = lock_party(party_id)
    values: dict[str, Any] = {
        "id": uuid7(),
        "now": timezone.now(),
        "problem": problem,
        "party": party.id,
        "member": actor.member_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DISMISS.format(mark=flaw.mark), values)
    record(actor=actor, act="customer.called_right", target=party, object_type="customer",
           changes={"problem": (problem, "")}, subject_id=party.id)  # fmt: skip
    refresh_quality([party.id])


def take_right_back(*, actor: Actor, party_id: UUID, problem: str) -> None:
    """Let a problem count again."""
    if QualityDismissal.objects.filter(party_id=party_id, problem=problem).delete()[0]:
        party = lock_party(party_id)
        record(actor=actor, act="customer.called_wrong", target=party, object_type="customer",
               changes={"problem": ("", problem)}, subject_id=party.id)  # fmt: skip
    refresh_quality([party_id])


def quality_of(party_id: UUID) -> PartyQuality | None:
    """Return score and problems of a customer as they are now; computed anew, so that what is shown is true."""
    refresh_quality([party_id])
    return PartyQuality.objects.filter(party_id=party_id).first()


def start_counting(*, actor: Actor) -> BackgroundRun:
    """Let all records be looked through now; a count that is on already is returned instead."""
    current = counting_run()
    if current is not None:
        return current
    title = _("Looking through all records")
    run = start_run(
        kind=KIND, title=title, member=actor.member, total=Party.objects.filter(deleted_at=None).count()
    )
    enqueue("directory.check_quality_on", run_id=str(run.id))
    return run


def counting_run() -> BackgroundRun | None:
    """Return the count that is on, if any."""
    running = (BackgroundRun.State.QUEUED, BackgroundRun.State.RUNNING)
    since = timezone.now() - STALE_AFTER
    return BackgroundRun.objects.filter(kind=KIND, state__in=running, updated_at__gt=since).first()


def note_counted(run_id: UUID, *, finished: bool) -> None:
    """Note that another chunk was looked through."""
    run = BackgroundRun.objects.filter(id=run_id).first()
    if run is None:
        return
    if finished:
        finish_run(run)
    else:
        advance_run(run, done=min(run.done + CHUNK, run.total or run.done + CHUNK))

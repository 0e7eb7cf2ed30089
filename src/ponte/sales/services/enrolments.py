"""Putting customers into cadences, and holding, resuming and ending that by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.business_time import load_business_calendar
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, Invalid
from ponte.core.jobs import enqueue
from ponte.core.models import Member
from ponte.core.services.audit import record as audit
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.events.sales_cadences import CustomersEnrolled, EnrolmentsChanged
from ponte.sales.cadence_policies import enrollable, may_enrol
from ponte.sales.cadence_timing import moment_after
from ponte.sales.models import (
    OPEN_STATES,
    Cadence,
    EndReason,
    Enrolment,
    EnrolmentState,
    RunState,
)
from ponte.sales.services.cadence_ends import end_enrolments
from ponte.sales.services.cadences import live_steps

MOST_AT_ONCE = 2_000
SEND_JOB = "sales.send_step"


@dataclass(frozen=True)
class Enrolled:
    """What came of enrolling: new enrolments, customers who are in the cadence already, and those out of reach."""

    enrolments: list[Enrolment]
    already: list[UUID]
    unreachable: list[UUID]


@transaction.atomic
def enrol_customers(
    *,
    actor: Actor,
    cadence: Cadence,
    party_ids: Sequence[UUID],
    sender_id: UUID | None = None,
    opportunity_id: UUID | None = None,
    lead_id: UUID | None = None,
    about: Mapping[UUID, Mapping[str, UUID]] | None = None,
) -> Enrolled:
    """Begin a cadence for up to 2,000 customers; those in it already stay where they are.

    Args:
        sender_id: in whose name it goes out; None: each customer's owner, or the acting member where they have none.
        opportunity_id, lead_id: what it is about, for a single customer; its stage may stop the cadence.
        about: the same for several: by customer, ``{"lead_id": …}`` or ``{"opportunity_id": …}``.

    Raises:
        Invalid: the cadence is a draft or archived, has no steps, or the sender isn't an active colleague.
        Denied: no right to.
    """
    if actor.member is not None and not may_enrol(actor.member):
        raise Denied("cadence", "enrol")
    ids = list(dict.fromkeys(party_ids))
    if len(ids) > MOST_AT_ONCE:
        raise Invalid.on("party_ids", "too_many", _("At most 2,000 customers at once."))
    row = Cadence.objects.select_for_update(of=("self",), no_key=True).get(id=cadence.id)
    steps = live_steps(row.id)
    if not row.is_open:
        raise Invalid.on("cadence_id", "not_active", _("Activate the cadence first."))
    if not steps:
        raise Invalid.on("cadence_id", "no_steps", _("The cadence has no steps."))
    if sender_id is not None and not Member.objects.filter(id=sender_id, is_active=True).exists():
        raise Invalid.on("sender_id", "missing", _("There is no such colleague."))
    reach = enrollable(actor, ids)
    inside = set(
        Enrolment.objects.filter(cadence=row, party_id__in=reach, state__in=OPEN_STATES).values_list(
            "party_id", flat=True
        )
    )
    fresh = [one for one in ids if one in reach and one not in inside]
    due = moment_after(load_business_calendar(), timezone.now(), steps[0])
    senders = _senders(fresh, sender_id, actor)
    made = Enrolment.objects.bulk_create(
        [
            Enrolment(
                cadence=row,
                party_id=party_id,
                **{"opportunity_id": opportunity_id, "lead_id": lead_id, **(about or {}).get(party_id, {})},
                sender_id=senders[party_id],
                enrolled_by=actor.member,
                next_step=steps[0],
                next_at=due,
            )
            for party_id in fresh
        ]
    )
    if made:
        _tell_enrolled(actor, row, made)
    return Enrolled(made, [one for one in ids if one in inside], [one for one in ids if one not in reach])


def _senders(party_ids: Sequence[UUID], sender_id: UUID | None, actor: Actor) -> dict[UUID, UUID | None]:
    if sender_id is not None:
        return dict.fromkeys(party_ids, sender_id)
    owners = Party.objects.filter(id__in=party_ids, owner__is_active=True).values_list("id", "owner_id")
    found: dict[UUID, UUID | None] = dict.fromkeys(party_ids, actor.member_id)
    found.update(owners)
    return found


def _tell_enrolled(actor: Actor, row: Cadence, made: Sequence[Enrolment]) -> None:
    ids, parties = [one.id for one in made], [str(one.party_id) for one in made]
    if len(made) == 1:
        audit(
            actor=actor,
            act="enrolment.started",
            target=made[0],
            changes={"cadence": (None, row.name)},
            subject_id=made[0].party_id,
        )
    else:
        record_bulk(
            actor=actor,
            act="enrolment.started",
            object_type="enrolment",
            ids=ids,
            summary={"cadence": str(row.id), "count": len(ids)},
        )
    publish(
        CustomersEnrolled(cadence_id=str(row.id), party_ids=parties, enrolment_ids=[str(one) for one in ids]),
        actor=actor,
    )


@transaction.atomic
def pause_enrolments(*, actor: Actor, enrolment_ids: Sequence[UUID]) -> list[UUID]:
    """Hold enrolments where they stand; those not under way are left alone. Returns which."""
    rows = list(
        Enrolment.objects.select_for_update(of=("self",))
        .filter(id__in=enrolment_ids, state=EnrolmentState.ACTIVE)
        .order_by("id")
    )
    _set_state(actor, rows, EnrolmentState.PAUSED, "enrolment.paused")
    return [row.id for row in rows]


@transaction.atomic
def resume_enrolments(
    *, actor: Actor, enrolment_ids: Sequence[UUID], sender_id: UUID | None = None
) -> list[UUID]:
    """Let paused enrolments go on; what was due meanwhile comes at the next working hour. Returns which.

    Args:
        sender_id: in whose name from now on; None: as before.
    """
    if sender_id is not None and not Member.objects.filter(id=sender_id, is_active=True).exists():
        raise Invalid.on("sender_id", "missing", _("There is no such colleague."))
    rows = list(
        Enrolment.objects.select_for_update(of=("self",))
        .filter(id__in=enrolment_ids, state=EnrolmentState.PAUSED)
        .order_by("id")
    )
    for row in rows:
        row.reason = ""
        row.sender_id = sender_id or row.sender_id
        if row.next_step_id is not None:
            row.next_at = max(row.next_at or timezone.now(), timezone.now())
    Enrolment.objects.bulk_update(rows, ["reason", "sender", "next_at"])
    _set_state(actor, rows, EnrolmentState.ACTIVE, "enrolment.resumed")
    for row in rows:
        for run_id in row.runs.filter(state=RunState.WAITING).values_list("id", flat=True):
            enqueue(SEND_JOB, once=f"{SEND_JOB}:{run_id}", run_id=str(run_id))
    return [row.id for row in rows]


@transaction.atomic
def remove_enrolments(*, actor: Actor, enrolment_ids: Sequence[UUID]) -> list[UUID]:
    """Take customers out of their cadences for good; ended ones are left alone. Returns which."""
    rows = Enrolment.objects.filter(id__in=enrolment_ids)
    return end_enrolments(actor=actor, rows=rows, state=EnrolmentState.REMOVED, reason=EndReason.BY_HAND)


@transaction.atomic
def change_sender(
    *, actor: Actor, enrolment: Enrolment, sender_id: UUID, version: int | None = None
) -> Enrolment:
    """Let an enrolment go on in another colleague's name.

    Raises:
        Invalid: no such active colleague. Conflict: ``version`` is not the current one.
    """
    row = Enrolment.objects.select_for_update(of=("self",)).get(id=enrolment.id)
    check_version(row, version)
    if not Member.objects.filter(id=sender_id, is_active=True).exists():
        raise Invalid.on("sender_id", "missing", _("There is no such colleague."))
    if row.sender_id == sender_id:
        return row
    before, row.sender_id = row.sender_id, sender_id
    row.version += 1
    row.save(update_fields=["sender", "version", "updated_at"])
    audit(
        actor=actor,
        act="enrolment.sender_changed",
        target=row,
        changes={"sender": (before and str(before), str(sender_id))},
        subject_id=row.party_id,
    )
    return row


def _set_state(actor: Actor, rows: Sequence[Enrolment], state: EnrolmentState, act: str) -> None:
    if not rows:
        return
    ids = [row.id for row in rows]
    Enrolment.objects.filter(id__in=ids).update(
        state=state, version=F("version") + 1, updated_at=timezone.now()
    )
    record_bulk(actor=actor, act=act, object_type="enrolment", ids=ids, summary={"count": len(ids)})
    publish(
        EnrolmentsChanged(
            enrolment_ids=[str(one) for one in ids],
            party_ids=[str(row.party_id) for row in rows],
            state=state,
        ),
        actor=actor,
    )

"""Changing leads, giving them to people, the bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.rights import filter_owned
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales import LeadChanged
from ponte.events.sales_leads import LeadsAssigned, LeadsDeleted, LeadsRestored
from ponte.sales.models import Lead, Origin
from ponte.sales.policies import check_lead, get_customer, visible_leads
from ponte.sales.services.lead_notices import tell_new_owner
from ponte.sales.services.locking import lock_lead
from ponte.workplace.custom_fields.values import check_custom, refuse_bad

CHANGEABLE = ("party_id", "owner_id", "title", "message", "origin", "campaign")
PERSONAL = ("title", "message", "typed", "note")


@transaction.atomic
def update_lead(
    *, actor: Actor, lead_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Lead:
    """Change the given fields of a lead: names of ``CHANGEABLE``, and "custom" with values by key.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: what can't be accepted.
    """
    lead = lock_lead(lead_id)
    check_lead(actor, "edit", lead)
    check_version(lead, version)
    before = {name: getattr(lead, name) for name in CHANGEABLE}
    values = _clean(actor, {name: changes[name] for name in CHANGEABLE if name in changes})
    custom = refuse_bad(
        check_custom("lead", changes.get("custom"), actor=actor, stored=lead.custom, record_id=lead.id)
    )
    for name, value in values.items():
        setattr(lead, name, value)
    differences = audit.diff(before, {name: getattr(lead, name) for name in CHANGEABLE}) | custom.changes
    if not differences:
        return lead
    lead.custom = custom.values
    if "owner_id" in differences:
        lead.assigned_at = timezone.now() if lead.owner_id else None
    lead.version += 1
    lead.save()
    note_edit(actor, lead, differences)
    if "owner_id" in differences:
        _tell_assigned(actor, [lead], lead.owner_id)
    return lead


def note_edit(actor: Actor, lead: Lead, differences: Mapping[str, tuple[Any, Any]]) -> None:
    """Write audit entry and event of an edit of one lead."""
    changes = {name.removesuffix("_id"): pair for name, pair in differences.items()}
    personal = {*PERSONAL, *(name for name in changes if name.startswith("custom."))}
    audit.record(
        actor=actor,
        act="lead.updated",
        target=lead,
        changes=changes,
        subject_id=lead.party_id,
        personal=personal,
    )
    event = LeadChanged(lead_id=str(lead.id), party_id=str(lead.party_id), fields=sorted(changes))
    publish(event, actor=actor)


def _clean(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    cleaner = Cleaner()
    values = dict(given)
    if "party_id" in values and get_customer(actor, values["party_id"]) is None:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    if values.get("owner_id"):
        find_owner(values["owner_id"])
    for name, longest in (("title", 200), ("message", 20_000), ("campaign", 150)):
        if name in values:
            values[name] = cleaner.text(name, values[name], longest)
    if "origin" in values:
        values["origin"] = cleaner.choice("origin", values["origin"], Origin)
    cleaner.done()
    return values


def find_owner(owner_id: UUID) -> Member:
    """Return the active member leads are given to; raise ``Invalid`` where there is none."""
    owner = Member.objects.filter(id=owner_id, is_active=True).first()
    if owner is None:
        raise Invalid.on("owner_id", "missing", _("There is no such colleague."))
    return owner


@transaction.atomic
def assign_leads(
    *,
    actor: Actor,
    lead_ids: Sequence[UUID],
    owner_id: UUID | None,
    only_of: UUID | None = None,
    check_only: bool = False,
) -> dict[UUID, UUID | None]:
    """Give leads to a member, or to nobody; return who had those that changed hands.

    Leads out of reach are left out, with ``check_only`` also those that are no longer ``only_of``'s.

    Raises:
        Invalid: no such active member.
    """
    if owner_id:
        find_owner(owner_id)
    leads = [lead for lead in locked_leads(actor, "edit", lead_ids) if lead.owner_id != owner_id]
    if check_only:
        leads = [lead for lead in leads if lead.owner_id == only_of]
    if not leads:
        return {}
    before = {lead.id: lead.owner_id for lead in leads}
    now = timezone.now()
    for lead in leads:
        lead.owner_id, lead.assigned_at = owner_id, now if owner_id else None
        lead.version += 1
        lead.updated_at = now
    Lead.objects.bulk_update(leads, ["owner", "assigned_at", "version", "updated_at"])
    summary = {"owner": str(owner_id or ""), "count": len(leads)}
    audit.record_bulk(actor=actor, act="leads.assigned", object_type="lead", ids=before, summary=summary)
    _tell_assigned(actor, leads, owner_id)
    return before


def _tell_assigned(actor: Actor, leads: Sequence[Lead], owner_id: UUID | None) -> None:
    ids = [str(lead.id) for lead in leads]
    publish(LeadsAssigned(lead_ids=ids, owner_id=str(owner_id or "")), actor=actor)
    if owner_id:
        tell_new_owner(actor, leads, owner_id)


@transaction.atomic
def bin_leads(*, actor: Actor, lead_ids: Sequence[UUID], deleted: bool) -> list[UUID]:
    """Put leads into the bin for 30 days or take them out; return those that changed. Out of reach: left out."""
    leads = locked_leads(actor, "delete", lead_ids, deleted=not deleted)
    if not leads:
        return []
    now: datetime = timezone.now()
    for lead in leads:
        lead.deleted_at = now if deleted else None
        lead.version += 1
        lead.updated_at = now
    Lead.objects.bulk_update(leads, ["deleted_at", "version", "updated_at"])
    ids = [lead.id for lead in leads]
    act = "leads.deleted" if deleted else "leads.restored"
    audit.record_bulk(actor=actor, act=act, object_type="lead", ids=ids, summary={"count": len(ids)})
    told = {"lead_ids": [str(one) for one in ids], "party_ids": [str(lead.party_id) for lead in leads]}
    publish(LeadsDeleted(**told) if deleted else LeadsRestored(**told), actor=actor)
    return ids


def delete_lead(*, actor: Actor, lead_id: UUID, version: int | None = None) -> None:
    """Put one lead into the bin.

    Raises:
        Missing, Denied, Conflict: as everywhere.
    """
    with transaction.atomic():
        lead = lock_lead(lead_id)
        check_lead(actor, "delete", lead)
        check_version(lead, version)
        bin_leads(actor=actor, lead_ids=[lead_id], deleted=True)


def restore_lead(*, actor: Actor, lead_id: UUID) -> Lead:
    """Take one lead out of the bin. Raises ``Missing``, ``Denied``."""
    with transaction.atomic():
        check_lead(actor, "delete", lock_lead(lead_id, deleted=True))
        bin_leads(actor=actor, lead_ids=[lead_id], deleted=False)
        return lock_lead(lead_id)


def locked_leads(actor: Actor, act: str, ids: Sequence[UUID], *, deleted: bool = False) -> list[Lead]:
    """Return the leads among ``ids`` that ``act`` reaches, locked in the order of their ids."""
    if actor.member is None:
        leads = Lead.objects.filter(deleted_at__isnull=not deleted)
    else:
        reach = visible_leads(actor.member, deleted=deleted)
        leads = filter_owned(reach, actor.member, "lead", act, owner="owner", team="owner__team")
    rows = leads.filter(id__in=list(ids)).select_related("party", "owner").order_by("id")
    return list(rows.select_for_update(of=("self",)))


def purge_leads(*, before: datetime, limit: int = 5000) -> int:
    """Remove leads that have rested in the bin since before ``before``; return how many."""
    ids = list(
        Lead.objects.filter(deleted_at__lt=before)
        .order_by("deleted_at", "id")
        .values_list("id", flat=True)[:limit]
    )
    Lead.objects.filter(id__in=ids).delete()
    return len(ids)

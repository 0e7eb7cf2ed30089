"""Who may see and change leads and opportunities.

Both follow their customer's visibility. The rights "own" and "team" mean the salesperson's; for viewing, the customer's owner
counts too, so that nobody misses what came in by itself about their customer. Pipelines, reasons and the like belong to the
whole business: whoever sees opportunities or leads may read them, the area "sales" opens their settings.
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import Scope, filter_owned, led_members, may, may_area, owned_condition, scope_of
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.sales.models import Lead, Opportunity

RowT = TypeVar("RowT", bound=Model)


def customer_condition(member: Member, object_name: str, prefix: str = "") -> Q | None:
    """Return "the member sees this record of a customer" as a condition, None when they see none.

    Args:
        object_name: what is owned ("lead", "opportunity" …); the row has ``party`` and ``owner``.
        prefix: path to the row, with its underscores.
    """
    party = f"{prefix}party__"
    customers = owned_condition(member, "customer", "view", owner=f"{party}owner", team=f"{party}team")
    mine = owned_condition(member, object_name, "view", owner=f"{party}owner", team=f"{party}team")
    sold = owned_condition(member, object_name, "view", owner=f"{prefix}owner", team=f"{prefix}owner__team")
    if customers is None or mine is None or sold is None:
        return None
    reach = Q() if scope_of(member, object_name, "view") is Scope.ALL else (mine | sold)
    return Q(**{f"{party}deleted_at__isnull": True}) & customers & reach


def visible_leads(member: Member, *, deleted: bool = False) -> QuerySet[Lead]:
    """Return the leads the member may see: those there are, or with ``deleted`` those in the bin."""
    return _visible(Lead.objects.filter(deleted_at__isnull=not deleted), member, "lead")


def visible_opportunities(member: Member, *, deleted: bool = False) -> QuerySet[Opportunity]:
    """Return the opportunities the member may see: those there are, or with ``deleted`` those in the bin."""
    rows = Opportunity.objects.filter(deleted_at__isnull=not deleted)
    return _visible(rows, member, "opportunity")


def editable_leads(member: Member) -> QuerySet[Lead]:
    """Return the leads the member sees and may edit, those in the bin included."""
    return _editable(Lead.objects.all(), member, "lead")


def editable_opportunities(member: Member) -> QuerySet[Opportunity]:
    """Return the opportunities the member sees and may edit, those in the bin included."""
    return _editable(Opportunity.objects.all(), member, "opportunity")


def get_visible_lead(member: Member, lead_id: UUID, *, deleted: bool = False) -> Lead:
    """Return a lead the member may see; raise ``Missing`` otherwise."""
    rows = visible_leads(member, deleted=deleted).select_related("party", "owner", "reason")
    return _one(rows.filter(id=lead_id))


def get_visible_opportunity(member: Member, opportunity_id: UUID, *, deleted: bool = False) -> Opportunity:
    """Return an opportunity the member may see; raise ``Missing`` otherwise."""
    rows = visible_opportunities(member, deleted=deleted).select_related(
        "party", "owner", "stage", "pipeline"
    )
    return _one(rows.filter(id=opportunity_id))


def get_customer(actor: Actor, party_id: UUID) -> Party | None:
    """Return the customer a record is for, None when there is none the actor may see."""
    if actor.member is None:
        return Party.objects.filter(id=party_id, deleted_at__isnull=True).first()
    return visible_parties(actor.member).filter(id=party_id).first()


def check_lead(actor: Actor, act: str, lead: Lead | None = None) -> None:
    """Raise unless the actor may do ``act`` (on ``lead``); acts of the system may.

    Raises:
        Missing: the lead is not visible to the member. Denied: the role doesn't reach it.
    """
    if actor.member is None:
        return
    seen = (
        lead is None
        or visible_leads(actor.member, deleted=lead.deleted_at is not None).filter(id=lead.id).exists()
    )
    _check(actor.member, "lead", act, lead, seen=seen)


def check_opportunity(actor: Actor, act: str, opportunity: Opportunity | None = None) -> None:
    """Raise unless the actor may do ``act`` (on ``opportunity``); acts of the system may.

    Raises:
        Missing: the opportunity is not visible to the member. Denied: the role doesn't reach it.
    """
    if actor.member is None:
        return
    seen = (
        opportunity is None
        or visible_opportunities(actor.member, deleted=opportunity.deleted_at is not None)
        .filter(id=opportunity.id)
        .exists()
    )
    _check(actor.member, "opportunity", act, opportunity, seen=seen)


def check_sales_settings(actor: Actor) -> None:
    """Raise ``Denied`` unless the actor may change how the business sells (area "sales"); acts of the system may."""
    if actor.member is not None and not may_area(actor.member, "sales"):
        raise Denied("sales", "open")


def may_call_forecast(member: Member, owner: Member) -> bool:
    """Tell whether a member may say what ``owner`` will win: themselves, who leads them, or who runs sales (area "sales")."""
    return owner.id == member.id or may_area(member, "sales") or owner.id in led_members(member)


def _check(member: Member, name: str, act: str, record: Lead | Opportunity | None, *, seen: bool) -> None:
    if not seen:
        raise Missing
    if not may(member, name, act, record):
        raise Denied(name, act)


def _visible(rows: QuerySet[RowT], member: Member, name: str) -> QuerySet[RowT]:
    condition = customer_condition(member, name)
    return rows.none() if condition is None else rows.filter(condition)


def _editable(rows: QuerySet[RowT], member: Member, name: str) -> QuerySet[RowT]:
    return filter_owned(_visible(rows, member, name), member, name, "edit", owner="owner", team="owner__team")


def _one(rows: QuerySet[RowT]) -> RowT:
    row = rows.first()
    if row is None:
        raise Missing
    return row

"""Who may see and change interactions and tasks.

Interactions follow their customer's visibility; the rights "own" and "team" of editing, deleting and exporting them
mean their author. Tasks follow their customer's visibility too, and are seen by assignee and creator besides.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.models import Member
from ponte.core.rights import FieldAccess, Scope, field_access, may, owned_condition, require, scope_of
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.timeline.models import Interaction, InteractionParticipant, Meeting, MeetingInvitee, Task


def visible_interactions(member: Member) -> QuerySet[Interaction]:
    """Return the interactions the member may see, without deleted ones."""
    rows = Interaction.objects.filter(deleted_at__isnull=True)
    if scope_of(member, "interaction", "view") is Scope.NONE:
        return rows.none()
    condition = customer_condition(member)
    return rows.none() if condition is None else rows.filter(condition)


def reaches_all_interactions(member: Member) -> bool:
    """Return whether ``visible_interactions`` are ``all_interactions`` for the member."""
    sees = scope_of(member, "interaction", "view") is not Scope.NONE
    return sees and scope_of(member, "customer", "view") is Scope.ALL


def all_interactions() -> QuerySet[Interaction]:
    """Return the interactions of all customers, without deleted ones and those of the bin."""
    return Interaction.objects.filter(deleted_at__isnull=True, party__deleted_at__isnull=True)


def visible_tasks(member: Member, *, deleted: bool = False) -> QuerySet[Task]:
    """Return the tasks the member may see: those there are, or the deleted ones."""
    rows = Task.objects.filter(deleted_at__isnull=not deleted, party__deleted_at__isnull=True)
    alone = owned_condition(member, "task", "view", owner="assignee", team="assignee__team")
    if alone is None:
        return rows.none()
    mine = Q(assignee_id=member.id) | Q(creator_id=member.id)
    of_customers = customer_condition(member)
    if of_customers is not None and scope_of(member, "customer", "view") is Scope.ALL and not alone:
        return rows
    visible = mine | (Q(party__isnull=True) & alone)
    if of_customers is not None:
        visible |= Q(party__isnull=False) & of_customers
    return rows.filter(visible)


def customer_condition(member: Member) -> Q | None:
    """Return "the row's customer is visible to the member" as a join condition, None when no customer is.

    A condition on the joined customer, not a subquery of all visible ones: ordered pages stay index walks.
    """
    reach = owned_condition(member, "customer", "view", owner="party__owner", team="party__team")
    return None if reach is None else Q(party__deleted_at__isnull=True) & reach


def visible_participants(member: Member) -> QuerySet[InteractionParticipant]:
    """Return those who took part, without customers hidden from the member."""
    nobodys = Q(party__isnull=True)
    reach = customer_condition(member)
    return InteractionParticipant.objects.filter(nobodys if reach is None else nobodys | reach)


def naming_customers(rows: QuerySet[Task], member: Member) -> QuerySet[Task]:
    """Return the tasks with ``shows_customer``: one's task may be about a customer one may not see."""
    reach = customer_condition(member)
    shown = Value(False) if reach is None else ExpressionWrapper(reach, output_field=BooleanField())
    return rows.annotate(shows_customer=shown)


def interaction_fields(member: Member) -> FieldAccess:
    """Return which fields of interactions the member may not see or change; comments are hidden with "body"."""
    return field_access(member, "interaction")


def may_comment(member: Member) -> bool:
    """Return whether the member may comment: who records interactions and reads what is said about them."""
    return may(member, "interaction", "create") and interaction_fields(member).can_read("body")


def task_fields(member: Member) -> FieldAccess:
    """Return which fields of tasks the member may not see or change."""
    return field_access(member, "task")


def get_visible_party(member: Member, party_id: UUID) -> Party:
    """Return a customer the member may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    party = visible_parties(member).filter(id=party_id).first()
    if party is None:
        raise Missing
    return party


def visible_parties_of(member: Member, party_ids: Iterable[UUID | None]) -> set[UUID]:
    """Return which of these customers the member may see."""
    asked = {one for one in party_ids if one is not None}
    return set(visible_parties(member).filter(id__in=asked).values_list("id", flat=True)) if asked else set()


def check_may_create(member: Member, object_name: str, party_id: UUID | None) -> None:
    """Raise unless the member may add an interaction or a task about this customer.

    Raises:
        Denied: the role doesn't let them. Invalid: no such customer, or not for this member.
    """
    require(member, object_name, "create")
    if party_id is not None and not visible_parties(member).filter(id=party_id).exists():
        raise Invalid.on("party_id", "missing", _("There is no such customer."))


def may_on(member: Member, act: str, row: Interaction | Task) -> bool:
    """Return whether the member's role lets ``act`` reach this row (its customer's visibility is not asked)."""
    if isinstance(row, Task):
        return may(member, "task", act) and (_concerns(member, row) or may(member, "task", act, row))
    return may(member, "interaction", act, row)


def check_may(actor: Actor, act: str, row: Interaction | Task) -> None:
    """Raise ``Denied`` unless the actor may do ``act`` on the row; acts of the system may.

    Raises:
        Missing: the customer is not visible to the member.
        Denied: the role doesn't reach this row.
    """
    member = actor.member
    if member is None:
        return
    if not (isinstance(row, Task) and (row.party_id is None or _concerns(member, row))):
        assert row.party_id is not None
        get_visible_party(member, row.party_id)
    if not may_on(member, act, row):
        raise Denied("task" if isinstance(row, Task) else "interaction", act)


def _concerns(member: Member, task: Task) -> bool:
    return member.id in (task.assignee_id, task.creator_id)


def calendar_meetings(member: Member, *, deleted: bool = False) -> QuerySet[Meeting]:
    """Return the meetings whose time the member may know, with ``shows_details``: of private ones only that.

    One's own, those one is invited to, those of customers one sees, and, by the role's scope, those about nobody.
    """
    rows = Meeting.objects.filter(deleted_at__isnull=not deleted, party__deleted_at__isnull=True)
    alone = owned_condition(member, "meeting", "view", owner="organiser", team="organiser__team")
    if alone is None:
        return rows.none()
    invited = Exists(MeetingInvitee.objects.filter(meeting=OuterRef("pk"), member_id=member.id))
    mine = Q(organiser_id=member.id) | Q(creator_id=member.id) | invited
    reach = customer_condition(member)
    visible = mine | (Q(party__isnull=True) & alone)
    if reach is not None:
        visible |= Q(party__isnull=False) & reach
    open_to = ExpressionWrapper(Q(is_private=False) | mine, output_field=BooleanField())
    named = Value(False) if reach is None else ExpressionWrapper(reach, output_field=BooleanField())
    return rows.filter(visible).annotate(shows_details=open_to, shows_customer=named)


def visible_meetings(member: Member, *, deleted: bool = False) -> QuerySet[Meeting]:
    """Return the meetings the member may open: those there are, or the deleted ones."""
    return calendar_meetings(member, deleted=deleted).filter(Q(shows_details=True))


def check_may_on_meeting(actor: Actor, act: str, row: Meeting) -> None:
    """Raise ``Denied`` unless the actor may do ``act`` on the meeting; acts of the system may.

    Raises:
        Missing: the customer is not visible to the member. Denied: the role doesn't reach it.
    """
    member = actor.member
    if member is None:
        return
    if not may_on_meeting(member, act, row):
        raise Denied("meeting", act)
    if member.id not in (row.organiser_id, row.creator_id) and row.party_id is not None:
        get_visible_party(member, row.party_id)


def may_on_meeting(member: Member, act: str, row: Meeting) -> bool:
    """Return whether the member may ``act`` on a meeting they see: organiser and creator always by their role."""
    own = member.id in (row.organiser_id, row.creator_id)
    if row.is_private and not own:
        return False
    return may(member, "meeting", act) and (own or may(member, "meeting", act, row))

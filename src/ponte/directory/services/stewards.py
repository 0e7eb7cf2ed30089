"""Naming who looks after the quality of which customers, and telling them when there is more to mend."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member, Team
from ponte.core.services.audit import record
from ponte.core.services.notifications import notify
from ponte.directory.models import PartyKind, QualitySteward
from ponte.directory.quality import FLAWS
from ponte.directory.selectors.quality import parties_with
from ponte.directory.selectors.stewards import LISTS, members_of, within_areas
from ponte.workplace.models import SavedView
from ponte.workplace.models.lists import Sharing

MOST = 100


def add_steward(
    *,
    actor: Actor,
    kind: str,
    member_id: UUID | None = None,
    team_id: UUID | None = None,
    view_id: UUID | None = None,
) -> QualitySteward:
    """Let a member or a team look after the customers of a kind, or those that a view shared with everyone shows.

    Raises:
        Invalid: not one of member and team, no such one, a view of another list or of oneself, too many.
    """
    if kind not in PartyKind.values:
        raise Invalid.on("kind", "invalid_choice", _("Choose people or companies."))
    if (member_id is None) == (team_id is None):
        raise Invalid.on("member_id", "one_of", _("Choose a member or a team."))
    if member_id and not Member.objects.filter(id=member_id, is_active=True).exists():
        raise Invalid.on("member_id", "unknown", _("Choose an active member of the workspace."))
    if team_id and not Team.objects.filter(id=team_id).exists():
        raise Invalid.on("team_id", "unknown", _("Choose an existing team."))
    shared = SavedView.objects.filter(list_key=LISTS[kind], sharing=Sharing.EVERYONE)
    if view_id and not shared.filter(id=view_id).exists():
        raise Invalid.on("view_id", "unknown", _("Choose a view that is shared with everyone."))
    if QualitySteward.objects.count() >= MOST:
        raise Invalid.on("kind", "too_many", _("At most 100 stewards fit. Remove one first."))
    row = QualitySteward.objects.create(kind=kind, member_id=member_id, team_id=team_id, view_id=view_id)
    changes = {"kind": ("", kind), "member": ("", member_id), "team": ("", team_id), "view": ("", view_id)}
    record(actor=actor, act="quality_steward.added", target=row, changes=changes)
    return row


def remove_steward(*, actor: Actor, steward_id: UUID) -> None:
    """Take somebody's task of looking after customers away.

    Raises:
        Missing: there is none of this id.
    """
    row = QualitySteward.objects.filter(id=steward_id).first()
    if row is None:
        raise Missing("steward")
    record(actor=actor, act="quality_steward.removed", target=row)
    row.delete()


def tell_stewards() -> int:
    """Tell each steward whose customers have more to mend than when they were last told; returns how many notices."""
    told = 0
    for area in QualitySteward.objects.select_related("view").order_by("id"):
        waiting = 0
        for member in members_of(area):
            count = within_areas(parties_with(member, [flaw.key for flaw in FLAWS]), [area], member).count()
            waiting = max(waiting, count)
            if count > area.waiting:
                _tell(member, count)
                told += 1
        QualitySteward.objects.filter(pk=area.pk).update(waiting=waiting)
    return told


def _tell(member: Member, count: int) -> None:
    with translation.override(member.language):
        title = ngettext(
            "%(count)s customer you look after has something to mend",
            "%(count)s customers you look after have something to mend",
            count,
        ) % {"count": count}
    url = reverse("directory:quality_flaw", args=["any"], urlconf=settings.WORKSPACE_URLCONF) + "?mine=1"
    notify(member=member, kind="quality.waiting", title=title, url=url)

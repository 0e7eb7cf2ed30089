"""Switching ranking and badges on, taking part or not, giving badges."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member, WorkspaceSetting
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.members import set_member_preference
from ponte.core.services.notifications import notify
from ponte.core.services.preferences import set_preference
from ponte.events.sales_plans import BadgeEarned
from ponte.sales.models import MemberBadge
from ponte.sales.policies import check_sales_settings
from ponte.sales.recognition import (
    KEY,
    LEAST,
    MOST,
    OPTED_OUT,
    Badge,
    Recognition,
    badges,
    load_recognition,
    takes_part,
)
from ponte.sales.selectors.lens import today

NOTICE = "badge.earned"


@transaction.atomic
def set_recognition(*, actor: Actor, is_on: bool, top: int = LEAST) -> Recognition:
    """Say whether the business wants ranking and badges, and how many of the best are named.

    Raises:
        Denied: the area "sales" isn't open to them. Invalid: too few or too many named.
    """
    check_sales_settings(actor)
    if not LEAST <= top <= MOST:
        raise Invalid.on("top", "range", _("Name between 3 and 10 people."))
    before, wanted = load_recognition(), Recognition(is_on=is_on, top=top)
    set_preference(KEY, wanted.as_json())
    changes = audit.diff(before.as_json(), wanted.as_json())
    if changes:
        row = WorkspaceSetting.objects.get(key=KEY)
        audit.record(actor=actor, act="recognition.changed", target=row, changes=changes)
    return wanted


@transaction.atomic
def take_part(*, actor: Actor, wanted: bool) -> None:
    """Take part in ranking and badges, or not; who doesn't is neither counted nor named.

    Raises:
        Missing: nobody in particular asks.
    """
    if actor.member is None:
        raise Missing("member")
    before = takes_part(actor.member)
    set_member_preference(member=actor.member, key=OPTED_OUT, value=not wanted)
    if before != wanted:
        changes = {"takes_part": (before, wanted)}
        audit.record(actor=actor, act="recognition.taken_part", target=actor.member, changes=changes)


@transaction.atomic
def give_badges(day: date | None = None) -> int:
    """Give every badge somebody has earned and doesn't have yet, and tell them; return how many. Nothing while switched off."""
    if not load_recognition().is_on:
        return 0
    day = day or today()
    people = {one.id: one for one in Member.objects.filter(is_active=True) if takes_part(one)}
    known = set(MemberBadge.objects.values_list("member_id", "badge"))
    given = 0
    for badge in badges:
        fresh = badge.earned(people.keys(), day) - {member for member, key in known if key == badge.key}
        for member in sorted(fresh, key=str):
            MemberBadge.objects.create(member=people[member], badge=badge.key, earned_on=day)
            _tell(people[member], badge)
        given += len(fresh)
    return given


def _tell(member: Member, badge: Badge) -> None:
    publish(BadgeEarned(member_id=str(member.id), badge=badge.key), actor=Actor.system("sales.badges"))
    with override(member.language):
        title = _("You earned a badge: %(badge)s") % {"badge": badge.title}
        notify(member=member, kind=NOTICE, title=title, body=str(badge.text), url="/sales/ranking/")

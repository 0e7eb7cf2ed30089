"""Demo data in a business's own workspace, to look around with; they go again without a trace of real data lost."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.notifications import notify
from ponte.core.services.preferences import get_preference, set_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.demo import DemoContext, make_demo, remove_demo

STATE = "demo_data"  # key of the workspace's setting: "", "making", "there", "removing"
MAKE, REMOVE = "workplace.make_demo", "workplace.remove_demo"
FEWEST = 4  # the parts share their records among so many members


def demo_state() -> str:
    """Return "" without demo data, "making", "there" or "removing"."""
    return str(get_preference(STATE, ""))


def ask_for_demo(*, actor: Actor) -> None:
    """Have demo data made in the background. Raises ``Invalid`` when they are there or on their way."""
    if demo_state():
        raise Invalid.on("", "there", _("There are demo data already."))
    _change(actor, "making", MAKE)


def ask_to_remove_demo(*, actor: Actor) -> None:
    """Have the demo data taken away in the background. Raises ``Invalid`` when there are none."""
    if demo_state() != "there":
        raise Invalid.on("", "missing", _("There are no demo data to remove."))
    _change(actor, "removing", REMOVE)


def _change(actor: Actor, state: str, job: str) -> None:
    before = demo_state()
    set_preference(STATE, state)
    enqueue(job, member_id=str(actor.member_id) if actor.member_id else "", once=job)
    audit.record(
        actor=actor, act="workspace.updated", target=current_workspace(), changes={STATE: (before, state)}
    )


def make_now(member: Member) -> None:
    """Make the demo data, once, and tell who asked."""
    if demo_state() != "making":
        return
    members = list(Member.objects.filter(is_active=True).select_related("role").order_by("id"))
    context = DemoContext(actor=Actor.for_member(member), today=timezone.localdate())
    context.made["members"] = [members[number % len(members)] for number in range(max(FEWEST, len(members)))]
    make_demo(context)
    set_preference(STATE, "there")
    notify(member=member, kind="demo.made", title=gettext("The demo data are there. Look around."), url="/")


def remove_now(member: Member) -> None:
    """Take the demo data away, once, and tell who asked."""
    if demo_state() != "removing":
        return
    remove_demo(Actor.for_member(member))
    set_preference(STATE, None)
    notify(member=member, kind="demo.removed", title=gettext("The demo data are gone."), url="/")

"""The list of enrolments, and what can be done with selected ones and with selected customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.sales.cadence_policies import changeable_enrolments, visible_cadences, visible_enrolments
from ponte.sales.channels import channel_of
from ponte.sales.models import Cadence, EndReason, EnrolmentState, Lead, Opportunity
from ponte.sales.selectors.enrolments import open_cadences
from ponte.sales.services.enrolments import (
    enrol_customers,
    pause_enrolments,
    remove_enrolments,
    resume_enrolments,
)
from ponte.workplace.lists import (
    Badge,
    BulkAction,
    BulkInput,
    BulkOutcome,
    ChoiceFilter,
    Column,
    DateFilter,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Moment,
    Person,
    Sort,
    Text,
    register_list,
    row_address,
)
from ponte.workplace.lists.bulk import Inputs
from ponte.workplace.lists.filters import Choice

STATE_TONES = {
    "active": "green",
    "paused": "yellow",
    "finished": "blue",
    "stopped": "neutral",
    "removed": "neutral",
}


def _cadences(member: Member) -> Sequence[Choice]:
    rows = visible_cadences(member).order_by("name", "id").values_list("id", "name")
    return [(str(key), name) for key, name in rows]


def _senders(member: Member) -> Sequence[Choice]:
    rows = Member.objects.order_by("sort_name", "id").values_list("id", "name")
    return [(str(key), name) for key, name in rows]


def _reachable(actor: Actor, ids: list[UUID]) -> list[UUID]:
    if actor.member is None:
        return ids
    return list(changeable_enrolments(actor.member).filter(id__in=ids).values_list("id", flat=True))


def _act(do: Callable[..., list[UUID]]) -> Callable[[Actor, list[UUID], Inputs], BulkOutcome]:
    def run(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
        done = do(actor=actor, enrolment_ids=_reachable(actor, ids))
        return BulkOutcome(done, [str(one) for one in done])

    return run


def _resume_again(actor: Actor, undo: Any) -> None:
    resume_enrolments(actor=actor, enrolment_ids=[UUID(one) for one in undo])


def _pause_again(actor: Actor, undo: Any) -> None:
    pause_enrolments(actor=actor, enrolment_ids=[UUID(one) for one in undo])


ACTS = (
    BulkAction(
        "pause",
        _("Pause"),
        "player-pause",
        _act(pause_enrolments),
        ngettext_lazy("%(count)s paused", "%(count)s paused", "count"),
        undo=_resume_again,
    ),
    BulkAction(
        "resume",
        _("Resume"),
        "player-play",
        _act(resume_enrolments),
        ngettext_lazy("%(count)s resumed", "%(count)s resumed", "count"),
        undo=_pause_again,
    ),
    BulkAction(
        "remove",
        _("Take out"),
        "x",
        _act(remove_enrolments),
        ngettext_lazy("%(count)s taken out", "%(count)s taken out", "count"),
        confirm=_("They don't go on with the cadence, and its open tasks are thrown away."),
        danger=True,
    ),
)


def _offered(member: Member) -> Sequence[Choice]:
    return [(str(one.id), one.name) for one in open_cadences(member)]


def _enrol(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
    cadence = Cadence.objects.filter(id=inputs["cadence"]).first()
    if cadence is None:
        raise Invalid.on("cadence", "missing", _("Choose a cadence."))
    made = enrol_customers(actor=actor, cadence=cadence, party_ids=ids).enrolments
    return BulkOutcome([one.party_id for one in made], [str(one.id) for one in made])


def _enrol_back(actor: Actor, undo: Any) -> None:
    remove_enrolments(actor=actor, enrolment_ids=_reachable(actor, [UUID(one) for one in undo]))


ENROL = BulkAction(
    "enrol",
    _("Begin a cadence…"),
    "repeat",
    _enrol,
    ngettext_lazy("%(count)s customer began the cadence", "%(count)s customers began the cadence", "count"),
    undo=_enrol_back,
    inputs=(BulkInput("cadence", _("Cadence"), choices=_offered),),
)


def _enrol_about(model: type[Lead | Opportunity], name: str) -> BulkAction:
    """Return the act that begins a cadence for the customers of leads or deals, about these."""

    def run(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
        cadence = Cadence.objects.filter(id=inputs["cadence"]).first()
        if cadence is None:
            raise Invalid.on("cadence", "missing", _("Choose a cadence."))
        rows = dict(model._default_manager.filter(id__in=ids).order_by("-id").values_list("party_id", "id"))
        made = enrol_customers(
            actor=actor,
            cadence=cadence,
            party_ids=list(rows),
            about={party_id: {name: record_id} for party_id, record_id in rows.items()},
        ).enrolments
        return BulkOutcome([rows[one.party_id] for one in made], [str(one.id) for one in made])

    return replace(ENROL, run=run)


ENROL_LEADS = _enrol_about(Lead, "lead_id")
ENROL_DEALS = _enrol_about(Opportunity, "opportunity_id")


def _label(row: Any) -> str:
    return str(row.party.label)


def _next(row: Any) -> str:
    return str(channel_of(row.next_step.channel).label) if row.next_step else ""


ENROLMENTS = register_list(
    ListPage(
        key="enrolments",
        object="cadence",
        scope="cadences",
        title=_("Customers in cadences"),
        plural=_("enrolments"),
        icon="repeat",
        url_name="sales:enrolments",
        queryset=visible_enrolments,
        row_url=row_address("sales:enrolment"),
        panel_url=row_address("sales:enrolment"),
        columns=(
            Column("customer", _("Customer"), Main(_label), needs=("party",)),
            Column("cadence", _("Cadence"), Text("cadence__name"), needs=("cadence",), phone=True),
            Column(
                "state",
                _("Status"),
                Badge("state", labels=dict(EnrolmentState.choices), tones=STATE_TONES),
                phone=True,
            ),
            Column("reason", _("Why"), Badge("reason", labels={**dict(EndReason.choices), "": ""})),
            Column("next", _("Next step"), Text(_next), needs=("next_step",)),
            Column("next_at", _("Due"), Moment("next_at")),
            Column("sender", _("Sender"), Person("sender__name"), needs=("sender",)),
            Column("replied", _("Answered"), Moment("replied_at"), shown=False),
            Column("created_at", _("Since"), Moment("created_at"), sort="created", shown=False),
        ),
        sorts=(Sort("created", _("Since"), (), descending=True),),
        default_sort="-created",
        filters=(
            ChoiceFilter("cadence", _("Cadence"), "cadence_id", choices=_cadences),
            ChoiceFilter("state", _("Status"), "state", choices=tuple(EnrolmentState.choices)),
            ChoiceFilter("why", _("Why"), "reason", choices=tuple(EndReason.choices)),
            ChoiceFilter("sender", _("Sender"), "sender_id", choices=_senders),
            DateFilter("answered", _("Answered"), "replied_at"),
        ),
        owner="",
        team="",
        personal=True,
        bulk_actions=ACTS,
        empty=Empty(
            _("Nobody is in a cadence yet"),
            _("Begin one on a customer's page, or for many at once from the lists of people and companies."),
            "repeat",
            (EmptyAction(_("See cadences"), "sales:cadences", "list"),),
        ),
    )
)

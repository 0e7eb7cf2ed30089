"""The board of opportunities: one pipeline, what is open, totals that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.sales.models import DealStatus, Stage
from ponte.sales.selectors.pipelines import StageSum, sees_all_opportunities, stage_sums, stages_of
from ponte.sales.tables.deal_cards import draw_card, monthly_text, prepare
from ponte.sales.tables.deal_filters import pipeline_of
from ponte.workplace.lists import NONE, BoardLook, CardAct, Head
from ponte.workplace.lists.cells.reader import Reader, new_reader
from ponte.workplace.lists.state import ListState

LONGEST = "stage_since"  # the sort of the board where nothing else is asked for: the latest arrivals first
NOTHING = StageSum(0, Decimal(0), Decimal(0))
_READ = {"id", "name", "code"}  # what a card reads of the customer
_PARTY = [f"party__{one.name}" for one in Party._meta.concrete_fields if one.name not in _READ]
_LONG = ("description", "close_note", "custom", "source", "external_id")
UNREAD = (*_PARTY, *_LONG)


def settle(state: ListState, member: Member) -> ListState:
    """Complete the state: a pipeline, what is open, the latest arrivals first, unless something else is asked for."""
    pipeline = pipeline_of(state)
    if pipeline is not None:
        state = state.filtered("pipeline", [str(pipeline.id)])
    if state.value_of("status") is None:
        state = state.filtered("status", [str(DealStatus.OPEN)])
    if state.sort_param == state.page.default_sort and (sort := state.page.sort_named(LONGEST)) is not None:
        state = replace(state, sort=sort, descending=True)
    return state


def heads(state: ListState, member: Member) -> Mapping[str, Head] | None:
    """Return the totals of the columns as they are kept; None where the state or the member's reach needs others."""
    pipeline = pipeline_of(state)
    if pipeline is None or not sees_all_opportunities(member) or not is_covered(state):
        return None
    stages = stages_of(pipeline)
    sums = stage_sums([stage.id for stage in stages], owners=chosen_owners(state, member))
    page = new_reader()
    return {str(stage.id): head_of(stage, sums.get(stage.id, NOTHING), page) for stage in stages}


def head_of(stage: Stage, found: StageSum, page: Reader) -> Head:
    """Return the head of one column: how many, worth how much, weighted by the stage's probability."""

    def money(amount: Decimal) -> str:
        return page.money(amount, page.currency)

    sums = []
    if found.amount or not found.monthly:
        sums.append((_("Value"), money(found.amount)))
    if found.monthly:
        sums.append((_("Monthly value"), monthly_text(money(found.monthly))))
    chance = Decimal(stage.probability) / 100
    weighted = [money(one) for one in (found.amount * chance,) if found.amount]
    weighted += [monthly_text(money(found.monthly * chance))] if found.monthly else []
    if weighted:
        sums.append((_("Weighted"), "≈ " + " + ".join(weighted)))
    note = f"{stage.probability}%"
    if stage.goal:
        note += " · " + _("%(share)s%% of the goal") % {"share": int(found.amount / stage.goal * 100)}
    return Head(found.deals, tuple(sums), note)


def is_covered(state: ListState) -> bool:
    """Return whether kept totals answer a state: no search, no filters but pipeline, salesperson and "open"."""
    if state.search:
        return False
    for item in state.active:
        if item.filter.key not in ("pipeline", "status", "owner"):
            return False
    owners = state.value_of("owner")
    return state.value_of("status") == [DealStatus.OPEN] and not (owners and "team" in owners)


def chosen_owners(state: ListState, member: Member) -> list[UUID | None] | None:
    """Return whose opportunities a state is about, None for everybody's; "my team" isn't told apart."""
    chosen = state.value_of("owner")
    if not chosen:
        return None
    return [member.id if one == "me" else None if one == NONE else UUID(one) for one in chosen]


BOARD = BoardLook(
    by="stage",
    settle=settle,
    card=draw_card,
    prepare=prepare,
    needs=("party", "owner", "stage"),
    unread=UNREAD,
    heads=heads,
    acts=(
        CardAct(gettext_lazy("Won"), "trophy", "sales:opportunity_win"),
        CardAct(gettext_lazy("Lost"), "thumb-down", "sales:opportunity_lose"),
    ),
)

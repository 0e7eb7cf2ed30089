"""The board of open opportunities by the month they are expected to close in: what is committed, the best case, the goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from html import escape
from uuid import UUID

from django.db.models import Case, CharField, Count, DateField, Q, Sum, Value, When
from django.db.models.functions import Cast, Substr, TruncMonth
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.sales.models import DealStatus, ForecastCategory, Goal, Opportunity
from ponte.sales.months import month_label
from ponte.sales.selectors import closing
from ponte.sales.selectors.closing import LATE, LATER, MonthSum
from ponte.sales.selectors.facts import tally
from ponte.sales.selectors.lens import Lens, later_month
from ponte.sales.selectors.metrics import WON, deal_value
from ponte.sales.selectors.pipelines import list_pipelines, sees_all_opportunities
from ponte.sales.services.closing import plan_close
from ponte.sales.tables.deal_board import UNREAD, chosen_owners, is_covered
from ponte.sales.tables.deal_cards import Words, draw_card, prepare
from ponte.workplace.lists import NONE, BoardLook, CardAct, ChoiceFilter, Editable, Head, Saved
from ponte.workplace.lists.cells import RowLink
from ponte.workplace.lists.cells.reader import Reader, new_reader, reader
from ponte.workplace.lists.editing import told_here
from ponte.workplace.lists.filters.base import Choice, Rows, text_values
from ponte.workplace.lists.results import select_whole
from ponte.workplace.lists.state import ListState
from ponte.workplace.lists.totals import within_patience

SOONEST = "expected"  # the sort of this board where nothing else is asked for
TONES = {
    ForecastCategory.COMMIT: "green", ForecastCategory.BEST_CASE: "blue", ForecastCategory.PIPELINE: "neutral",
    ForecastCategory.OMITTED: "yellow",
}  # fmt: skip


def columns(member: Member | None = None) -> list[Choice]:
    """Return the columns: what is late, each month ahead, what comes later; "no date" is added by the filter."""
    months = [(closing.column_of(one), month_label(one)) for one in closing.months_shown()]
    return [(LATE, _("Overdue")), *months, (LATER, pgettext("months", "Later"))]


@dataclass(frozen=True)
class MonthFilter(ChoiceFilter):
    """The month of the expected close; past months can be asked for by address ("2026-01")."""

    @property
    def groups(self) -> bool:
        return True

    def read(self, params: QueryDict) -> list[str] | None:
        asked = text_values(params, self.key)
        return [one for one in asked if one == NONE or closing.days_of_column(one) is not None] or None

    def apply(self, rows: Rows, value: list[str], member: Member) -> Rows:
        condition = Q(pk__in=[])
        for one in value:
            condition |= _within(one)
        return rows.filter(condition) if len(value) != 1 else rows.filter(_within(value[0]))

    def grouped(self, rows: Rows) -> Rows:
        months = closing.months_shown()
        column = Case(
            When(expected_close__isnull=True, then=Value("")),
            When(expected_close__lt=months[0], then=Value(LATE)),
            When(expected_close__gte=later_month(months[-1], 1), then=Value(LATER)),
            default=Substr(Cast("expected_close", CharField()), 1, 7),
        )
        found: Rows = rows.annotate(group_value=column)
        return found

    def words(self, value: list[str], member: Member) -> str:
        known = {str(key): str(label) for key, label in self.options(member)}
        return ", ".join(known.get(one) or month_label(date.fromisoformat(f"{one}-01")) for one in value)


def _within(column: str) -> Q:
    if column == NONE:
        return Q(expected_close__isnull=True)
    start, end = closing.days_of_column(column) or (None, None)
    after = Q(expected_close__gte=start) if start else Q()
    return after & (Q(expected_close__lt=end) if end else Q())


def settle(state: ListState, member: Member) -> ListState:
    """Complete the state: what is open, the soonest first; the only pipeline there is leaves nothing out."""
    if state.value_of("pipeline") and len(list_pipelines()) < 2:
        others = tuple(item for item in state.active if item.filter.key != "pipeline")
        state = replace(state, active=others)
    if state.value_of("status") is None:
        state = state.filtered("status", [str(DealStatus.OPEN)])
    if state.sort_param == state.page.default_sort and (sort := state.page.sort_named(SOONEST)) is not None:
        state = replace(state, sort=sort, descending=False)
    return state


def heads(state: ListState, member: Member) -> Mapping[str, Head] | None:
    """Return the totals of the months as they are kept; None where the state or the member's reach needs others."""
    if not sees_all_opportunities(member) or not is_covered(state):
        return None
    sums = closing.kept_sums(pipeline=_pipeline(state), owners=chosen_owners(state, member))
    return _heads(state, member, sums)


def later_heads(state: ListState, member: Member) -> Mapping[str, Head] | None:
    """Return the totals of the months, added up over the rows of the state; None where that takes too long."""
    whole = select_whole(state, member, act="view")
    if whole.keep is not None:
        return None
    found = within_patience(
        whole,
        lambda rows: list(
            rows.annotate(close_month=TruncMonth("expected_close", output_field=DateField()))
            .values("close_month", "category")
            .annotate(deals=Count("pk"), value=Sum(deal_value()))
            .values_list("close_month", "category", "deals", "value")
        ),
    )
    return None if found is None else _heads(state, member, closing.by_column(found))


def _heads(state: ListState, member: Member, sums: Mapping[str, MonthSum]) -> dict[str, Head]:
    owners, pipeline, page = chosen_owners(state, member), _pipeline(state), new_reader()
    goals = {} if pipeline is not None else closing.goals_of_months(member, owners)
    won = _won(member, owners, pipeline)
    options = [str(key) for key, _label in state.board.options(member)] if state.board else []
    return {one: head_of(sums.get(one, MonthSum()), won.get(one), goals.get(one), page) for one in options}


def head_of(found: MonthSum, won: Decimal | None, goal: Goal | None, page: Reader) -> Head:
    """Return the head of one month: how many deals, what is won, committed, at best, in all; each holds the one before."""

    def money(amount: Decimal) -> str:
        return page.money(round(amount), page.currency).removesuffix(",00").removesuffix(".00")

    base = won or Decimal(0)
    told = [(_("Won so far"), won)] if won else []
    if found.deals:
        told += [
            (_("Commit"), base + found.commit),
            (_("Best case"), base + found.best_case),
            (_("Pipeline"), base + found.pipeline),
        ]
    sums = [("", f"{label} {money(amount)}") for label, amount in told if amount is not None]
    if goal is not None:
        share = int((base + found.commit) / goal.target * 100)
        text = _("Goal %(goal)s: %(share)s%% in commit") % {"goal": money(goal.target), "share": share}
        sums.append(("", text))
    return Head(found.deals, tuple(sums))


def _won(member: Member, owners: Sequence[UUID | None] | None, pipeline: UUID | None) -> dict[str, Decimal]:
    this = closing.months_shown()[0]
    people = None if owners is None else frozenset(one for one in owners if one is not None)
    lens = Lens(member, this, later_month(this, 1), people, pipeline)
    return {closing.column_of(row.keys[0]): row.amount for row in tally(WON, lens, "month")}


def _pipeline(state: ListState) -> UUID | None:
    chosen = state.value_of("pipeline")
    try:
        return UUID(chosen[0]) if chosen else None
    except ValueError:
        return None


def draw(deal: Opportunity, link: RowLink, words: Words) -> str:
    """Return an opportunity's card: the usual one, its day and how sure it is."""
    day = reader().day(deal.expected_close) if deal.expected_close else ""
    tone = TONES.get(ForecastCategory(deal.category), "neutral")
    badge = f'<span class="badge tone-{tone}">{escape(str(deal.get_category_display()))}</span>'
    when = f'<span class="card-figure">{escape(day)} · {escape(deal.stage.name)}</span>'
    return draw_card(deal, link, words) + f'<span class="card-foot">{badge}{when}</span>'


def _save(actor: Actor, deal_id: UUID, text: str, version: int | None) -> Saved:
    before = Opportunity.objects.filter(id=deal_id).values_list("expected_close", flat=True).first()
    deal = told_here(
        lambda: plan_close(actor=actor, opportunity_id=deal_id, column=text, before=before, version=version)
    )
    day = new_reader().day(deal.expected_close) if deal.expected_close else _("No date")
    undo = reverse("sales:opportunity_close_undo", args=[deal_id])
    was = before.isoformat() if before else ""
    return Saved(f"{deal.title}: {day}", f"{undo}?version={deal.version}&day={was}")


FILTER = MonthFilter(
    "month", gettext_lazy("Month of close"), "expected_close", fields=("expected_close",), choices=columns,
    empty=gettext_lazy("No date"),
)  # fmt: skip
FIELD = Editable(
    key="month",
    label=gettext_lazy("Month of close"),
    kind="choice",
    choices=columns,
    save=_save,
    value=lambda row: closing.column_of(row.expected_close),
    fields=("expected_close",),
)
MONTHS = BoardLook(
    by="month",
    settle=settle,
    card=draw,
    prepare=prepare,
    needs=("party", "owner", "stage"),
    unread=UNREAD,
    heads=heads,
    later_heads=later_heads,
    hidden_when_empty=(LATE,),
    acts=(
        CardAct(gettext_lazy("Forecast category…"), "tag", "sales:opportunity_category"),
        CardAct(gettext_lazy("Won"), "trophy", "sales:opportunity_win"),
        CardAct(gettext_lazy("Lost"), "thumb-down", "sales:opportunity_lose"),
    ),
)

"""Background work of goals, forecasts and figures."""

from __future__ import annotations

from ponte.core.jobs import every
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.sales.selectors.metrics import LEARNT
from ponte.sales.services.figures import add_up_figures, add_up_if_large
from ponte.sales.services.forecast import (
    keep_since,
    learn_chances,
    learn_series,
    take_snapshot,
    thin_snapshots,
)
from ponte.sales.services.goals import note_reached_goals
from ponte.sales.services.recognition import give_badges


@every("*/15 * * * *", name="sales.add_up_figures", queue="bulk")
def add_up_often() -> None:
    """Add up the figures of large tables anew where something changed."""
    add_up_figures(often=True)


@every("23 6 * * *", name="sales.add_up_all_figures", queue="bulk")
def add_up_nightly() -> None:
    """Add up all figures of large tables anew: at twenty-three minutes past three in São Paulo."""
    add_up_figures()


@every("*/15 * * * *", name="sales.reached_goals")
def note_goals() -> None:
    """Tell which running goals have been reached since the last time."""
    note_reached_goals()


@every("47 * * * *", name="sales.badges")
def give_out_badges() -> None:
    """Give badges that have been earned since the last time."""
    give_badges()


@every("37 6 * * *", name="sales.forecast", queue="bulk", transaction=False)
def forecast_nightly() -> None:
    """Learn from the past and keep what is expected of the months ahead: at twenty-three minutes to four in São Paulo."""
    with workspace_scope(named_workspace()):
        learn_chances()
        learn_series()
        add_up_if_large(LEARNT)
    with workspace_scope(named_workspace()):
        take_snapshot()
        thin_snapshots(before=keep_since())

"""Turning an opportunity into what its page prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from ponte.core.requests import WorkspaceRequest
from ponte.sales.models import DealStatus, Opportunity, Stage
from ponte.sales.selectors.pipelines import list_pipelines, stages_of
from ponte.sales.tables.opportunities import OPPORTUNITIES
from ponte.workplace.lists.cells import RowLink, one_reader
from ponte.workplace.lists.showing import cell_maker

FIRST = ("amount", "monthly", "expected_close", "owner", "category", "origin", "opened_at", "closed_at")


@dataclass(frozen=True)
class ShownStage:
    """One stage in the line at the top: ``state`` is "done", "now" or "next"."""

    stage: Stage
    state: str


def shown_stages(deal: Opportunity) -> list[ShownStage]:
    """Return the stages of the opportunity's pipeline, told where it stands."""
    pipeline = next((one for one in list_pipelines(archived=True) if one.id == deal.pipeline_id), None)
    shown = []
    for stage in stages_of(pipeline) if pipeline is not None else []:
        if stage.id == deal.stage_id:
            state = "now" if deal.status == DealStatus.OPEN else "done"
        else:
            state = "done" if stage.position < deal.stage.position else "next"
        shown.append(ShownStage(stage, state))
    return shown


def shown_fields(
    request: WorkspaceRequest, deal: Opportunity, *, may_edit: bool
) -> list[tuple[Any, SafeString]]:
    """Return the opportunity's figures as (label, html), written in place where the list's cells are."""
    member = request.member
    columns = {column.key: column for column in OPPORTUNITIES.columns_for(member)}
    editables = {item.column: item for item in OPPORTUNITIES.editables_for(member)} if may_edit else {}
    if deal.lines.exists():
        editables = {key: item for key, item in editables.items() if key not in ("amount", "monthly")}
    shown = []
    with one_reader():
        for key in FIRST:
            column = columns.get(key)
            if column is None or (key == "closed_at" and deal.closed_at is None):
                continue
            html = column.cell.prepared([deal]).render(deal, RowLink())
            item = editables.get(key)
            told = cell_maker(OPPORTUNITIES, item)(deal, html) if item is not None else html
            shown.append((column.label, SafeString(told)))
    return shown

"""The API of many tasks at once, by the ids another system knows them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Router

from ponte.apikit.auth import scope
from ponte.apikit.problems import FieldError
from ponte.apikit.replies import refuse_unwritable
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import BulkOut, Outcome, bulk_body, read_items
from ponte.directory.selectors.identities import resolve_many
from ponte.timeline.api.schemas import TaskItem, TasksBulk
from ponte.timeline.services.task_rows import TaskOutcome, TaskRow
from ponte.timeline.services.task_upserts import upsert_tasks
from ponte.timeline.subjects import Key, keyed

router = Router(tags=["Tasks"])
WRITE = scope("tasks:write")
_APART = ("external_id", "customer_external_id", "opportunity_external_id", "custom")


@router.post("/bulk", auth=WRITE, response=BulkOut)
def upsert_many_tasks(request: ApiRequest, data: TasksBulk) -> Any:
    """Create or update up to 1,000 tasks by external id, done ones too; each is answered by itself.

    Nobody is told of tasks that come in this way. Acts on many tasks (done, assign, delete, with undo): `/lists/tasks/actions`.
    """
    good, outcomes = read_items(data.items, TaskItem)
    for _index, item in good:
        refuse_unwritable(
            request, "task", item.model_fields_set - {"customer_external_id", "opportunity_external_id"}
        )
    items = [item for _index, item in good]
    parties = _parties(data.source, items)
    deals = keyed(
        request.member,
        data.source,
        {one.opportunity_external_id for one in items if one.opportunity_external_id},
    )
    rows: dict[int, TaskRow] = {}
    for index, item in good:
        party, deal = parties.get(item.customer_external_id), deals.get(item.opportunity_external_id)
        if item.customer_external_id and party is None:
            outcomes[index] = _unknown("customer_external_id", _("There is no such customer."))
        elif item.opportunity_external_id and deal is None:
            outcomes[index] = _unknown("opportunity_external_id", _("There is no such opportunity."))
        else:
            rows[index] = _row(item, party, deal)
    results = upsert_tasks(
        actor=request.actor, rows=list(rows.values()), source=data.source, holder=request.actor.member_id
    )
    outcomes |= {index: _outcome(result) for index, result in zip(rows, results, strict=True)}
    return bulk_body(data.items, outcomes)


def _parties(source: str, items: Sequence[TaskItem]) -> Mapping[str, UUID]:
    wanted = {item.customer_external_id for item in items if item.customer_external_id}
    found = resolve_many(("external", f"{source}:{one}") for one in wanted)
    return {
        one: found["external", f"{source}:{one}"]
        for one in wanted
        if ("external", f"{source}:{one}") in found
    }


def _unknown(field: str, message: str) -> Outcome:
    return Outcome(None, "failed", [FieldError(field, "missing", message)])


def _row(item: TaskItem, party_id: UUID | None, deal: Key | None) -> TaskRow:
    values = {name: value for name, value in item.given().items() if name not in _APART}
    if party_id is not None:
        values["party_id"] = party_id
    if deal is not None:
        values["about_type"], values["about_id"] = deal
    elif "about_id" in values:
        values["about_type"] = item.about_type if item.about_id else ""
    else:
        values.pop("about_type", None)
    return TaskRow(external_id=item.external_id, values=values, custom=item.custom or {})


def _outcome(result: TaskOutcome) -> Outcome:
    status: Any = {"skipped": "unchanged", "rejected": "failed"}.get(result.outcome, result.outcome)
    errors = [FieldError(one.field, one.code, str(one.message)) for one in result.problems]
    return Outcome(result.task_id, status, errors)

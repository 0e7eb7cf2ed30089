"""The very records a figure is counted over, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ponte.core.errors import Missing
from ponte.sales.selectors.facts import Metric, records
from ponte.sales.selectors.lens import Lens
from ponte.sales.selectors.metrics import all_metrics, open_deals

SIZE = 50
NOTHING = "none"
# where the customer, the owner and the record to open are, by the object counted
PATHS = {
    "lead": ("party", "owner", "title"),
    "opportunity": ("party", "owner", "title"),
    "interaction": ("party", "author", "subject"),
    "task": ("party", "done_by", "title"),
}
THROUGH = {"lead_handed": "lead", "stage_stay": "opportunity"}


@dataclass(frozen=True)
class RecordRow:
    """One record behind a figure: ``object`` and ``id`` say what to open."""

    object: str
    id: UUID
    title: str
    customer: str
    party_id: UUID | None
    owner: str
    when: date | datetime | None
    value: Decimal | None


@dataclass(frozen=True)
class RecordPage:
    """A page of records; ``after`` asks for the next one, None at the end. ``narrowing`` is what it was asked with."""

    rows: list[RecordRow]
    after: UUID | None
    narrowing: dict[str, str] = field(default_factory=dict)

    @property
    def parties(self) -> list[UUID]:
        """The customers shown."""
        return sorted({row.party_id for row in self.rows if row.party_id is not None})


def metric_of(key: str) -> Metric:
    """Return a metric by its key; raise ``Missing`` where there is none."""
    found = next((metric for metric in all_metrics() if metric.key == key), None)
    if found is None:
        raise Missing("figure")
    return found


def figure_page(metric: Metric, lens: Lens, given: Mapping[str, Any]) -> RecordPage:
    """Return the records behind a figure, the newest first.

    Args:
        given: "part" and "owner" narrow it ("none" for without), "after" is the last id of the page before.
    """
    rows, narrowing = _standing(metric, lens) if metric.dated else records(metric, lens), {}
    if part := str(given.get("part", "")):
        rows, narrowing["part"] = _of_part(metric, rows, part), part
    if owner := str(given.get("owner", "")):
        rows, narrowing["owner"] = _of_owner(metric, rows, owner), owner
    if after := _uuid(given.get("after")):
        rows = rows.filter(pk__lt=after)
    through = THROUGH.get(metric.key, "")
    party, owner_path, _title = PATHS[metric.object]
    prefix = f"{through}__" if through else ""
    joined = [f"{prefix}{party}", f"{prefix}{owner_path}"]
    if metric.amount is not None and not through:
        rows = rows.annotate(figure_value=metric.amount)
    found = list(rows.select_related(*joined).order_by("-pk")[: SIZE + 1])
    more = found[SIZE - 1].pk if len(found) > SIZE else None
    return RecordPage([_row(metric, one, through) for one in found[:SIZE]], more, narrowing)


def _standing(metric: Metric, lens: Lens) -> QuerySet[Any]:
    rows = open_deals(lens.member)
    if lens.owners is not None:
        rows = rows.filter(owner_id__in=lens.owners)
    return rows if lens.pipeline is None else rows.filter(pipeline_id=lens.pipeline)


def _of_part(metric: Metric, rows: QuerySet[Any], part: str) -> QuerySet[Any]:
    if metric.part is None:
        return rows
    rows = rows.annotate(figure_part=metric.part)
    if metric.key in ("deal_open", "stage_stay") and ":" not in part:
        return rows.filter(figure_part__startswith=f"{part}:")
    return rows.filter(figure_part="" if part == NOTHING else part)


def _of_owner(metric: Metric, rows: QuerySet[Any], owner: str) -> QuerySet[Any]:
    if owner == NOTHING:
        return rows.filter(**{f"{metric.owner}__isnull": True})
    asked = _uuid(owner)
    return rows.none() if asked is None else rows.filter(**{metric.owner: asked})


def _row(metric: Metric, row: Any, through: str) -> RecordRow:
    record = getattr(row, through) if through else row
    party_name, owner_name, title = PATHS[metric.object]
    party, owner = getattr(record, party_name), getattr(record, owner_name)
    when = row
    for name in metric.moment.split("__"):
        when = getattr(when, name)
    return RecordRow(
        object=metric.object,
        id=record.pk,
        title=getattr(record, title),
        customer=party.label if party is not None else "",
        party_id=party.pk if party is not None else None,
        owner=owner.name if owner is not None else "",
        when=when,
        value=getattr(row, "figure_value", None),
    )


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None

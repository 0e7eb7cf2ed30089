"""What customers bought comes due again: maintenance, renewal, replenishment as tasks ahead of time, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.commerce.models.choices import IntervalKind
from ponte.core.actors import Actor
from ponte.core.business_time import load_business_calendar
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.models import Party
from ponte.timeline.date_rules import load_rules
from ponte.timeline.due import end_of_day, today
from ponte.timeline.services.date_tasks import assignee_of, due_day
from ponte.timeline.services.task_data import TaskData
from ponte.timeline.services.task_planning import BATCH, plan_tasks

SOURCE = "purchase"
COUNTED = ("approved", "processing", "invoiced", "shipped", "delivered")
LOOK_BACK = 3  # days: what a stopped worker missed is made up for, what is older is not dug out

# The latest purchase of each product by each customer counts: who bought again isn't reminded of the purchase before.
_DUE = """
SELECT bought.line_id, bought.party_id, product.name, product.interval_kind, bought.due FROM (
  SELECT DISTINCT ON (o.party_id, line.product_id) line.id AS line_id, o.party_id, line.product_id,
    ((o.placed_at AT TIME ZONE %(zone)s)::date + product.interval_days) AS due
  FROM commerce_product product
  JOIN commerce_orderline line ON line.product_id = product.id
  JOIN commerce_order o ON o.id = line.order_id
  WHERE product.interval_kind <> '' AND product.interval_days IS NOT NULL AND o.deleted_at IS NULL
    AND o.status = ANY(%(statuses)s)
  ORDER BY o.party_id, line.product_id, o.placed_at DESC, line.id DESC
) bought
JOIN commerce_product product ON product.id = bought.product_id
JOIN directory_party party ON party.id = bought.party_id AND party.deleted_at IS NULL
WHERE bought.due BETWEEN %(since)s AND %(until)s
  AND NOT EXISTS (SELECT FROM timeline_task task WHERE task.source = %(source)s AND task.external_key = bought.line_id::text)
ORDER BY bought.line_id
LIMIT %(limit)s
"""


class Due(NamedTuple):
    """One purchase that comes due again."""

    line_id: UUID
    party_id: UUID
    product: str
    kind: str
    day: date


def plan_purchase_tasks() -> int:
    """Plan the tasks of purchases that come due within the rule's days; return how many. Runs in chunks of its own."""
    made = 0
    while True:
        with (
            workspace_scope(named_workspace()) as workspace,
            translation.override(workspace.language),
        ):
            rule = load_rules()["purchase"]
            if not rule.is_active:
                return made
            found = _find(workspace.timezone, rule.days_ahead)
            parties = Party.objects.select_related("owner").in_bulk([one.party_id for one in found])
            calendar = load_business_calendar()
            tasks = [
                TaskData(
                    title=_title(one, parties[one.party_id].label),
                    kind="visit" if one.kind == IntervalKind.MAINTENANCE else "call",
                    due_at=end_of_day(due_day(one.day, today(), calendar)),
                    assignee_id=assignee_of(parties[one.party_id], rule),
                    party_id=one.party_id,
                    external_key=str(one.line_id),
                )
                for one in found
            ]
            new = plan_tasks(actor=Actor.system("purchase reminders"), source=SOURCE, tasks=tasks)
            made += len(new)
        if len(found) < BATCH or not new:
            return made


def _find(zone: str, days_ahead: int) -> Sequence[Due]:
    day = today()
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE,
            {
                "zone": zone,
                "statuses": list(COUNTED),
                "since": day - timedelta(days=LOOK_BACK),
                "until": day + timedelta(days=days_ahead),
                "source": SOURCE,
                "limit": BATCH,
            },
        )
        return [Due(*row) for row in cursor.fetchall()]


def _title(one: Due, customer: str) -> str:
    words = {
        "product": one.product[:120],
        "who": customer[:80],
        "day": date_format(one.day, "SHORT_DATE_FORMAT"),
    }
    if one.kind == IntervalKind.MAINTENANCE:
        return _("Maintenance of %(product)s: %(who)s on %(day)s") % words
    if one.kind == IntervalKind.RENEWAL:
        return _("Renewal of %(product)s: %(who)s on %(day)s") % words
    return _("Time for more %(product)s: %(who)s on %(day)s") % words

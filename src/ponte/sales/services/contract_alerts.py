"""What contracts ask for by their dates: tasks ahead of an end or readjustment, each once; terms that renew by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.business_time import load_business_calendar
from ponte.core.business_time.calendar import BusinessCalendar
from ponte.core.services.events import publish
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.sales_contracts import ContractRenewed
from ponte.sales.contract_settings import load_contract_settings
from ponte.sales.documents.contract_fields import index_name
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractKind, ContractStatus, Renewal
from ponte.sales.services.contract_fields import add_months
from ponte.sales.services.contracts import audit_contract, save_contract
from ponte.timeline.due import end_of_day
from ponte.timeline.services.date_tasks import due_day
from ponte.timeline.services.task_data import TaskData
from ponte.timeline.services.task_planning import BATCH, plan_tasks

SOURCE = "contracts"
LATE = timedelta(days=7)  # how long after its day something still becomes a task
Planned = list[tuple[UUID, TaskData]]


def plan_contract_tasks() -> int:
    """Plan the tasks of every end within its days of notice and every readjustment near; return how many are new.

    Runs in chunks of its own: killed, the next run finds what is left.
    """
    return sum(_walk(find) for find in (_ends, _readjustments))


def renew_automatically() -> int:
    """Prolong the contracts that renew by themselves and whose term is over; return how many. Chunks of their own."""
    done = 0
    while True:
        with workspace_scope(named_workspace()) as workspace, timezone.override(workspace.timezone):
            found = _renew_some()
        done += found
        if found < BATCH:
            return done


def _walk(find: Callable[[date, UUID | None], Planned]) -> int:
    made, after = 0, None
    while True:
        with (
            workspace_scope(named_workspace()) as workspace,
            timezone.override(workspace.timezone),
            translation.override(workspace.language),
        ):
            found = find(timezone.localdate(), after)
            tasks = [one for _id, one in found]
            made += len(plan_tasks(actor=Actor.system("contracts"), source=SOURCE, tasks=tasks))
        if len(found) < BATCH:
            return made
        after = found[-1][0]


def _standing(after: UUID | None) -> QuerySet[Contract]:
    rows = Contract.objects.filter(
        status=ContractStatus.SIGNED, kind=ContractKind.CONTRACT, deleted_at=None, party__deleted_at=None
    )
    if after is not None:
        rows = rows.filter(id__gt=after)
    return rows.select_related("party__owner", "owner").defer("body").order_by("id")


def _ends(today: date, after: UUID | None) -> Planned:
    notice = ExpressionWrapper(F("ends_on") - F("notice_days"), output_field=DateField())
    rows = _standing(after).annotate(tell_on=notice).filter(tell_on__lte=today, ends_on__gte=today - LATE)
    calendar = load_business_calendar()
    found: Planned = []
    for row in rows[:BATCH]:
        assert row.ends_on is not None
        words = {
            "number": row.number,
            "who": row.party.label,
            "day": date_format(row.ends_on, "SHORT_DATE_FORMAT"),
        }
        title = (
            _("Contract %(number)s of %(who)s renews by itself after %(day)s: check it before")
            if row.renewal == Renewal.AUTOMATIC
            else _("Contract %(number)s of %(who)s ends on %(day)s: agree on its renewal")
        )
        key = f"end:{row.id}:{row.ends_on}"
        found.append((row.id, _task(row, title % words, "proposal", row.ends_on, key, calendar)))
    return found


def _readjustments(today: date, after: UUID | None) -> Planned:
    last = today + timedelta(days=load_contract_settings().alert_days)
    rows = _standing(after).filter(readjust_on__range=(today - LATE, last)).exclude(price_index="")
    calendar = load_business_calendar()
    found: Planned = []
    for row in rows[:BATCH]:
        assert row.readjust_on is not None
        words = {
            "number": row.number, "who": row.party.label, "index": index_name(row),
            "day": date_format(row.readjust_on, "SHORT_DATE_FORMAT"),
        }  # fmt: skip
        title = _("Readjust contract %(number)s of %(who)s by %(index)s on %(day)s") % words
        key = f"readjust:{row.id}:{row.readjust_on}"
        found.append((row.id, _task(row, title, "follow_up", row.readjust_on, key, calendar)))
    return found


def _task(row: Contract, title: str, kind: str, when: date, key: str, calendar: BusinessCalendar) -> TaskData:
    people = (row.owner, row.party.owner)
    return TaskData(
        title=title[:300],
        kind=kind,
        due_at=end_of_day(due_day(when, timezone.localdate(), calendar)),
        due_all_day=True,
        assignee_id=next((one.id for one in people if one is not None and one.is_active), None),
        party_id=row.party_id,
        external_key=key,
    )


@transaction.atomic
def _renew_some() -> int:
    today = timezone.localdate()
    due = Contract.objects.select_for_update(of=("self",), skip_locked=True).filter(
        status=ContractStatus.SIGNED,
        kind=ContractKind.CONTRACT,
        renewal=Renewal.AUTOMATIC,
        ends_on__lt=today,
        deleted_at=None,
        party__deleted_at=None,
    )
    actor = Actor.for_job("sales.renew_contracts")
    contracts = list(due.order_by("ends_on", "id")[:BATCH])
    for contract in contracts:
        before = contract.ends_on
        assert before is not None
        rounds = 1
        while add_months(before, rounds * contract.renewal_months) < today:
            rounds += 1
        contract.ends_on = add_months(before, rounds * contract.renewal_months)
        save_contract(contract)
        audit_contract(actor, "contract.renewed", contract, {"ends_on": (before, contract.ends_on)})
        renewed = ContractRenewed(
            contract_id=str(contract.id),
            party_id=str(contract.party_id),
            ends_on=contract.ends_on.isoformat(),
        )
        publish(renewed, actor=actor)
    return len(contracts)

"""Managers' calls, the picture taken each night, and what is learnt from the past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.models import Member
from ponte.core.rights import members_within
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_plans import ForecastCalled
from ponte.sales.learning.running import run_apart
from ponte.sales.models import DealChance, ForecastCall, ForecastSnapshot, LearntModel, Opportunity, Stage
from ponte.sales.policies import may_call_forecast
from ponte.sales.selectors.deal_features import FEATURES, chance_statement, past_moments
from ponte.sales.selectors.facts import tally
from ponte.sales.selectors.forecast import METHODS, Expected, forecast, months_ahead
from ponte.sales.selectors.lens import Lens, today
from ponte.sales.selectors.metrics import WON

AHEAD = 6  # months a snapshot looks ahead
YEARS = 5  # of sales the series is learnt from
MOST = Decimal(10) ** 13


@transaction.atomic
def call_forecast(
    *, actor: Actor, month: date, owner_id: UUID, amount: Decimal | None, note: str = ""
) -> ForecastCall | None:
    """Say what a salesperson will win in a month, in place of what is added up; ``amount`` None takes the word back.

    Raises:
        Missing: they don't see this member's opportunities. Denied: it isn't theirs to say (their own, that of a team they lead,
            or with the area "sales" everybody's). Invalid: a past month, a negative amount.
    """
    owner = _owner(actor, owner_id)
    if actor.member is not None and not may_call_forecast(actor.member, owner):
        raise Denied("forecast", "edit")
    first = month.replace(day=1)
    if first < today().replace(day=1):
        raise Invalid.on("month", "past", _("This month is over: its forecast stays as it was."))
    if amount is not None and not 0 <= amount < MOST:
        raise Invalid.on("amount", "invalid", _("Give an amount of zero or more."))
    row = ForecastCall.objects.select_for_update().filter(month=first, owner=owner).first()
    before = row.amount if row else None
    if amount is None:
        if row is not None:
            audit.record(
                actor=actor, act="forecast.call_removed", target=row, changes={"amount": (before, None)}
            )
            row.delete()
            _tell_call(actor, first, owner, None)
        return None
    row = row or ForecastCall(month=first, owner=owner, version=0)
    row.amount, row.note, row.member, row.version = amount, note.strip()[:300], actor.member, row.version + 1
    row.save()
    changes = {"amount": (before, amount), "note": (None, row.note), "owner": (None, owner.name)}
    audit.record(actor=actor, act="forecast.called", target=row, changes=changes)
    _tell_call(actor, first, owner, amount)
    return row


def _tell_call(actor: Actor, month: date, owner: Member, amount: Decimal | None) -> None:
    told = "" if amount is None else str(amount)
    publish(ForecastCalled(month=month.isoformat(), owner_id=str(owner.id), amount=told), actor=actor)


def _owner(actor: Actor, owner_id: UUID) -> Member:
    rows = Member.objects.filter(is_active=True)
    if actor.member is not None:
        rows = members_within(actor.member, "opportunity", "view")
    owner = rows.filter(id=owner_id).first()
    if owner is None:
        raise Missing("member")
    return owner


@transaction.atomic
def take_snapshot(day: date | None = None) -> int:
    """Keep what is expected of this month and those ahead, in all and by salesperson; the same night anew replaces it."""
    day = day or today()
    found = forecast(months_ahead(AHEAD))
    ForecastSnapshot.objects.filter(taken_on=day).delete()
    demo = set(Opportunity.objects.filter(is_demo=True, deleted_at=None).values_list("owner_id", flat=True))
    rows = [_snapshot(day, month, owner, one) for (month, owner), one in found.by_owner.items()]
    for row in rows:
        row.is_demo = row.owner_id in demo
    for month in found.months:
        whole = _snapshot(day, month, None, found.of([month], found.owners()))
        whole.is_whole, whole.is_demo = True, bool(demo)
        rows.append(whole)
    ForecastSnapshot.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def _snapshot(day: date, month: date, owner: UUID | None, one: Expected) -> ForecastSnapshot:
    values = {name: getattr(one, name) for name in METHODS}
    return ForecastSnapshot(taken_on=day, month=month, owner_id=owner, won=one.won, **values)


def thin_snapshots(*, before: date) -> None:
    """Drop snapshots older than ``before`` but those of the first week of their month: they are what is judged."""
    ForecastSnapshot.objects.filter(taken_on__lt=before, taken_on__day__gt=7).delete()


def learn_chances() -> LearntModel:
    """Learn what makes opportunities won and write the chance of every open one; too little past is said, nothing written."""
    stages = [str(one) for one in Stage.objects.order_by("id").values_list("id", flat=True)]
    names = [*FEATURES, *stages]
    found = run_apart("ponte.sales.forecasting.chances", {"rows": list(past_moments(stages)), "names": names})
    with transaction.atomic():
        model = _keep("chance", found)
        if model.problem:
            DealChance.objects.all().delete()
        else:
            with connection.cursor() as cursor:
                cursor.execute(*chance_statement(found["weights"], found["intercept"], today()))
    return model


def learn_series() -> LearntModel:
    """Continue the value won by month, with its interval; too few months are said."""
    end = today().replace(day=1)
    lens = Lens(None, end.replace(year=end.year - YEARS), end)
    won = {row.keys[0]: float(row.amount) for row in tally(WON, lens, "month")}
    months = [month for month in lens.months() if won and month >= min(won)]
    values = [won.get(month, 0.0) for month in months]
    found = run_apart("ponte.sales.forecasting.series", {"values": values, "ahead": AHEAD})
    return _keep("series", found | {"first": end.isoformat()})


def _keep(kind: str, found: Mapping[str, Any]) -> LearntModel:
    values = {"made_at": timezone.now(), "problem": found.get("problem", ""), "report": dict(found)}
    return LearntModel.objects.update_or_create(kind=kind, defaults=values)[0]


def keep_since() -> date:
    """Return the day up to which nightly snapshots are all kept: three months back."""
    return today() - timedelta(days=92)

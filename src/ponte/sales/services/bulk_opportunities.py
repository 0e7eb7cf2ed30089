"""Many opportunities at once, by external id: files and other systems. A fixed number of statements a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import BulkRow, Policy, RowResult
from ponte.commerce.services.bulk import BATCH, Ledger, apply_values, audit_changes, clean_id
from ponte.commerce.services.bulk_custom import check_bulk_custom, set_custom
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import NEXT, step_versions
from ponte.core.errors import FieldProblem
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.events.sales_opportunities import OpportunitiesImported
from ponte.sales.models import (
    Competitor,
    DealStatus,
    ForecastCategory,
    Lead,
    Opportunity,
    Origin,
    Reason,
    Stage,
    StageAct,
    StageEntry,
)
from ponte.sales.policies import check_opportunity, editable_opportunities
from ponte.sales.services.opportunity_fields import PERSONAL
from ponte.sales.services.opportunity_history import LIST_KEY, index_opportunities
from ponte.workplace.custom_fields.values import CustomRow
from ponte.workplace.lists import tell_moved

COLUMNS = (
    "party_id", "title", "owner_id", "lead_id", "pipeline_id", "stage_id", "status", "amount", "monthly",
    "expected_close", "category", "origin", "description", "opened_at", "closed_at", "reason_id", "competitor_id",
    "close_note",
)  # fmt: skip
_KNOWN = {*COLUMNS, "custom"}


@dataclass
class _Known:
    """What rows may name, fetched once."""

    parties: set[UUID]
    stages: dict[UUID, Stage]
    owners: set[UUID]
    leads: dict[UUID, UUID]
    default_owner: UUID | None
    custom: dict[str, CustomRow]
    first: Stage | None = None
    entries: list[StageEntry] = field(default_factory=list)


@transaction.atomic
def upsert_opportunities(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update", is_demo: bool = False
) -> list[RowResult]:
    """Create or update opportunities known to ``source`` by external id; ``values`` are named as ``COLUMNS``.

    A new one needs ``party_id``. Stages change without their rules being asked; won and lost ones bring ``closed_at``, else it
    is now. One in the bin is left there ("skipped"), one beyond the actor's reach is refused. Repeating changes nothing.

    Raises ``Denied`` unless the actor may create and edit opportunities.
    """
    check_opportunity(actor, "create")
    check_opportunity(actor, "edit")
    ledger = Ledger(len(rows))
    known, beyond = _locked(actor, source, (row.external_id for row in rows))
    custom = check_bulk_custom("opportunity", rows, known, actor=actor, policy=policy)
    names = _fetch(actor, rows, custom)
    new: dict[str, Opportunity] = {}
    changed: dict[UUID, Opportunity] = {}
    for index, row in enumerate(rows):
        if row.external_id in beyond:
            ledger.reject(index, [_beyond_reach()])
            continue
        values = _clean(ledger, index, row, names)
        if values is None:
            continue
        deal = known.get(row.external_id) or new.get(row.external_id)
        if deal is None:
            _create(ledger, index, row, source, values, names, new, is_demo=is_demo)
        elif deal.deleted_at is not None or (policy == "skip" and row.external_id not in new):
            ledger.answers[index] = RowResult("skipped", deal.id)
        else:
            _update(ledger, index, row, deal, values, names, policy, is_new=row.external_id in new)
            if ledger.answers[index].outcome == "updated" and row.external_id not in new:
                changed[deal.id] = deal
    _write(actor, new.values(), changed.values(), names)
    audit_changes(actor, ledger, "opportunity", {one.id: one.party_id for one in changed.values()}, PERSONAL)
    _finish(actor, source, [*new.values(), *changed.values()])
    return ledger.results()


def _locked(
    actor: Actor, source: str, external_ids: Iterable[str]
) -> tuple[dict[str, Opportunity], set[str]]:
    """Return the opportunities of one source the actor may edit, by external id, and the ids of those beyond reach."""
    rows = Opportunity.objects.filter(source=source, external_id__in=set(external_ids) - {""})
    locked = {row.external_id: row for row in rows.select_for_update().order_by("id")}
    if actor.member is None or not locked:
        return locked, set()
    ids = [row.id for row in locked.values()]
    reach = set(editable_opportunities(actor.member).filter(id__in=ids).values_list("id", flat=True))
    open_to = {key: row for key, row in locked.items() if row.id in reach}
    return open_to, locked.keys() - open_to.keys()


def _fetch(actor: Actor, rows: Sequence[BulkRow], custom: dict[str, CustomRow]) -> _Known:
    def named(key: str) -> set[UUID]:
        return {row.values[key] for row in rows if row.values.get(key)}

    reach = visible_parties(actor.member) if actor.member else Party.objects.filter(deleted_at=None)
    stages = {
        one.id: one
        for one in Stage.objects.select_related("pipeline").order_by("pipeline__position", "position")
    }
    whole = actor.member is None or scope_of(actor.member, "opportunity", "edit") is Scope.ALL
    return _Known(
        parties=set(reach.filter(id__in=named("party_id")).values_list("id", flat=True)),
        stages=stages,
        owners=set(Member.objects.filter(id__in=named("owner_id")).values_list("id", flat=True)),
        leads=dict(Lead.objects.filter(id__in=named("lead_id")).values_list("id", "party_id")),
        default_owner=None if whole or actor.member is None else actor.member.id,
        custom=custom,
        first=next((one for one in stages.values() if one.pipeline.archived_at is None), None),
    )


def _beyond_reach() -> FieldProblem:
    return FieldProblem(
        "external_id",
        "exists",
        _("This opportunity exists and is not within your reach. Talk to an administrator."),
    )


def _clean(ledger: Ledger, index: int, row: BulkRow, names: _Known) -> dict[str, Any] | None:
    """Return the checked values the row gives, None where it was refused."""
    cleaner, told = Cleaner(), row.values
    clean_id(cleaner, row)
    if unknown := set(told) - _KNOWN:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {
        name: told[name] for name in COLUMNS if name in told and name not in ("amount", "monthly")
    }
    for name, choices in (("status", DealStatus), ("category", ForecastCategory), ("origin", Origin)):
        if name in told:
            values[name] = cleaner.choice(name, told[name], choices)
    for name, length in (("title", 200), ("description", 20_000), ("close_note", 1000)):
        if name in told:
            values[name] = cleaner.text(name, told[name], length)
    for name in ("amount", "monthly"):
        if told.get(name) is not None:
            values[name] = cleaner.money(name, told[name])
    for name in ("opened_at", "closed_at"):
        if name in told:
            values[name] = cleaner.moment(name, told[name])
    _check_names(cleaner, told, names)
    if stage := names.stages.get(told.get("stage_id")):  # type: ignore[arg-type]
        values["pipeline_id"] = stage.pipeline_id
    cleaner.problems += names.custom[row.external_id].problems
    if cleaner.problems:
        ledger.reject(index, cleaner.problems)
        return None
    return values


def _check_names(cleaner: Cleaner, told: dict[str, Any], names: _Known) -> None:
    if told.get("party_id") and told["party_id"] not in names.parties:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    if told.get("owner_id") and told["owner_id"] not in names.owners:
        cleaner.refuse("owner_id", "missing", _("There is no such member."))
    if told.get("stage_id") and told["stage_id"] not in names.stages:
        cleaner.refuse("stage_id", "missing", _("There is no such stage."))
    if told.get("lead_id") and told["lead_id"] not in names.leads:
        cleaner.refuse("lead_id", "missing", _("This customer has no such lead."))


def _create(
    ledger: Ledger, index: int, row: BulkRow, source: str, values: dict[str, Any], names: _Known,
    new: dict[str, Opportunity], *, is_demo: bool,
) -> None:  # fmt: skip
    if not values.get("party_id"):
        ledger.reject(index, [FieldProblem("party_id", "required", _("Say whose opportunity it is."))])
        return
    if names.first is None:
        ledger.reject(index, [FieldProblem("stage_id", "missing", _("There is no such stage."))])
        return
    given = {name: value for name, value in values.items() if value is not None}
    deal = Opportunity(**given, source=source, external_id=row.external_id, is_demo=is_demo)
    if deal.stage_id is None:
        deal.stage, deal.pipeline = names.first, names.first.pipeline
    deal.owner_id = deal.owner_id or names.default_owner
    _date(deal)
    deal.opened_at = min(deal.opened_at, deal.closed_at or deal.opened_at)
    deal.stage_since = deal.opened_at
    set_custom(deal, names.custom[row.external_id])
    new[row.external_id] = deal
    ledger.answers[index] = RowResult("created", deal.id)


def _update(
    ledger: Ledger, index: int, row: BulkRow, deal: Opportunity, values: dict[str, Any], names: _Known,
    policy: Policy, *, is_new: bool,
) -> None:  # fmt: skip
    stage, status = deal.stage_id, deal.status
    differs = apply_values(deal, values, policy)
    differs |= set_custom(deal, names.custom[row.external_id])
    before_date = deal.closed_at
    _date(deal)
    if deal.closed_at != before_date and "closed_at" not in differs:
        differs["closed_at"] = (before_date, deal.closed_at)
    ledger.answers[index] = RowResult("updated" if differs else "unchanged", deal.id)
    if is_new or not differs:
        return
    ledger.note(deal.id, differs)
    now = timezone.now()
    if deal.status != status:
        act = {"won": StageAct.WON, "lost": StageAct.LOST, "open": StageAct.REOPENED}[deal.status]
        names.entries.append(_entry(deal, act, deal.closed_at or now))
    elif deal.stage_id != stage and deal.status == DealStatus.OPEN:
        names.entries.append(_entry(deal, StageAct.MOVED, now))
    else:
        return
    if deal.status == DealStatus.OPEN:
        deal.stage_since = now


def _date(deal: Opportunity) -> None:
    """An open one has no end; one that ended has one."""
    if deal.status == DealStatus.OPEN:
        deal.closed_at, deal.reason_id, deal.competitor_id = None, None, None
    elif deal.closed_at is None:
        deal.closed_at = timezone.now()


def _entry(deal: Opportunity, act: StageAct, at: datetime, left: datetime | None = None) -> StageEntry:
    return StageEntry(
        opportunity=deal,
        act=act,
        stage_id=deal.stage_id,
        entered_at=at,
        left_at=left,
        member_id=deal.owner_id,
        amount=deal.amount,
    )


def _write(actor: Actor, new: Iterable[Opportunity], changed: Iterable[Opportunity], names: _Known) -> None:
    fresh, former = list(new), list(changed)
    labels = _labels([deal.party_id for deal in fresh if not deal.title])
    for deal in fresh:
        deal.title = deal.title or labels.get(deal.party_id, "")[:200] or deal.external_id
    Opportunity.objects.bulk_create(fresh, batch_size=BATCH)
    step_versions(former)
    plain = [name.removesuffix("_id") for name in COLUMNS]
    Opportunity.objects.bulk_update(former, [*plain, "stage_since", "custom", *NEXT], batch_size=BATCH)
    entries = [_entry(deal, StageAct.OPENED, deal.opened_at, deal.closed_at) for deal in fresh]
    for deal in fresh:
        if deal.closed_at is not None:
            act = StageAct.WON if deal.status == DealStatus.WON else StageAct.LOST
            entries.append(_entry(deal, act, deal.closed_at))
    ended = {one.opportunity_id: one.entered_at for one in names.entries}
    for stay in StageEntry.objects.filter(opportunity_id__in=list(ended), left_at=None):
        stay.left_at = max(ended[stay.opportunity_id], stay.entered_at)
        stay.save(update_fields=["left_at", "updated_at"])
    StageEntry.objects.bulk_create([*entries, *names.entries], batch_size=BATCH)
    index_opportunities([*fresh, *former])


def _labels(party_ids: Sequence[UUID]) -> dict[UUID, str]:
    return {one.id: one.label for one in Party.objects.filter(id__in=party_ids).only("id", "name", "code")}


def _finish(actor: Actor, source: str, touched: Sequence[Opportunity]) -> None:
    if not touched:
        return
    ids = [one.id for one in touched]
    record_bulk(
        actor=actor,
        act="opportunity.imported",
        object_type="opportunity",
        ids=ids,
        summary={"source": source, "count": len(ids)},
    )
    publish(OpportunitiesImported(source=source, opportunity_ids=[str(one) for one in ids]), actor=actor)
    tell_moved(LIST_KEY, {one.id: (str(one.stage_id), one.version) for one in touched})


def reasons_by_name(names: Iterable[str], *, kind: str) -> dict[str, UUID]:
    """Return reasons by name, made where they aren't there yet."""
    wanted = {name.strip()[:120] for name in names if name.strip()}
    there = dict(Reason.objects.filter(kind=kind, name__in=wanted).values_list("name", "id"))
    missing = sorted(wanted - set(there))
    rows = [Reason(kind=kind, name=name, position=900 + place) for place, name in enumerate(missing)]
    Reason.objects.bulk_create(rows)
    return there | {row.name: row.id for row in rows}


def competitors_by_name(names: Iterable[str]) -> dict[str, UUID]:
    """Return competitors by name, made where they aren't there yet."""
    wanted = {name.strip()[:120] for name in names if name.strip()}
    there = dict(Competitor.objects.filter(name__in=wanted).values_list("name", "id"))
    rows = [Competitor(name=name) for name in sorted(wanted - set(there))]
    Competitor.objects.bulk_create(rows)
    return there | {row.name: row.id for row in rows}

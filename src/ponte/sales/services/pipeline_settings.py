"""How the business sells: pipelines and their stages, kept by whoever has the area "sales"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Max, Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.sales.models import (
    DealStatus,
    Opportunity,
    Pipeline,
    Stage,
    StageAct,
    StageEntry,
)
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.pipelines import forget_pipelines
from ponte.sales.services.exit_rules import requirable
from ponte.sales.services.opportunity_bulk import note_edits

RowT = TypeVar("RowT", bound=Model)
MOST_PIPELINES, MOST_STAGES, MOST_STEPS = 20, 20, 30
STAGE_FIELDS = ("name", "probability", "max_days", "goal", "required_fields", "checklist")


@transaction.atomic
def create_pipeline(*, actor: Actor, name: str, stages: Sequence[str] = ()) -> Pipeline:
    """Add a way of selling, behind the others, with stages of these names (one to begin with where none is told).

    Raises:
        Denied: without the area "sales". Invalid: no name, a name there is, too many.
    """
    check_sales_settings(actor)
    cleaner = Cleaner()
    clean = _pipeline_name(cleaner, name, None)
    names = [text for one in stages if (text := cleaner.text("stages", one, 80))] or [str(_("First contact"))]
    if len(names) > MOST_STAGES:
        cleaner.refuse("stages", "too_many", _("A pipeline has at most 20 stages."))
    if Pipeline.objects.filter(archived_at=None).count() >= MOST_PIPELINES:
        cleaner.refuse("name", "too_many", _("There are 20 pipelines already: archive one first."))
    cleaner.done()
    last = Pipeline.objects.aggregate(last=Max("position"))["last"] or 0
    pipeline = Pipeline.objects.create(name=clean, position=last + 1)
    share = 90 // len(names)
    Stage.objects.bulk_create(
        Stage(pipeline=pipeline, name=one, position=place, probability=min(share * place, 90))
        for place, one in enumerate(names, 1)
    )
    audit_setting(actor, "pipeline.created", pipeline, {"name": (None, clean), "stages": (None, names)})
    return pipeline


@transaction.atomic
def rename_pipeline(*, actor: Actor, pipeline_id: UUID, name: str, version: int | None = None) -> Pipeline:
    """Call a pipeline something else."""
    check_sales_settings(actor)
    pipeline = lock_setting(Pipeline, pipeline_id)
    check_version(pipeline, version)
    cleaner = Cleaner()
    clean = _pipeline_name(cleaner, name, pipeline)
    cleaner.done()
    before, pipeline.name = pipeline.name, clean
    save_setting(pipeline)
    audit_setting(actor, "pipeline.updated", pipeline, {"name": (before, clean)})
    return pipeline


@transaction.atomic
def order_pipelines(*, actor: Actor, pipeline_ids: Sequence[UUID]) -> None:
    """Put the pipelines into this order; the first is the one offered."""
    check_sales_settings(actor)
    _order(Pipeline.objects.select_for_update(), pipeline_ids)
    first = Pipeline.objects.order_by("position").first()
    if first is not None:
        audit_setting(actor, "pipeline.ordered", first, {"order": (None, [str(one) for one in pipeline_ids])})


@transaction.atomic
def archive_pipeline(*, actor: Actor, pipeline_id: UUID, archived: bool = True) -> Pipeline:
    """Take a pipeline out of use, or back into it. What was won and lost in it stays.

    Raises:
        Invalid: opportunities are open in it; it is the last one.
    """
    check_sales_settings(actor)
    pipeline = lock_setting(Pipeline, pipeline_id)
    if archived:
        if Opportunity.objects.filter(pipeline=pipeline, status=DealStatus.OPEN, deleted_at=None).exists():
            raise Invalid.on(
                "", "in_use", _("Opportunities are open in this pipeline: move, win or lose them first.")
            )
        if not Pipeline.objects.filter(archived_at=None).exclude(id=pipeline.id).exists():
            raise Invalid.on("", "last", _("One pipeline has to stay."))
    pipeline.archived_at = timezone.now() if archived else None
    save_setting(pipeline)
    audit_setting(actor, "pipeline.archived" if archived else "pipeline.unarchived", pipeline, {})
    return pipeline


@transaction.atomic
def create_stage(*, actor: Actor, pipeline_id: UUID, values: Mapping[str, Any]) -> Stage:
    """Add a stage at the end of a pipeline; ``values`` are named as ``STAGE_FIELDS``.

    Raises:
        Denied, Missing: as everywhere. Invalid: what can't be accepted, too many.
    """
    check_sales_settings(actor)
    pipeline = lock_setting(Pipeline, pipeline_id)
    cleaner = Cleaner()
    clean = _stage_values(cleaner, values)
    here = pipeline.stages.aggregate(last=Max("position"))["last"] or 0
    if pipeline.stages.count() >= MOST_STAGES:
        cleaner.refuse("name", "too_many", _("A pipeline has at most 20 stages."))
    cleaner.done()
    stage = Stage(pipeline=pipeline, position=here + 1, **clean)
    stage.save(force_insert=True)
    audit_setting(actor, "stage.created", stage, {name: (None, value) for name, value in clean.items()})
    return stage


@transaction.atomic
def update_stage(
    *, actor: Actor, stage_id: UUID, values: Mapping[str, Any], version: int | None = None
) -> Stage:
    """Change a stage; ``values`` are named as ``STAGE_FIELDS``, those not given stay.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: what can't be accepted.
    """
    check_sales_settings(actor)
    stage = lock_setting(Stage, stage_id)
    check_version(stage, version)
    cleaner = Cleaner()
    before = {name: getattr(stage, name) for name in STAGE_FIELDS}
    clean = _stage_values(cleaner, {**before, **values})
    cleaner.done()
    for name, value in clean.items():
        setattr(stage, name, value)
    save_setting(stage)
    audit_setting(actor, "stage.updated", stage, audit.diff(before, clean))
    return stage


@transaction.atomic
def order_stages(*, actor: Actor, pipeline_id: UUID, stage_ids: Sequence[UUID]) -> None:
    """Put the stages of a pipeline into this order."""
    check_sales_settings(actor)
    pipeline = lock_setting(Pipeline, pipeline_id)
    _order(Stage.objects.filter(pipeline=pipeline).select_for_update(), stage_ids)
    audit_setting(actor, "pipeline.ordered", pipeline, {"order": (None, [str(one) for one in stage_ids])})


@transaction.atomic
def delete_stage(*, actor: Actor, stage_id: UUID, move_to: UUID | None = None) -> int:
    """Remove a stage; what stands or ended there goes to ``move_to``. Returns how many opportunities moved.

    Raises:
        Invalid: it is the pipeline's last one; opportunities are there and no other stage of the pipeline is told.
    """
    check_sales_settings(actor)
    stage = lock_setting(Stage, stage_id)
    others = Stage.objects.filter(pipeline_id=stage.pipeline_id).exclude(id=stage.id)
    if not others.exists():
        raise Invalid.on("", "last", _("A pipeline has at least one stage."))
    rows = list(Opportunity.objects.filter(stage=stage).select_for_update(of=("self",)).order_by("id"))
    target = others.filter(id=move_to).first() if move_to else None
    if rows and target is None:
        raise Invalid.on("move_to", "required", _("Say where the opportunities of this stage go."))
    if rows and target is not None:
        _move_all(actor, stage, target, rows)
    audit_setting(actor, "stage.deleted", stage, {"name": (stage.name, None), "moved": (None, len(rows))})
    if target is not None:  # the history tells where it stood: the stage that took its place
        StageEntry.objects.filter(stage=stage).update(stage=target)
    stage.delete()
    return len(rows)


def _move_all(actor: Actor, stage: Stage, target: Stage, rows: Sequence[Opportunity]) -> None:
    now = timezone.now()
    ids = [row.id for row in rows]
    open_ids = [row.id for row in rows if row.status == DealStatus.OPEN and row.deleted_at is None]
    Opportunity.objects.filter(id__in=ids).update(stage=target, version=F("version") + 1, updated_at=now)
    StageEntry.objects.filter(opportunity_id__in=open_ids, left_at=None).update(left_at=now)
    Opportunity.objects.filter(id__in=open_ids).update(stage_since=now)
    StageEntry.objects.bulk_create(
        [
            StageEntry(
                opportunity_id=one,
                act=StageAct.MOVED,
                stage=target,
                entered_at=now,
                member=actor.member,
                amount=row.amount,
            )
            for row in rows
            if (one := row.id) in set(open_ids)
        ],
        batch_size=1000,
    )
    note_edits(actor=actor, changes={one: {"stage": (stage.name, target.name)} for one in ids})


def _pipeline_name(cleaner: Cleaner, name: str, pipeline: Pipeline | None) -> str:
    clean = cleaner.text("name", name, 80, required=True)
    taken = Pipeline.objects.filter(name__iexact=clean)
    if (taken.exclude(id=pipeline.id) if pipeline is not None else taken).exists():
        cleaner.refuse("name", "taken", _("There is one of this name."))
    return clean


def _stage_values(cleaner: Cleaner, values: Mapping[str, Any]) -> dict[str, Any]:
    chance, days = values.get("probability", 50), values.get("max_days")
    if not isinstance(chance, int) or not 0 <= chance <= 100:
        cleaner.refuse("probability", "range", _("Use a whole number from 0 to 100."))
        chance = 50
    return {
        "name": cleaner.text("name", values.get("name"), 80, required=True),
        "probability": chance,
        "max_days": cleaner.positive("max_days", days, 3650),
        "goal": cleaner.money("goal", values.get("goal")) or None,
        "required_fields": _required(cleaner, values.get("required_fields") or []),
        "checklist": _checklist(cleaner, values.get("checklist") or []),
    }


def _required(cleaner: Cleaner, keys: Sequence[str]) -> list[str]:
    offered = requirable()
    if set(keys) - set(offered):
        cleaner.refuse("required_fields", "unknown", _("Choose one from the list."))
    return [key for key in offered if key in keys]


def _checklist(cleaner: Cleaner, entries: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the steps with a key each; an entry without one is new."""
    kept, seen = [], set()
    for entry in entries:
        text = cleaner.text("checklist", entry.get("text"), 200)
        key = re.sub(r"[^a-z0-9-]", "", str(entry.get("key") or ""))[:40] or uuid4().hex[:12]
        if text and key not in seen:
            seen.add(key)
            kept.append({"key": key, "text": text})
    if len(kept) > MOST_STEPS:
        cleaner.refuse("checklist", "too_many", _("A checklist has at most 30 steps."))
    return kept


def lock_setting(model: type[RowT], row_id: UUID | None) -> RowT:
    """Return a row of the settings locked for change; raise ``Missing``."""
    row = model._default_manager.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise Missing
    return row


def _order(rows: Any, ids: Sequence[UUID]) -> None:
    there = {row.id: row for row in rows.order_by("id")}
    wanted = [one for one in dict.fromkeys(ids) if one in there]
    for place, row_id in enumerate([*wanted, *(one for one in there if one not in wanted)], 1):
        row = there[row_id]
        if row.position != place:
            row.position = place
            row.save(update_fields=["position", "updated_at"])
    forget_pipelines()


def save_setting(row: Any, *, is_new: bool = False) -> None:
    """Write a row of the settings; pipelines are read anew."""
    if not is_new:
        row.version += 1
    row.save(force_insert=is_new)
    forget_pipelines()


def audit_setting(actor: Actor, act: str, row: Model, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Write the audit entry of a change of the settings."""
    plain = {
        name: tuple(str(one) if isinstance(one, Decimal) else one for one in pair)
        for name, pair in changes.items()
    }
    audit.record(actor=actor, act=act, target=row, changes=plain)  # type: ignore[arg-type]
    forget_pipelines()

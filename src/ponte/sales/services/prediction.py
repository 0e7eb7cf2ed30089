"""Learning which leads become customers, and writing each lead's chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.sales_scoring import ScoreModelTrained
from ponte.sales.learning.running import run_apart
from ponte.sales.models import Lead, ModelState, ScoreModel
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors.prediction import chances, learning_rows, used_model
from ponte.sales.selectors.scores import WORKED

JOB = "sales.learn_scores"
CHUNK = 2_000


@transaction.atomic
def start_learning(*, actor: Actor) -> ScoreModel:
    """Have the predictive score learn from the past, in the background; one training at a time.

    Raises:
        Denied: the member may not change how the business sells.
    """
    check_sales_settings(actor)
    going = ScoreModel.objects.filter(state=ModelState.LEARNING).first()
    if going is not None:
        return going
    model = ScoreModel.objects.create()
    audit.record(actor=actor, act="score_model.started", target=model, object_type="score_model")
    enqueue(JOB, model_id=str(model.id))
    return model


def learn(*, actor: Actor, model_id: UUID) -> None:
    """Train, keep what was found and write the chances of the leads in work. Call it outside a transaction."""
    with workspace_scope(named_workspace()):
        rows = learning_rows()
    found = run_apart("ponte.sales.learning.fitting", {"rows": rows})
    with workspace_scope(named_workspace()):
        model = ScoreModel.objects.select_for_update().filter(id=model_id, state=ModelState.LEARNING).first()
        if model is None:
            return
        _keep(actor, model, found)
    rate_all()


def rate_all() -> int:
    """Write the chance of every lead in work, chunk by chunk, or take all away where no model is used; return how many."""
    after, count = UUID(int=0), 0
    while True:
        with workspace_scope(named_workspace()):
            model = used_model()
            rows = Lead.objects.filter(WORKED, id__gt=after).order_by("id")
            if model is None:
                rows.exclude(chance=None).update(chance=None)
                return count
            ids = list(rows.values_list("id", flat=True)[:CHUNK])
            if not ids:
                return count
            rate_leads(leads=Q(id__gt=after, id__lte=ids[-1]), model=model)
        after, count = ids[-1], count + len(ids)


def rate_leads(*, leads: Q, model: ScoreModel | None = None) -> None:
    """Write the chance of leads in work by the model in use; nothing without one."""
    model = model or used_model()
    if model is None:
        return
    rows = list(chances(Lead.objects.filter(leads & WORKED), model.weights))
    for start in range(0, len(rows), CHUNK):
        update_rows(Lead, ("chance",), rows[start : start + CHUNK])


def _keep(actor: Actor, model: ScoreModel, found: Mapping[str, Any]) -> None:
    problem = found.get("problem", "")
    if problem:
        model.state = ModelState.FAILED if problem == "failed" else ModelState.REFUSED
        model.problem, model.numbers = problem, found["numbers"]
    else:
        model.weights, model.report = found["weights"], found["report"]
        good = model.report["auc_low"] > 0.5
        model.state = ModelState.USED if good else ModelState.WEAK
    model.trained_at = timezone.now()
    model.save()
    changes = {"state": (ModelState.LEARNING, model.state), "auc": (None, model.report.get("auc"))}
    audit.record(
        actor=actor, act="score_model.trained", target=model, changes=changes, object_type="score_model"
    )
    publish(ScoreModelTrained(model_id=str(model.id), state=model.state), actor=actor)

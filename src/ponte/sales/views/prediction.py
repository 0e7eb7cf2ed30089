"""Settings: what the predictive score learnt from the past, and how well it does."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.models import ModelState, ScoreModel
from ponte.sales.prediction_words import problem_words
from ponte.sales.selectors.prediction import OUTCOME_DAYS, latest_model, strongest_terms
from ponte.sales.services.prediction import start_learning
from ponte.workplace.admin.answers import answer_act


@require_safe
@requires("sales")
def page(request: WorkspaceRequest) -> HttpResponse:
    """Show what was learnt, how well it did on leads it had not seen, or why it isn't used."""
    model = latest_model()
    context = {
        "model": model,
        "is_learning": ScoreModel.objects.filter(state=ModelState.LEARNING).exists(),
        "days": OUTCOME_DAYS,
        "problem": problem_words(model) if model else "",
        "terms": strongest_terms(model) if model and model.weights else [],
        "report": model.report if model else {},
    }
    return render(request, "sales/scoring/prediction.html", context)


@require_POST
@requires("sales")
def learn(request: WorkspaceRequest) -> HttpResponse:
    """Learn anew from the past."""
    return answer_act(
        request,
        lambda: start_learning(actor=request.actor),
        done=_("Learning in the background; it takes a minute or two."),
        back=reverse("sales:prediction"),
    )

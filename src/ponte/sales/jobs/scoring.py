"""Background work of the distribution and the scores."""

from __future__ import annotations

import os
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.jobs import every, job
from ponte.sales.models import ScoreModel
from ponte.sales.services.answering import deal_with_late
from ponte.sales.services.prediction import JOB as LEARN
from ponte.sales.services.prediction import learn, start_learning
from ponte.sales.services.score_handing import hand_over_scored
from ponte.sales.services.scores import rescore_all, rescore_soon

LANES = min(2, os.cpu_count() or 1)


@every("* * * * *", name="sales.late_answers")
def late_answers() -> None:
    """Pass on or report leads whose first answer is late."""
    deal_with_late(actor=Actor.system("routing"))


@job("sales.rescore_all", queue="bulk", transaction=False)
def rescore(*, lanes: int = 1) -> None:
    """Score every lead in work anew."""
    rescore_all(actor=Actor.system("score"), lanes=lanes)


@every("10 6 * * *", name="sales.fade_scores")
def fade_scores() -> None:
    """Have every lead scored anew once a day: points of past behaviour fade. At night the processors are free."""
    rescore_soon(lanes=LANES)


@job("sales.hand_over_scored")
def hand_over(*, lead_ids: list[str]) -> None:
    """Hand leads over to sales that reached the score for it."""
    hand_over_scored(actor=Actor.system("score"), lead_ids=[UUID(one) for one in lead_ids])


@job(LEARN, queue="bulk", transaction=False)
def learn_scores(*, model_id: str) -> None:
    """Learn from the past which leads become customers."""
    learn(actor=Actor.system("score"), model_id=UUID(model_id))


@every("20 5 * * 0", name="sales.learn_scores_weekly")
def learn_weekly() -> None:
    """Learn anew each Sunday, where it was asked for once."""
    if ScoreModel.objects.exists():
        start_learning(actor=Actor.system("score"))

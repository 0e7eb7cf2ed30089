"""Why a predictive score isn't used, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ponte.sales.models import ScoreModel


def problem_words(model: ScoreModel) -> str:
    """Return why a training ended without a score, "" when it didn't."""
    have, need = str(model.numbers.get("have", "")), str(model.numbers.get("need", ""))
    numbers = {"have": have, "need": need}
    match model.problem:
        case "few_leads":
            return (
                _("There are %(have)s leads old enough to know how they ended; at least %(need)s are needed.")
                % numbers
            )
        case "few_won":
            return (
                _(
                    "Among the earlier leads %(have)s became customers; at least %(need)s are needed to learn from."
                )
                % numbers
            )
        case "few_not_won":
            return (
                _("Among the earlier leads %(have)s did not become customers; at least %(need)s are needed.")
                % numbers
            )
        case "few_judged":
            return _(
                "Among the latest leads, on which it is judged, only %(have)s ended one of the two ways; at least %(need)s are needed."
            ) % numbers  # fmt: skip
        case "":
            return ""
        case _:
            return _(
                "Something went wrong while learning. Try again; if it stays so, tell whoever looks after the installation."
            )

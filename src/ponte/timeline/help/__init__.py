"""Help about tasks and the calendar, and the tour of a day's work."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ponte.workplace.help import HelpArticle, Step, Tour, register_article, register_tour
from ponte.workplace.visibility import who_may

TEXTS = Path(__file__).parent


def register() -> None:
    """Add the article and the tour."""
    register_article(
        HelpArticle(
            "tasks",
            _("Tasks and calendar"),
            "calendar-due",
            frozenset({"day", "calendar", "list:tasks"}),
            order=40,
            visible=who_may("task"),
            folder=TEXTS,
        )
    )
    register_tour(DAY)


DAY = Tour(
    "day",
    _("A day's work"),
    _("For those who sell and serve: what is due, the calendar, the follow-up."),
    icon="calendar-due",
    order=20,
    visible=who_may("task"),
    steps=(
        Step(
            "main h1",
            _("Begin the day here"),
            _("What is late, what is for today and what is coming. One tap marks it done."),
            "timeline:day",
        ),
        Step(
            "[data-create], .bottom-create",
            _("Never promise without a task"),
            _("Each contact ends with the next step: who, what and when. Ponte reminds you."),
        ),
        Step(
            ".fc, main h1",
            _("Your calendar"),
            _("Tasks, calls and meetings. Drag to change the time; invited customers are told."),
            "timeline:calendar",
        ),
        Step(
            "#list-filters",
            _("All tasks"),
            _("Yours, the team's, late ones: the same filters and views as in every list."),
            "timeline:tasks",
        ),
    ),
)

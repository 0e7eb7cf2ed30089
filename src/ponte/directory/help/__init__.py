"""Help about customers: articles, and the first tour."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ponte.workplace.help import HelpArticle, Step, Tour, register_article, register_tour
from ponte.workplace.visibility import who_may

TEXTS = Path(__file__).parent


def register() -> None:
    """Add the articles and the tours."""
    register_article(
        HelpArticle(
            "record",
            _("A customer's page"),
            "id",
            frozenset({"record"}),
            order=30,
            visible=who_may("customer"),
            folder=TEXTS,
        )
    )
    register_article(
        HelpArticle(
            "quality",
            _("Clean data"),
            "gauge",
            frozenset({"quality", "duplicates", "merge", "merges", "claims"}),
            order=60,
            visible=who_may("customer", "edit"),
            folder=TEXTS,
        )
    )
    register_tour(FIRST)
    register_tour(CARE)


FIRST = Tour(
    "first",
    _("Get to know Ponte"),
    _("Two minutes: search, create, lists and customers."),
    icon="rocket",
    order=10,
    visible=who_may("customer"),
    steps=(
        Step(
            "#sidebar, .bottom-bar",
            _("Your places"),
            _("What you use every day is here. Starred customers and views appear below."),
            "workplace:home",
        ),
        Step(
            "[data-palette-open]",
            _("Search anything"),
            _(
                "Name, part of a name, e-mail, last digits of a phone, CPF, order number. Commands too. Ctrl K opens it from anywhere."
            ),
        ),
        Step(
            "[data-create], .bottom-create",
            _("Create from anywhere"),
            _("A person, a company, a task or an order, without leaving the page."),
        ),
        Step(
            "#list-q",
            _("All your customers"),
            _("The list's own search: type and it narrows at once, accents or not."),
            "directory:people",
        ),
        Step(
            "#list-filters",
            _("Filters that understand your business"),
            _("By stage, owner, place or date; the advanced filter also knows orders and conversations."),
        ),
        Step(
            ".list-views",
            _("Keep what you look at often"),
            _("Save filters and columns as a view: yours alone, the team's or everyone's."),
        ),
        Step(
            "tbody .cell-main, .empty-actions, .page-actions",
            _("Everything about one customer"),
            _(
                "A click opens the customer beside the list; from there the whole page: data, purchases and the timeline of every contact."
            ),
        ),
        Step(
            "[data-help], [popovertarget='menu-person']",
            _("Help is here"),
            _("Articles about the page you are on, and these tours again."),
        ),
    ),
)

CARE = Tour(
    "care",
    _("Keep the data clean"),
    _("For who looks after the records: duplicates, gaps and the cost of both."),
    icon="gauge",
    order=60,
    visible=who_may("customer", "edit"),
    steps=(
        Step(
            "main .card, main h1",
            _("How good your data are"),
            _("The score says how much of what matters is filled in and right, and what the gaps cost."),
            "directory:quality",
        ),
        Step(
            "main .rows, main .card, main h1",
            _("One person, two records"),
            _("Pairs that look alike, with the reason. Merging loses nothing and can be undone for 30 days."),
            "directory:duplicates",
        ),
        Step(
            "#list-filters",
            _("Find the gaps yourself"),
            _(
                "The advanced filter finds what is empty, old or contradictory; a bulk act corrects all of it at once."
            ),
            "directory:people",
        ),
    ),
)

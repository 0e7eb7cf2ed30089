"""Articles about the workplace itself, and the tour of who runs it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.workplace.commands import Command, register_command
from ponte.workplace.help.articles import HelpArticle, register_article
from ponte.workplace.help.tours import Step, Tour, register_tour
from ponte.workplace.visibility import who_may_area

register_article(HelpArticle("start", _("Finding your way"), "home", frozenset({"home", "search"}), order=10))
register_article(
    HelpArticle("lists", _("Lists, filters and views"), "list-search", frozenset({"list"}), order=20)
)
register_article(
    HelpArticle(
        "import",
        _("Importing data"),
        "file-import",
        frozenset({"import"}),
        order=50,
        visible=who_may_area("import"),
    )
)
register_article(
    HelpArticle("settings", _("Settings"), "settings", frozenset({"settings", "welcome"}), order=90)
)

register_command(
    Command(
        "help",
        _("Help about this page"),
        "lifebuoy",
        url_name="workplace:help",
        group="help",
        in_dialog=True,
        keywords=_("tour guide how to"),
        order=880,
    )
)

register_tour(
    Tour(
        "run",
        _("Set up the business"),
        _("Five stops for who runs Ponte: people, fields, data, rules."),
        icon="settings",
        order=90,
        visible=who_may_area("members"),
        steps=(
            Step(
                "main h1",
                _("Everything that is true for all"),
                _("Settings are grouped by subject. People see only what their role opens."),
                "workplace:settings",
            ),
            Step(
                "main .page-actions, main h1",
                _("Invite the others"),
                _(
                    "Each person gets a role. Begin with the ready-made ones; what a role sees and does can be changed any time."
                ),
                "workplace:members",
            ),
            Step(
                "main .page-actions, main h1",
                _("Fields of your own"),
                _(
                    "What your business needs to know and Ponte does not bring along. A new field is in records, lists, filters and imports at once."
                ),
                "workplace:custom_fields",
            ),
            Step(
                "main .page-actions, main h1",
                _("Bring your data"),
                _("Send the spreadsheet as it is. You see the result before anything is written."),
                "workplace:imports",
            ),
            Step(
                "[data-help]",
                _("Help on every page"),
                _("This button opens the article about the page you are on."),
            ),
        ),
    )
)

"""How the distribution's decisions are told."""

from django.utils.translation import gettext_lazy as _

from ponte.sales.routing import AREA, AWAY, FULL, SCORE, SKILL, TRIED

PASSED_WORDS = {
    AWAY: _("away"),
    FULL: _("has enough leads"),
    SKILL: _("lacks the skill"),
    AREA: _("sells elsewhere"),
    SCORE: _("for higher scores"),
    TRIED: _("had it already"),
}

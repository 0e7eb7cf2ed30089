"""Words of the timeline's templates."""

from django import template
from django.utils.functional import Promise

from ponte.directory.models import Stage

register = template.Library()


@register.filter
def stage_label(key: str) -> str | Promise:
    """Return the label of a life-cycle stage, or the word itself when it is none any more."""
    return Stage(key).label if key in Stage.values else key

"""Forms of the tags' settings page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.directory.models import Tag
from ponte.directory.services.tag_retiring import retiring
from ponte.directory.services.tags import COLORS

COLOR_NAMES = {
    "gray": _("Grey"),
    "blue": _("Blue"),
    "green": _("Green"),
    "yellow": _("Yellow"),
    "orange": _("Orange"),
    "red": _("Red"),
    "purple": _("Purple"),
    "pink": _("Pink"),
    "teal": _("Teal"),
}


class TagForm(forms.Form):
    """A tag's name and colour."""

    name = forms.CharField(label=_("Name"), max_length=60)
    color = forms.ChoiceField(
        label=_("Colour"), choices=[(color, COLOR_NAMES[color]) for color in COLORS], initial="gray"
    )


class RetireForm(forms.Form):
    """What happens to the customers of a tag that is taken out of use."""

    into = forms.ChoiceField(
        label=_("What its customers get instead"),
        required=False,
        help_text=_("Choose a tag to join the two under its name."),
    )

    def __init__(self, *args: Any, tag: Tag, **options: Any) -> None:
        super().__init__(*args, **options)
        leaving = {*retiring(), str(tag.id)}
        others = Tag.objects.order_by("key").values_list("id", "name")
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            ("", _("Nothing: the tag is taken off")),
            *((str(key), name) for key, name in others if str(key) not in leaving),
        ]

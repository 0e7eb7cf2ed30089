"""Who looks after which customers, as a form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member, Team
from ponte.directory.selectors.stewards import LISTS
from ponte.workplace.models import SavedView
from ponte.workplace.models.lists import Sharing


class StewardForm(forms.Form):
    """A member or a team, and a kind of customer or a view of one shared with everyone."""

    who = forms.ChoiceField(label=_("Who looks after them"))
    what = forms.ChoiceField(
        label=_("Which customers"), help_text=_("A kind, or a view shared with everyone.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Member.objects.filter(is_active=True).order_by("sort_name").values_list("id", "name")
        teams = Team.objects.order_by("name").values_list("id", "name")
        views = SavedView.objects.filter(sharing=Sharing.EVERYONE, list_key__in=LISTS.values()).order_by(
            "name"
        )
        kinds = {"people": ("person", _("People")), "companies": ("company", _("Companies"))}
        who: Any = self.fields["who"]
        who.choices = [
            (_("Members"), [(f"member:{key}", name) for key, name in members]),
            *([(_("Teams"), [(f"team:{key}", name) for key, name in teams])] if teams else []),
        ]
        what: Any = self.fields["what"]
        what.choices = [
            ("person:", _("All people")),
            ("company:", _("All companies")),
            *(
                (f"{kinds[view.list_key][0]}:{view.id}", f"{kinds[view.list_key][1]}: {view.name}")
                for view in views
            ),
        ]

    def arguments(self) -> dict[str, Any]:
        """Return what was chosen, for ``add_steward``."""
        sort, _colon, who = self.cleaned_data["who"].partition(":")
        kind, _colon, view = self.cleaned_data["what"].partition(":")
        return {"kind": kind, f"{sort}_id": UUID(who), "view_id": UUID(view) if view else None}

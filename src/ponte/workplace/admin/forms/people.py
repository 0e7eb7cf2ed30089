"""Forms about members, invitations, teams."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member, Role, Team


def team_choices(without: Team | None = None) -> list[tuple[str, str]]:
    """Return the teams as a tree of choices, indented by depth; ``without`` leaves out a team and those below it."""
    teams = [team for team in Team.objects.all() if not (without and team.path.startswith(without.path))]
    names = {str(team.id): team.name for team in teams}
    ordered = sorted(
        teams, key=lambda team: [names.get(part, "").casefold() for part in team.path.split("/") if part]
    )
    return [(str(team.id), "\u2003" * (team.path.count("/") - 1) + team.name) for team in ordered]


class _RoleAndTeam(forms.Form):
    role = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), empty_label=None)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = Role.objects.order_by("id")  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.all()  # type: ignore[attr-defined]
        self.fields["team"].choices = [("", _("No team")), *team_choices()]  # type: ignore[attr-defined]

    widths = {"role": "half", "team": "half"}


class MemberForm(_RoleAndTeam):
    """What an administrator changes about a member."""


class InvitationForm(_RoleAndTeam):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "off"})
    )
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    field_order = ["email", "name", "role", "team"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # not the first of the list, who may do everything
        self.fields["role"].initial = Role.objects.filter(key="salesperson").first()


class TeamForm(forms.Form):
    """A team, its place in the tree and its leader."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autofocus": True}))
    parent = forms.ModelChoiceField(Team.objects.none(), label=_("Belongs to"), required=False)
    leader = forms.ModelChoiceField(
        Member.objects.none(),
        label=_("Leader"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("A leader sees the customers of everyone in the team and in the teams below it."),
    )
    widths = {"parent": "half", "leader": "half"}

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Team.objects.all()  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", _("No team above")), *team_choices(without=team)]  # type: ignore[attr-defined]
        self.fields["leader"].queryset = Member.objects.filter(is_active=True).order_by("sort_name", "id")  # type: ignore[attr-defined]

"""Whether what rows point at exists: owners, teams, companies. One query each for a whole chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem
from ponte.core.models import Member, Team
from ponte.directory.data import PartyData
from ponte.directory.models import Company
from ponte.directory.services.creation import Draft


def check_references(rows: Mapping[int, tuple[PartyData, Draft]]) -> dict[int, list[FieldProblem]]:
    """Put owner, team and parent into the drafts; return the rows that point at nothing, with the problems."""
    problems: dict[int, list[FieldProblem]] = {}
    teams_of: dict[UUID, UUID | None] = {}
    for name, lookup, message in _REFERENCES:
        wanted = {v for data, _draft in rows.values() if (v := getattr(data, name, None)) is not None}
        if not wanted:
            continue
        known = lookup(wanted)
        if name == "owner_id":
            teams_of = known
        for index, (data, draft) in rows.items():
            value = getattr(data, name, None)
            if value is not None and value not in known:
                problems.setdefault(index, []).append(FieldProblem(name, "unknown", message()))
            elif value is not None and name != "company_id":
                (draft.own if name == "parent_id" else draft.party)[name] = value
    for _data, draft in rows.values():
        if draft.party.get("owner_id") and not draft.party.get("team_id"):
            draft.party["team_id"] = teams_of.get(draft.party["owner_id"])
    return problems


def _members(ids: set[UUID]) -> dict[UUID, Any]:
    return dict(Member.objects.filter(id__in=ids, is_active=True).values_list("id", "team_id"))


def _teams(ids: set[UUID]) -> dict[UUID, Any]:
    return dict.fromkeys(Team.objects.filter(id__in=ids).values_list("id", flat=True))


def _companies(ids: set[UUID]) -> dict[UUID, Any]:
    found = Company.objects.filter(party_id__in=ids, party__deleted_at=None)
    return dict.fromkeys(found.values_list("party_id", flat=True))


_REFERENCES: tuple[tuple[str, Callable[[set[UUID]], dict[UUID, Any]], Callable[[], str]], ...] = (
    ("owner_id", _members, lambda: _("Choose an active member of the workspace.")),
    ("team_id", _teams, lambda: _("Choose an existing team.")),
    ("parent_id", _companies, lambda: _("Choose an existing company.")),
    ("company_id", _companies, lambda: _("Choose an existing company.")),
)

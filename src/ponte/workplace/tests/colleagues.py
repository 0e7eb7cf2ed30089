"""A list of members stands in for every list: the workplace knows no customers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from ponte.core.models import Member, Team
from ponte.workplace.lists import (
    Ago,
    BooleanFilter,
    BulkAction,
    BulkInput,
    BulkOutcome,
    ChoiceFilter,
    Column,
    DateFilter,
    Email,
    Empty,
    ListPage,
    Main,
    NumberFilter,
    Person,
    Sort,
    Text,
    TextFilter,
)

OBJECT = "colleague"


def teams(member: Member) -> list[tuple[str, str]]:
    return [(str(team.id), team.name) for team in Team.objects.order_by("name")]


def move(actor: Any, ids: list[Any], inputs: Any) -> BulkOutcome:
    rows = Member.objects.filter(id__in=ids).exclude(team_id=inputs["team"])
    before = {str(row.id): str(row.team_id) if row.team_id else None for row in rows}
    Member.objects.filter(id__in=list(before)).update(team_id=inputs["team"])
    return BulkOutcome(done=[row_id for row_id in ids if str(row_id) in before], undo=before)


def move_back(actor: Any, undo: Any) -> None:
    for row_id, team in undo.items():
        Member.objects.filter(id=row_id).update(team_id=team)


def colleagues(member: Member) -> QuerySet[Member]:
    return Member.objects.filter(is_active=True)


COLLEAGUES = ListPage(
    key="colleagues",
    object=OBJECT,
    title="Colleagues",
    url_name="test_colleagues",
    columns=(
        Column("name", "Name", Main("name", avatar="person", second="email"), sort="name"),
        Column("email", "E-mail", Email("email"), sort="email"),
        Column("team", "Team", Text("team__name"), sort="team", needs=("team",)),
        Column("seen", "Seen", Ago("last_seen_at"), sort="seen"),
        Column("leader", "Leader", Person("team__leader__name"), needs=("team__leader",), shown=False),
    ),
    sorts=(
        Sort("name", "Name", ("sort_name",)),
        Sort("created", "Created", (), descending=True),
        Sort("email", "E-mail", ("email",), fields=("email",)),
        Sort("version", "Version", ("version",)),
        Sort("seen", "Seen", ("last_seen_at",), nullable=True, descending=True),
        Sort("team", "Team", ("team__name",), nullable=True),
        Sort("both", "Version and name", ("version", "sort_name")),
    ),
    default_sort="name",
    queryset=colleagues,
    row_url=lambda row: f"/colleagues/{row.pk}/",
    panel_url=lambda row: f"/colleagues/{row.pk}/panel/",
    search=lambda rows, text: rows.filter(sort_name__contains=text.lower()),
    filters=(
        ChoiceFilter("language", "Language", "language", choices=(("pt-br", "Português"), ("en", "English"))),
        ChoiceFilter("team", "Team", "team_id", choices=teams, empty="No team"),
        BooleanFilter("seen_once", "Ever seen", yes=~Q(last_seen_at=None)),
        DateFilter("seen", "Seen", "last_seen_at", never="Never"),
        NumberFilter("version", "Version", "version"),
        TextFilter("begins", "Name begins", "sort_name"),
        TextFilter("email", "E-mail begins", "email", fold=str.lower),
    ),
    owner="",
    empty=Empty("Nobody", "Invite somebody"),
    bulk_actions=(
        BulkAction(
            "move",
            "Move",
            "users",
            run=move,
            undo=move_back,
            done_text="%(count)s moved",
            inputs=(BulkInput("team", "Team", choices=teams),),
        ),
        BulkAction(
            "nothing",
            "Nothing",
            "x",
            run=lambda actor, ids, inputs: BulkOutcome(done=[]),
            done_text="%(count)s",
        ),
    ),
    page_size=5,
)

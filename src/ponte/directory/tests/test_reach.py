"""Own, team and all: what each member reaches, on every door."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.models import Role, Team
from ponte.directory.data import AddressData, PersonData, PhoneData
from ponte.directory.policies import deleted_parties, get_party, visible_parties
from ponte.directory.selectors.search import fetch_customers, find_customers, resolve_customers
from ponte.directory.services.deletion import delete_parties
from ponte.directory.services.people import create_person
from ponte.directory.services.search_text import refresh_search
from ponte.workplace.search import SearchTerms
from ponte.workplace.search.candidates import bitmap_scans_only

pytestmark = [pytest.mark.usefixtures("workspace"), pytest.mark.urls("ponte.config.workspace_urls")]


def names(rows: Any) -> set[str]:
    return {row.name for row in rows}


@pytest.fixture
def crew(member_with: Any) -> dict[str, Any]:
    def role(scope: str) -> Role:
        rights = {"objects": {"customer": dict.fromkeys(("view", "edit", "create", "delete"), scope)}}
        return Role.objects.create(name=scope, rights=rights)

    south = Team.objects.create(name="Sul", path="sul/")
    branch = Team.objects.create(name="Sul 2", path="sul/2/", parent=south)
    own, team, everything = role("own"), role("team"), role("all")
    crew = {
        "ana": member_with(own, team=branch, name="Ana"),
        "bia": member_with(own, team=branch, name="Bia"),
        "lead": member_with(own, team=south, name="Lia"),
        "team": member_with(team, team=south, name="Teo"),
        "all": member_with(everything, name="Alma"),
    }
    south.leader = crew["lead"]
    south.save()
    for key in ("ana", "bia", "all"):
        create_person(actor=Actor.for_member(crew[key]), data=PersonData(name=f"de {key}"))
    return crew


def test_reach(crew: dict[str, Any]) -> None:
    assert names(visible_parties(crew["ana"])) == {"de ana"}
    assert names(visible_parties(crew["lead"])) == {"de ana", "de bia"}
    assert names(visible_parties(crew["team"])) == {"de ana", "de bia"}
    assert names(visible_parties(crew["all"])) == {"de ana", "de bia", "de all"}


def test_search_and_fetch_follow(crew: dict[str, Any]) -> None:
    terms = SearchTerms.of("de b")
    assert terms
    with bitmap_scans_only():
        assert find_customers(crew["ana"], terms, 10) == []
        [hit] = find_customers(crew["lead"], terms, 10)
    assert hit.title == "de bia"
    assert fetch_customers(crew["ana"], [hit.id]) == []
    assert resolve_customers(crew["ana"], "nobody@x.com.br") == []
    with pytest.raises(Missing):
        get_party(crew["ana"], hit.id)


@pytest.mark.parametrize(
    ("hidden", "found"),
    [("address", {"11912345678", "ana"}), ("phone", {"xapuri", "ac xapuri", "xapu", "ana"}), ("cpf", "all")],
)
def test_search_finds_nobody_by_a_hidden_field(
    actor: Any, member_with: Any, hidden: str, found: set[str] | str
) -> None:
    data = PersonData(
        name="Ana",
        addresses=[AddressData(city="Xapuri 3", state="AC")],
        phones=[PhoneData(number="11912345678")],
    )
    person = create_person(actor=actor, data=data)
    rights = {"objects": {"customer": {"view": "all"}}, "fields": {"customer": {hidden: "hidden"}}}
    member = member_with(Role.objects.create(name="R", rights=rights))
    asked = {"11912345678", "xapuri", "ac xapuri", "xapu", "ana"}
    for _way in ("written", "refreshed"):
        hits = set()
        for text in asked:
            terms = SearchTerms.of(text)
            assert terms
            with bitmap_scans_only():
                hits |= {text} if find_customers(member, terms, 10) else set()
        assert hits == (asked if found == "all" else found)
        refresh_search([person.pk])


def test_the_bin_follows(crew: dict[str, Any]) -> None:
    theirs = visible_parties(crew["all"]).get(name="de bia")
    delete_parties(actor=Actor.for_member(crew["all"]), party_ids=[theirs.id])
    assert names(visible_parties(crew["lead"])) == {"de ana"}
    assert names(deleted_parties(crew["bia"])) == {"de bia"}
    assert names(deleted_parties(crew["ana"])) == set()

"""Global search, palette, recent and favourite records, over a source of teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from ponte.core.models import AccessEntry, Member, Role, Team
from ponte.core.rights import ObjectRights, register_object
from ponte.core.text import fold
from ponte.workplace.commands import Command, register_command
from ponte.workplace.models import Favourite, RecentRecord
from ponte.workplace.search import SearchHit, SearchSource, SearchTerms, register_search
from ponte.workplace.search.finding import highlight, search_everything
from ponte.workplace.search.recheck import texts_match
from ponte.workplace.services.recents import note_seen
from ponte.workplace.visibility import who_may


def hit(team: Team) -> SearchHit:
    return SearchHit("squad", team.id, team.name, f"/teams/{team.id}/", subtitle="Equipe", icon="users")


def find(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    return [hit(team) for team in Team.objects.order_by("name") if texts_match(terms.words, [team.name])][
        :limit
    ]


def resolve(member: Member, text: str) -> list[SearchHit]:
    return [hit(team) for team in Team.objects.filter(path=text)]


def fetch(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    return [hit(team) for team in Team.objects.filter(id__in=ids)]


@pytest.fixture
def teams(alone: None, workspace: Any) -> Iterator[list[Team]]:
    register_object(ObjectRights("squad", label="Teams", owned=False))
    source = SearchSource(
        "squad", "Teams", "users", find, resolve=resolve, fetch=fetch, visible=who_may("squad"), personal=True
    )
    register_search(source)
    names = ("Sudeste <b>", "São Paulo", "Sul", "Vendas São Carlos")
    return [Team.objects.create(name=name, path=f"code-{number}") for number, name in enumerate(names)]


def test_found_by_accentless_beginnings_and_marked(teams: list[Team], admin: Member, client_for: Any) -> None:
    content = client_for(admin).get("/teste/search/?q=sao").content.decode()
    assert "<mark>São</mark> Paulo" in content
    assert "Vendas <mark>São</mark> Carlos" in content
    assert "Sul" not in content
    entry = AccessEntry.objects.get()
    assert (entry.act, entry.place, len(entry.object_ids)) == ("view", "search", 2)


def test_the_partial_has_no_shell(teams: list[Team], admin: Member, client_for: Any) -> None:
    headers = {"HX-Request": "true", "HX-Target": "search-results"}
    content = client_for(admin).get("/teste/search/?q=sul", headers=headers).content.decode()
    assert "<mark>Sul</mark>" in content
    assert "<html" not in content


def test_an_exact_identity_comes_first_and_once(teams: list[Team], admin: Member) -> None:
    found = search_everything(admin, "code-1", limit=5)
    assert [one.title for one in found.hits] == ["São Paulo"]
    Team.objects.filter(id=teams[0].id).update(path="sul")
    titles = [one.title for one in search_everything(admin, "sul", limit=5).hits]
    assert titles == ["Sudeste <b>", "Sul"]


def test_what_is_found_is_escaped(teams: list[Team], admin: Member, client_for: Any) -> None:
    browser = client_for(admin)
    assert "<b>" not in browser.get("/teste/search/?q=sudeste").content.decode().split("<main")[1]
    item = browser.get("/teste/search/palette/?q=sudeste").json()["groups"][0]["items"][0]
    assert item["html"] == "<mark>Sudeste</mark> &lt;b&gt;"


def test_without_the_right_nothing_is_found(teams: list[Team], member_with: Any, client_for: Any) -> None:
    browser = client_for(member_with(Role.objects.create(name="Nada", rights={})))
    assert "Paulo<" not in browser.get("/teste/search/?q=sao").content.decode()
    assert "Paulo" not in str(browser.get("/teste/search/palette/?q=sao").json())
    assert browser.post(f"/teste/favourites/squad/{teams[0].id}/", {"starred": "yes"}).status_code == 404


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "'", "a & | ! :*", "@", "(", "💼", "x" * 5000, "%", "<->", "\\"]
)
def test_strange_searches_never_fail(teams: list[Team], admin: Member, client_for: Any, text: str) -> None:
    browser = client_for(admin)
    assert browser.get("/teste/search/", {"q": text}).status_code == 200
    assert browser.get("/teste/search/palette/", {"q": text, "context": text}).status_code == 200


def test_scans_are_forbidden_only_while_searching(teams: list[Team], admin: Member) -> None:
    seen: list[str] = []

    def spying(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            seen.append(cursor.fetchone()[0])
        return []

    register_search(SearchSource("squad", "Teams", "users", spying))
    search_everything(admin, "sul", limit=5)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        seen.append(cursor.fetchone()[0])
    assert seen == ["off", "on"]


def test_search_costs_the_same_whatever_is_found(teams: list[Team], admin: Member) -> None:
    def queries(text: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            search_everything(admin, text, limit=50)
        return len(captured)

    assert queries("sao") == queries("zzz") == 4


def test_palette_knows_commands_places_and_records(teams: list[Team], admin: Member, client_for: Any) -> None:
    register_command(
        Command("only_here", "Apply filter", "filter", action="filter", contexts=frozenset({"list:squads"}))
    )
    register_command(Command("new_squad", "Criar equipe", "plus", url_name="workplace:home", group="create"))
    browser = client_for(admin)
    empty = browser.get("/teste/search/palette/?context=list:squads").json()["groups"]
    assert [item["action"] for item in empty[0]["items"]] == ["filter"]
    elsewhere = browser.get("/teste/search/palette/").json()["groups"]
    assert "only_here" not in str(elsewhere)
    found = browser.get("/teste/search/palette/?q=equip").json()["groups"]
    assert [(item["key"], item["html"]) for group in found for item in group["items"]] == [
        ("new_squad", "Criar <mark>equip</mark>e")
    ]
    assert all(item["icon"].startswith("<svg") for group in empty + found for item in group["items"])


def test_a_single_letter_in_the_palette_searches_no_records(
    teams: list[Team], admin: Member, client_for: Any
) -> None:
    browser = client_for(admin)
    assert "Sudeste" not in str(browser.get("/teste/search/palette/?q=s").json())
    assert "Sudeste" in str(browser.get("/teste/search/palette/?q=su").json())


def test_shortcuts_name_the_places(teams: list[Team], admin: Member, client_for: Any) -> None:
    groups = client_for(admin).get("/teste/search/shortcuts/").json()["groups"]
    keys = [item["keys"] for group in groups for item in group["items"]]
    assert {"g h", "g s", "/", "?"} <= set(keys)


def test_stars_and_recents(teams: list[Team], admin: Member, client_for: Any) -> None:
    browser = client_for(admin)
    url = f"/teste/favourites/squad/{teams[1].id}/"
    for _twice in range(2):
        answer = browser.post(url, {"starred": "yes"})
        assert 'aria-pressed="true"' in answer.content.decode()
    assert Favourite.objects.count() == 1
    note_seen(member=admin, object="squad", object_id=teams[2].id)
    note_seen(member=admin, object="squad", object_id=teams[1].id)
    note_seen(member=admin, object="squad", object_id=teams[2].id)
    note_seen(member=admin, object="squad", object_id=uuid4())
    note_seen(member=admin, object="gone", object_id=uuid4())
    assert RecentRecord.objects.count() == 4
    content = browser.get("/teste/").content.decode()
    recent = content.split('id="recent-title"')[1]
    assert recent.index("Sul") < recent.index("São Paulo")
    assert "São Paulo" in content.split("<main")[0], "the sidebar lists favourites"
    assert 'aria-pressed="false"' in browser.post(url, {"starred": "no"}).content.decode()
    assert not Favourite.objects.exists()
    assert browser.post(f"/teste/favourites/squad/{uuid4()}/", {"starred": "yes"}).status_code == 404
    assert browser.post(f"/teste/favourites/unknown/{uuid4()}/", {"starred": "yes"}).status_code == 404


@given(
    text=st.text(max_size=40), words=st.lists(st.text("abcç ", min_size=1, max_size=5).map(fold), max_size=3)
)
def test_highlighting_keeps_the_text(text: str, words: list[str]) -> None:
    from html import unescape

    shown = highlight(text, [word for word in words if word])
    assert isinstance(shown, SafeString)
    assert unescape(shown.replace("<mark>", "").replace("</mark>", "")) == text

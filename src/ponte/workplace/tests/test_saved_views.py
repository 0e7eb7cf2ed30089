"""Saved views: who sees, changes and copies them; folders, order, stars and the one a list opens with."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.models import AuditEntry, Member, Role, Team
from ponte.workplace.lists import ListPage
from ponte.workplace.models import Favourite, ListPreference, SavedView

LIST = "/teste/lists/colleagues/"
URL = "/teste/test/colleagues/"


@pytest.fixture
def browser(colleagues_list: ListPage, crowd: list[Member], admin: Member, client_for: Any) -> Any:
    return client_for(admin)


@pytest.fixture
def colleague(browser: Any, member_with: Any) -> Member:
    """Return a member of the team Sul who sees the list and nothing else."""
    role = Role.objects.create(name="Vê", rights={"objects": {"colleague": {"view": "all"}}})
    member: Member = member_with(role)
    member.team = Team.objects.get(name="Sul")
    member.save()
    return member


def save(browser: Any, name: str, *, query: str = "?language=pt-br&sort=-seen", **values: str) -> SavedView:
    answer = browser.post(LIST + "views/new/" + query, {"name": name, **values})
    assert answer.status_code == 204, answer.content.decode()
    return SavedView.objects.get(name=" ".join(name.split()))


def test_a_view_is_saved_and_opened(browser: Any) -> None:
    answer = browser.post(
        LIST + "views/new/?language=pt-br&sort=-seen", {"name": " Os meus ", "sharing": "everyone"}
    )
    view = SavedView.objects.get()
    assert (view.name, view.query, view.sharing) == ("Os meus", "?language=pt-br&sort=-seen", "everyone")
    assert answer["HX-Redirect"] == f"{URL}?language=pt-br&sort=-seen&view={view.id}"
    assert "Os meus" in browser.get(answer["HX-Redirect"]).content.decode()


def test_a_shared_view_is_changed_by_its_owner_and_copied_by_others(
    browser: Any, colleague: Member, client_for: Any
) -> None:
    view = save(browser, "De todos", sharing="everyone")
    other = client_for(colleague)
    assert "De todos" in other.get(URL).content.decode()
    edit = f"{LIST}views/{view.id}/"
    assert "Esta visão é de" in other.get(edit).content.decode()
    assert other.post(edit, {"name": "Meu agora"}).status_code == 404
    assert other.post(edit + "delete/").status_code == 404
    assert other.post(edit + "copy/").status_code == 204
    copy = SavedView.objects.get(member=colleague)
    assert (copy.query, copy.sharing) == (view.query, "private")
    browser.post(edit + "?sort=version", {"name": "Só meus", "keep": "on", "sharing": "private"})
    view.refresh_from_db()
    assert (view.query, view.sharing, view.version) == ("?sort=version", "private", 2)
    assert "Só meus" not in other.get(URL).content.decode()
    assert other.get(edit).status_code == 404
    browser.post(edit + "delete/")
    assert not SavedView.objects.filter(id=view.id).exists()
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert acts >= {"view.saved", "view.changed", "view.deleted"}


def test_a_view_changed_meanwhile_is_not_overwritten(browser: Any) -> None:
    view = save(browser, "Uma")
    SavedView.objects.filter(id=view.id).update(version=5, name="Outra")
    answer = browser.post(f"{LIST}views/{view.id}/", {"name": "Minha", "version": "1"})
    assert answer.status_code == 409
    view.refresh_from_db()
    assert view.name == "Outra"


def test_team_views_reach_the_team_and_those_below(browser: Any, colleague: Member, client_for: Any) -> None:
    south = Team.objects.get(name="Sul")
    south.path = f"{south.id}/"
    south.save()
    below = Team.objects.create(name="Porto Alegre", parent=south)
    below.path = f"{south.id}/{below.id}/"
    below.save()
    other = client_for(colleague)
    view = save(other, "Da equipe", sharing="team")
    assert view.team == south
    admin = Member.objects.get(id=view.member_id).__class__.objects.exclude(id=colleague.id).earliest("id")
    assert "Da equipe" not in browser.get(URL).content.decode()
    admin.team = below
    admin.save()
    assert "Da equipe" in browser.get(URL).content.decode()
    assert browser.post(f"{LIST}views/{view.id}/delete/").status_code == 204, "the area opens shared views"


def test_sharing_needs_its_right(browser: Any, colleague: Member, client_for: Any) -> None:
    other = client_for(colleague)
    assert "everyone" not in other.get(LIST + "views/new/").content.decode()
    for sharing in ("everyone", "nonsense"):
        assert other.post(LIST + "views/new/", {"name": "x", "sharing": sharing}).status_code == 422
    colleague.team = None
    colleague.save()
    assert other.post(LIST + "views/new/", {"name": "x", "sharing": "team"}).status_code == 422
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "form", [{"name": ""}, {"name": "   "}, {"name": "x" * 61}, {"name": "x", "folder": "y" * 41}]
)
def test_a_view_needs_good_names(browser: Any, form: dict[str, str]) -> None:
    answer = browser.post(LIST + "views/new/", form)
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()


def test_folders_order_and_the_opening_view(browser: Any, admin: Member) -> None:
    first, second = save(browser, "Alfa"), save(browser, "Beta", folder="Vendas")
    third = save(browser, "Gama", folder="Vendas")
    page = browser.get(URL).content.decode()
    assert page.index("Alfa") < page.index("Vendas") < page.index("Beta")
    form = {"order": [str(third.id), str(second.id), "x", str(first.id)], "default": str(second.id)}
    assert browser.post(LIST + "views/", form).status_code == 204
    preference = ListPreference.objects.get(member=admin)
    assert preference.view_order == [third.id, second.id, first.id]
    assert preference.columns == []
    answer = browser.get(URL)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"view={second.id}")
    page = browser.get(f"{URL}?view=all").content.decode()
    assert page.index("Vendas") < page.index("Alfa") < page.index("Gama")
    assert f"{URL}?view=all" in page
    browser.post(f"{LIST}views/{second.id}/delete/")
    assert browser.get(URL).status_code == 200, "a view that is gone opens nothing"


def test_a_starred_view_stands_in_the_sidebar(alone: None, browser: Any) -> None:
    from ponte.workplace.lists.registrations import SAVED_VIEWS
    from ponte.workplace.search import register_search

    register_search(SAVED_VIEWS)
    view = save(browser, "Estrela")
    assert browser.post(f"/teste/favourites/savedview/{view.id}/", {"starred": "yes"}).status_code == 200
    assert f"view={view.id}" in browser.get("/teste/settings/preferences/").content.decode()
    browser.post(f"{LIST}views/{view.id}/delete/")
    assert not Favourite.objects.exists()


def test_an_opening_view_must_be_seen(browser: Any, colleague: Member, client_for: Any) -> None:
    view = save(browser, "Só do admin")
    assert client_for(colleague).post(LIST + "views/", {"default": str(view.id)}).status_code == 404


def test_views_over_the_api(workspace: Any, admin: Member, member_with: Any, api_for: Any) -> None:
    api = api_for(admin)
    lists = {each["key"]: each for each in api.get("/lists").json()}
    assert "stage" in lists["people"]["filters"]
    answer = api.post(
        "/views",
        {"list": "people", "name": "Leads", "query": "?stage=lead&nonsense=1", "sharing": "everyone"},
    )
    assert answer.status_code == 201
    view = answer.json()
    assert view["query"] == "?stage=lead"
    path = f"/views/{view['id']}"
    assert api.patch(path, {"folder": "Vendas"}, if_match='"7"').status_code == 409
    changed = api.patch(path, {"folder": "Vendas", "query": "stage=customer"}, if_match='"1"').json()
    assert (changed["folder"], changed["query"], changed["name"]) == ("Vendas", "?stage=customer", "Leads")
    order = {"view_order": [view["id"]], "default_view": view["id"]}
    assert api.put("/lists/people/views/order", order).json() == order
    assert api.get("/lists/people/views/order").json() == order
    assert api.post("/views", {"list": "people", "name": "x" * 61}).status_code == 422
    assert api.post("/views", {"list": "nowhere", "name": "x"}).status_code == 404

    reader = api_for(
        member_with(Role.objects.create(name="Lê", rights={"objects": {"customer": {"view": "all"}}}))
    )
    assert [each["name"] for each in reader.get("/views?list=people").json()["items"]] == ["Leads"]
    assert reader.patch(path, {"name": "Minha"}).status_code == 404
    assert reader.delete(path).status_code == 404
    copy = reader.post(path + "/copy", {})
    assert (copy.status_code, copy.json()["sharing"]) == (201, "private")
    assert api.get(f"/views/{copy.json()['id']}").status_code == 404
    nobody = api_for(member_with(Role.objects.create(name="Nada", rights={})))
    assert nobody.get("/views").json()["items"] == []
    assert nobody.get("/lists").json() == []
    assert api_for(admin, scopes=["lists:read"]).delete(path).status_code == 403
    assert api.delete(path).status_code == 204

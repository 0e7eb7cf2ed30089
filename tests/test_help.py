"""Help and tours: there for every page they name, in both languages, for those who can use what they are about."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse, set_script_prefix, set_urlconf
from django.utils import translation

from ponte.core.errors import Denied
from ponte.core.models import AuditEntry, Member
from ponte.core.tenancy.models import Workspace
from ponte.workplace.custom_fields.suggestions import BY_KIND, add_suggested, suggestions_for
from ponte.workplace.help import article_for_page, articles, tours
from ponte.workplace.help.articles import LANGUAGES
from ponte.workplace.models import CustomField

pytestmark = pytest.mark.usefixtures("workspace")
HELP = "/teste/help/"


@pytest.fixture
def _inside(settings: Any) -> Any:
    set_urlconf(settings.WORKSPACE_URLCONF)
    set_script_prefix("/teste/")
    yield
    set_script_prefix("/")
    set_urlconf(None)


@pytest.mark.usefixtures("_inside")
def test_every_article_is_written_in_every_language() -> None:
    for article in articles:
        written = set()
        for language in LANGUAGES:
            with translation.override(language):
                html = article.html()
            assert html.startswith("<p>"), article.key
            assert "ponte:" not in html, article.key  # every link leads somewhere
            assert "/teste/" in html or "href" not in html
            written.add(html)
        assert len(written) == len(LANGUAGES), article.key


@pytest.mark.usefixtures("_inside")
def test_every_step_of_a_tour_is_on_a_page_there_is(client_for: Any, admin: Member) -> None:
    names = {step.url_name for tour in tours for step in tour.steps if step.url_name}
    addresses = [reverse(name) for name in sorted(names)]
    browser = client_for(admin)
    for address in addresses:
        assert browser.get(address).status_code == 200, address


def test_the_article_of_a_page(admin: Member) -> None:
    found = {
        context: article_for_page(admin, context)
        for context in ("list:people", "list:tasks", "record", "home", "")
    }
    assert {context: article and article.key for context, article in found.items()} == {
        "list:people": "lists",
        "list:tasks": "tasks",
        "record": "record",
        "home": "start",
        "": None,
    }


def test_help_is_a_dialog_or_a_page(client_for: Any, admin: Member) -> None:
    browser = client_for(admin)
    page = browser.get(HELP, {"context": "list:people"}).content.decode()
    assert "Listas, filtros e visões" in page
    assert "<!doctype html>" in page
    dialog = browser.get(
        HELP, {"context": "record"}, headers={"HX-Request": "true", "HX-Target": "dialog-content"}
    )
    assert b"<!doctype" not in dialog.content
    assert "A página do cliente" in dialog.content.decode()
    assert browser.get(f"{HELP}quality/").status_code == 200
    assert browser.get(f"{HELP}nowhere/").status_code == 404
    assert browser.get(HELP, {"context": "x" * 5000}).status_code == 200


def test_help_is_about_what_one_may_use(client_for: Any, member_with: Any) -> None:
    browser = client_for(member_with("salesperson"))
    page = browser.get(HELP).content.decode()
    assert "Preparar a empresa" not in page
    assert browser.get(f"{HELP}tours/run/").status_code == 404
    assert browser.post(f"{HELP}tours/run/done/").status_code == 404
    assert browser.get(f"{HELP}import/").status_code == 404


def test_a_tour_is_kept_as_walked_once(client_for: Any, admin: Member) -> None:
    browser = client_for(admin)
    tour = browser.get(f"{HELP}tours/first/").json()
    assert tour["steps"][0]["url"] == "/teste/"
    assert {"target", "title", "text", "url"} == set(tour["steps"][0])
    assert "Conheça o Ponte" in browser.get("/teste/").content.decode()
    for _again in range(2):
        assert browser.post(tour["done"]).status_code == 204
    admin.refresh_from_db()
    assert admin.preferences["tours_done"] == ["first"]
    assert "Visto" in browser.get(HELP).content.decode()
    assert browser.get(tour["done"]).status_code == 405


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_suggested_fields_are_made_as_asked_and_once(workspace: Any, actor: Any, kind: str) -> None:
    workspace.kind = kind
    offered = suggestions_for(kind)
    keys = [each.key for each in offered]
    with translation.override("pt-br"):
        assert add_suggested(actor=actor, keys=[*keys, "no-such-field"]) == len(offered)
        assert add_suggested(actor=actor, keys=keys) == 0
    made = {(field.object, field.key): field for field in CustomField.objects.all()}
    for each in offered:
        field = made[each.object, each.key]
        with translation.override("pt-br"):
            assert field.label == str(each.label)
            assert [choice["label"] for choice in field.choices] == [str(choice) for choice in each.choices]
    assert suggestions_for(kind) == []


def test_the_first_steps_offer_fields_to_who_may_make_them(
    workspace: Any, client_for: Any, admin: Member, member_with: Any
) -> None:
    Workspace.objects.filter(id=workspace.id).update(kind="clinic")
    browser, address = client_for(admin), "/teste/welcome/fields/"
    assert "Convênio" in browser.get("/teste/welcome/").content.decode()
    assert browser.post(address, {"field": ["health_plan", "return_on"]}).status_code == 302
    assert set(CustomField.objects.values_list("key", flat=True)) == {"health_plan", "return_on"}
    assert AuditEntry.objects.filter(act="custom_field.created").count() == 2
    page = browser.get("/teste/welcome/").content.decode()
    assert 'value="guardian"' in page
    assert 'value="health_plan"' not in page
    salesperson = member_with("salesperson")
    assert client_for(salesperson).post(address, {"field": ["guardian"]}).status_code == 404
    assert CustomField.objects.count() == 2


def test_suggested_fields_need_the_right(workspace: Any, member_with: Any) -> None:
    from ponte.core.actors import Actor

    workspace.kind = "clinic"
    with pytest.raises(Denied):
        add_suggested(actor=Actor.for_member(member_with("salesperson")), keys=["guardian"])
    assert not CustomField.objects.exists()

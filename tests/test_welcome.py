"""The first visit of a new business: its words, demo data that come and go, who may."""

from __future__ import annotations

import pytest

from ponte.core.models import AuditEntry, Notification
from ponte.core.services.business import update_workspace
from ponte.core.tenancy.models import Workspace
from ponte.directory.data import PersonData
from ponte.directory.models import Party
from ponte.directory.services.people import create_person
from ponte.timeline.models import Task
from ponte.workplace import vocabulary
from ponte.workplace.services.demo_data import demo_state

PAGE, MAKE, REMOVE = "/teste/welcome/", "/teste/welcome/demo/", "/teste/welcome/demo/remove/"


@pytest.mark.parametrize(
    ("kind", "word", "button"),
    [
        ("clinic", "Pacientes", "Novo paciente"),
        ("school", "Alunos", "Novo aluno"),
        ("retail", "Pessoas", "Nova pessoa"),
        ("other", "Pessoas", "Nova pessoa"),
    ],
)
def test_the_menu_and_the_list_call_people_what_the_business_does(
    workspace, client_for, admin, actor, kind, word, button
):
    Workspace.objects.filter(id=workspace.id).update(kind=kind)
    page = client_for(admin).get("/teste/people/").content.decode()
    assert f"<h1>{word}" in page.replace("\n", "").replace("  ", "")
    assert f'<span class="label">{word}</span>' in page
    assert button in page
    assert word in client_for(admin).get(PAGE).content.decode()


def test_outside_a_workspace_the_usual_words_stand():
    from ponte.core.tenancy import scope

    token = scope._current.set(None)
    try:
        assert str(vocabulary.customers) in ("Clientes", "Customers")
    finally:
        scope._current.reset(token)


def test_changing_the_kind_changes_the_words(workspace, actor):
    update_workspace(actor=actor, kind="clinic")
    assert vocabulary.vocabulary_of("clinic").people != vocabulary.USUAL.people
    assert vocabulary.vocabulary_of("nonsense") is vocabulary.USUAL


def test_demo_data_come_once_and_go_without_touching_ones_own(client_for, admin, actor, run_jobs):
    own = create_person(actor=actor, data=PersonData(name="De verdade")).id
    browser = client_for(admin)
    assert browser.post(MAKE).status_code == 302
    assert demo_state() == "making"
    assert browser.post(MAKE).status_code == 422, "they are on their way"
    run_jobs(limit=1000)  # as many events as the demo has
    assert demo_state() == "there"
    assert Party.objects.filter(is_demo=True).count() > 100
    assert Task.objects.exists()
    assert Notification.objects.filter(member=admin, kind="demo.made").exists()
    assert browser.post(MAKE).status_code == 422

    assert browser.post(REMOVE).status_code == 302
    run_jobs(limit=1000)  # as many events as the demo has
    assert demo_state() == ""
    assert list(Party.objects.values_list("id", flat=True)) == [own]
    assert browser.post(REMOVE).status_code == 422
    assert AuditEntry.objects.filter(act="workspace.updated").count() == 2


def test_only_who_runs_the_workspace_may(client_for, member_with):
    seller = client_for(member_with("salesperson"))
    for method, path in (("get", PAGE), ("post", MAKE), ("post", REMOVE)):
        assert getattr(seller, method)(path).status_code == 404
    assert demo_state() == ""

"""The screens of timeline, tasks and files."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import set_urlconf
from django.utils import timezone

from ponte.core.models import Attachment, Notification
from ponte.timeline.models import Interaction, Task
from ponte.timeline.registrations import search
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.tasks import create_task
from ponte.timeline.tests.conftest import facts_of
from ponte.workplace.search import SearchTerms

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def browser(client_for, admin):
    return client_for(admin)


def at(party, rest=""):
    return f"/teste/customers/{party.id}/{rest}"


def record(browser, party, **told):
    return browser.post(at(party, "timeline/record/"), {"kind": "note", **told}, **HTMX)


def test_the_record_page_shows_composer_and_timeline(browser, actor, ana):
    record_interaction(actor=actor, party_id=ana.id, kind="note", body="Prefere à tarde")
    page = browser.get(at(ana)).content.decode()
    assert 'id="composer"' in page
    assert "Prefere à tarde" in page


def test_a_note_takes_a_text_and_a_press(browser, ana):
    answer = record(browser, ana, body="Oi <b>Ana</b> 👋")
    assert answer.status_code == 200
    assert "timeline-changed" in answer["HX-Trigger"]
    assert "Combinado ✓" not in answer.content.decode()  # an empty composer comes back
    assert Interaction.objects.get().body == "Oi <b>Ana</b> 👋"
    shown = browser.get(at(ana, "timeline/"), **HTMX).content.decode()
    assert "Oi &lt;b&gt;Ana&lt;/b&gt; 👋" in shown


def test_everything_a_call_has(browser, admin, ana, acme, employ, member_with):
    employ(ana, acme)
    bia = member_with("salesperson", name="Bia")
    answer = record(
        browser,
        acme,
        kind="call",
        body="@Bia ligar de volta",
        direction="out",
        outcome="call_back",
        minutes="12",
        occurred_at="2026-11-20T09:30",
        department="sales",
        others=["Ana Souza", "Bia", "Seu Zé"],
        mentions=[str(bia.id), "nonsense"],
    )
    assert answer.status_code == 200, answer.content.decode()
    call = Interaction.objects.get()
    assert (call.duration_seconds, call.outcome, call.direction) == (720, "call_back", "out")
    assert timezone.localtime(call.occurred_at).isoformat() == "2026-11-20T09:30:00-03:00"
    who = {(one.party_id, one.member_id, one.label) for one in call.participants.all()}
    assert who == {(ana.id, None, ""), (None, bia.id, ""), (None, None, "Seu Zé")}
    assert Notification.objects.filter(member=bia).count() == 1


def test_a_task_from_the_composer(browser, admin, ana):
    answer = record(browser, ana, kind="task", body="Enviar proposta\ncom desconto", due_on="2026-12-01")
    assert answer.status_code == 200
    task = Task.objects.get()
    assert (task.title, task.description, task.party, task.assignee) == (
        "Enviar proposta",
        "com desconto",
        ana,
        admin,
    )
    assert "tasks-changed" in answer["HX-Trigger"]


@pytest.mark.parametrize(
    "told",
    [
        {"body": ""},
        {"body": "x", "occurred_at": "2999-01-01T10:00"},
        {"body": "x", "occurred_at": "ontem"},
        {"body": "x", "minutes": "-3"},
        {"body": "x", "kind": "order"},
        {"body": "x" * 200_001},
        {"kind": "task", "body": ""},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(browser, ana, told):
    answer = record(browser, ana, **told)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "error" in page
    assert told["body"] in page
    assert not Interaction.objects.exists()
    assert not Task.objects.exists()


def test_files_come_with_an_interaction_or_nothing_does(browser, ana):
    good, bad = SimpleUploadedFile("contrato.txt", b"ola"), SimpleUploadedFile("virus.exe", b"MZ")
    assert record(browser, ana, body="x", files=[good, bad]).status_code == 422
    assert (
        record(browser, ana, body="x", files=[SimpleUploadedFile("contrato.txt", b"ola")]).status_code == 200
    )
    row = Interaction.objects.get(body="x")
    assert Attachment.objects.filter(object_id=row.id, party_id=ana.id, name="contrato.txt").exists()
    assert "contrato.txt" in browser.get(at(ana, "timeline/"), **HTMX).content.decode()


def test_load_more_goes_on_where_it_stopped(browser, actor, ana):
    for number in range(30):
        record_interaction(
            actor=actor, party_id=ana.id, kind="note", body=f"nota-{number:02}",
            occurred_at=timezone.now() - timedelta(minutes=number),
        )  # fmt: skip
    first = browser.get(at(ana, "timeline/?q=nota"), **HTMX).content.decode()
    assert "nota-24" in first
    assert "nota-25" not in first
    more = first.split('hx-get="/teste/customers/')[-1].split('"')[0].replace("&amp;", "&")
    rest = browser.get(f"/teste/customers/{more}", **HTMX).content.decode()
    assert "nota-24" not in rest
    assert "nota-29" in rest
    assert "q=nota" in more


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=x~y", "since=x&until=y&author=z", "channel=nope", "q=%00", "day=1"]
)
def test_nonsense_in_the_address_is_no_error(browser, ana, query):
    assert browser.get(at(ana, f"timeline/?{query}"), **HTMX).status_code == 200


def test_edit_in_place_changes_only_what_was_changed(browser, actor, ana):
    row = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Combinado ✓")
    path = f"/teste/interactions/{row.id}/edit/"
    form = browser.get(path, **HTMX)
    assert form.status_code == 200
    local = timezone.localtime(row.occurred_at).strftime("%Y-%m-%dT%H:%M")
    saved = browser.post(path, {"body": "Olá", "occurred_at": local, "version": 1}, **HTMX)
    assert saved.status_code == 200
    row.refresh_from_db()
    assert row.body == "Olá"
    assert row.occurred_at.second or row.occurred_at.microsecond  # the moment was not rounded
    assert browser.post(path, {"body": "Ei", "occurred_at": local, "version": 1}, **HTMX).status_code == 409
    assert browser.post(path, {"body": "", "occurred_at": local, "version": 2}, **HTMX).status_code == 422


def test_delete_offers_undo_and_undo_brings_back(browser, actor, ana):
    row = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Combinado ✓")
    answer = browser.post(f"/teste/interactions/{row.id}/delete/", **HTMX)
    undo = f"/teste/interactions/{row.id}/restore/"
    assert undo in answer["HX-Trigger"]
    assert facts_of(ana).interactions_count == 0
    assert browser.post(undo, **HTMX).status_code == 204
    assert facts_of(ana).interactions_count == 1


def test_comments_and_their_undo(browser, actor, ana):
    row = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Combinado ✓")
    path = f"/teste/interactions/{row.id}/comment/"
    assert "Muito <bem" not in browser.post(path, {"body": "Muito <bem"}, **HTMX).content.decode()
    assert browser.post(path, {"body": " "}, **HTMX).status_code == 422
    comment = row.comments.get()
    assert browser.post(f"/teste/comments/{comment.id}/delete/", **HTMX).status_code == 200
    assert browser.post(f"/teste/comments/{comment.id}/restore/", **HTMX).status_code == 204


def test_pin(browser, actor, ana):
    row = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Combinado ✓")
    assert browser.post(f"/teste/interactions/{row.id}/pin/", {"pinned": "1"}, **HTMX).status_code == 204
    assert "is-pinned" in browser.get(at(ana, "timeline/"), **HTMX).content.decode()


def test_colleagues_and_people_are_suggested(browser, ana, acme, employ, member_with):
    employ(ana, acme)
    member_with("salesperson", name="Ângela Prado")
    assert [
        one["label"] for one in browser.get("/teste/interactions/mentionable/?q=ange").json()["items"]
    ] == ["Ângela Prado"]
    found = browser.get(at(acme, "timeline/participants/?q=an")).json()["items"]
    assert {one["label"] for one in found} == {"Ana Souza", "Ângela Prado"}


def test_my_day_lists_and_one_click_does(browser, actor, admin, ana):
    task = create_task(
        actor=actor,
        title="Ligar já",
        party_id=ana.id,
        due_at=timezone.now() - timedelta(hours=1),
        due_all_day=False,
    )
    for path in (
        "/teste/tasks/day/",
        "/teste/tasks/day/block/",
        "/teste/tasks/",
        at(ana, "tasks/"),
        f"/teste/tasks/{task.id}/",
    ):
        page = browser.get(path)
        assert page.status_code == 200
        assert "Ligar já" in page.content.decode(), path
    answer = browser.post(f"/teste/tasks/{task.id}/done/", **HTMX)
    assert "is-done" in answer.content.decode()
    assert f"/teste/tasks/{task.id}/reopen/" in answer["HX-Trigger"]
    assert "Ligar já" in browser.get("/teste/tasks/done/").content.decode()
    assert "Ligar já" not in browser.get("/teste/tasks/").content.decode()


def test_the_task_form_plans_and_edits(browser, admin, ana):
    form = browser.get(f"/teste/tasks/new/?party={ana.id}")
    assert "Ana Souza" in form.content.decode()
    told = {"title": "Visitar", "due_on": "2026-12-01", "due_time": "14:00", "reminder": "60", "party": str(ana.id),
            "assignee": str(admin.id), "kind": "visit", "priority": "3"}  # fmt: skip
    answer = browser.post("/teste/tasks/new/", told)
    task = Task.objects.get()
    assert answer.status_code == 302
    assert (task.due_at - task.remind_at, task.priority, task.party_id) == (timedelta(hours=1), 3, ana.id)
    edited = browser.post(f"/teste/tasks/{task.id}/edit/", {**told, "title": "Visitar a Ana", "version": "1"})
    assert edited.status_code == 302
    task.refresh_from_db()
    assert (task.title, task.version) == ("Visitar a Ana", 2)
    again = browser.post(f"/teste/tasks/{task.id}/edit/", {**told, "title": "x", "version": "1"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "told", [{"title": ""}, {"title": "x", "due_time": "10:00"}, {"title": "x", "reminder": "15"}]
)
def test_a_task_form_says_what_is_missing(browser, told):
    assert browser.post("/teste/tasks/new/", told).status_code == 422
    assert not Task.objects.exists()


def test_files_of_a_customer(browser, ana):
    upload = {"files": [SimpleUploadedFile("foto.png", b"\x89PNG\r\n\x1a\nxxxx")]}
    assert "foto.png" in browser.post(at(ana, "files/upload/"), upload, **HTMX).content.decode()
    refused = browser.post(at(ana, "files/upload/"), {"files": [SimpleUploadedFile("x.exe", b"MZ")]}, **HTMX)
    assert refused.status_code == 422
    file = Attachment.objects.get()
    download = browser.get(f"/teste/attachments/{file.id}/")
    assert download["Content-Disposition"].startswith("attachment")
    assert "sandbox" in download["Content-Security-Policy"]
    assert b"".join(download.streaming_content).startswith(b"\x89PNG")
    assert browser.post(f"/teste/attachments/{file.id}/delete/", **HTMX).status_code == 200
    assert "foto.png" not in browser.get(at(ana, "files/"), **HTMX).content.decode()
    assert browser.post(f"/teste/attachments/{file.id}/restore/", **HTMX).status_code == 204
    assert "foto.png" in browser.get(at(ana, "files/"), **HTMX).content.decode()


def test_a_reader_sees_and_changes_nothing(client_for, actor, ana, member_with):
    row = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Combinado ✓")
    reader = client_for(member_with("read_only"))
    shown = reader.get(at(ana, "timeline/"), **HTMX).content.decode()
    assert "Combinado ✓" in shown
    assert "/edit/" not in shown
    assert record(reader, ana, body="x").status_code == 404
    for act in ("edit", "delete", "pin", "comment"):
        assert reader.post(f"/teste/interactions/{row.id}/{act}/", {"body": "x"}, **HTMX).status_code == 404


def test_a_hidden_customers_everything_is_not_there(client_for, actor, ana, member_with):
    row = record_interaction(actor=actor, party_id=ana.id, kind="note", body="Combinado ✓")
    task = create_task(actor=actor, title="x", party_id=ana.id)
    seller = member_with("salesperson")
    for name in ("customer", "task"):
        seller.role.rights["objects"][name]["view"] = "own"
    seller.role.save()
    browser = client_for(seller)
    for path in ("timeline/", "timeline/filters/", "tasks/", "files/", "timeline/participants/"):
        assert browser.get(at(ana, path)).status_code == 404
    assert browser.get(f"/teste/interactions/{row.id}/").status_code == 404
    assert browser.get(f"/teste/tasks/{task.id}/").status_code == 404
    assert record(browser, ana, body="x").status_code == 404


@pytest.fixture
def inside_urls():
    """Reverse addresses as a request inside a workspace does."""
    set_urlconf(settings.WORKSPACE_URLCONF)
    yield
    set_urlconf(None)


def test_search_finds_tasks_by_words(inside_urls, actor, ana):
    create_task(actor=actor, title="Enviar orçamento", description="até sexta", party_id=ana.id)
    terms = SearchTerms.of("orcamento")
    hits = search(actor.member, terms, 5)
    assert [(hit.title, hit.subtitle) for hit in hits] == [("Enviar orçamento", "Ana Souza")]
    assert search(actor.member, SearchTerms.of("nada"), 5) == []

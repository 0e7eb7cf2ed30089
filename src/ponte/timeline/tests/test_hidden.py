"""What a role hides stays hidden: texts, details, customers one may not see."""

import pytest
from django.conf import settings
from django.urls import set_urlconf

from ponte.core.models import AccessEntry, Notification, Role
from ponte.timeline.models import Interaction, InteractionMention, Task
from ponte.timeline.participant import Participant
from ponte.timeline.registrations import fetch, search
from ponte.timeline.selectors.timeline import TimelineFilter, timeline_page
from ponte.timeline.services.comments import comment_interaction
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.tasks import create_task
from ponte.timeline.words import HIDDEN_CUSTOMER
from ponte.workplace.search import SearchTerms

HTMX = {"HTTP_HX_REQUEST": "true"}
ALL = dict.fromkeys(("view", "create", "edit", "delete", "export"), "all")
SECRET = "zebra"


@pytest.fixture
def with_rights(member_with):
    """Return a factory of members whose role has these rights, on everything else all."""

    def make(fields=None, **objects):
        everything = dict.fromkeys(("customer", "interaction", "task", "file"), ALL)
        rights = {"objects": {**everything, **objects}, "areas": [], "fields": fields or {}}
        return member_with(Role.objects.create(name=f"papel {Role.objects.count()}", rights=rights))

    return make


@pytest.fixture
def blind(with_rights):
    """Return a member from whom texts, extra data and details are hidden."""
    hidden = {"interaction": {"body": "hidden", "data": "hidden"}, "task": {"description": "hidden"}}
    return with_rights(hidden)


@pytest.fixture
def narrow(with_rights):
    """Return a member who sees their own customers only, of which there are none."""
    own = {**ALL, "view": "own"}
    return with_rights(customer=own, task=own)


@pytest.fixture
def found():
    """Return a function that answers the second lines of what the global search finds."""

    def find(member, text):
        set_urlconf(settings.WORKSPACE_URLCONF)  # as inside a request; the test's browser resets it
        return [hit.subtitle for hit in search(member, SearchTerms.of(text), 5)]

    yield find
    set_urlconf(None)


@pytest.fixture
def told(actor, ana):
    """Return an interaction whose texts, comment and extra data all tell the secret."""
    row = record_interaction(
        actor=actor, party_id=ana.id, kind="note", subject="Assunto", body=f"é {SECRET}", data={"x": SECRET}
    )
    comment_interaction(actor=actor, interaction=row, body=f"sim, {SECRET}")
    return row


def test_hidden_texts_are_not_on_the_timeline(client_for, blind, actor, ana, told):
    record_interaction(actor=actor, party_id=ana.id, kind="stage_change", data={"from": SECRET, "to": "lead"})
    record_interaction(actor=actor, party_id=ana.id, kind="review", data={"score": SECRET})
    browser = client_for(blind)
    for path in (
        f"customers/{ana.id}/timeline/",
        f"interactions/{told.id}/",
        f"interactions/{told.id}/edit/",
    ):
        answer = browser.get(f"/teste/{path}", **HTMX)
        assert answer.status_code == 200
        assert "Assunto" in answer.content.decode()
        assert SECRET not in answer.content.decode(), path


def test_correcting_the_rest_leaves_a_hidden_text_alone(client_for, blind, ana, told):
    path = f"/teste/interactions/{told.id}/edit/"
    answer = client_for(blind).post(path, {"subject": "Outro", "body": "x", "version": 1}, **HTMX)
    assert answer.status_code == 200, answer.content.decode()
    told.refresh_from_db()
    assert (told.subject, told.body) == ("Outro", f"é {SECRET}")


@pytest.mark.parametrize("right", ["hidden", "read"])
def test_a_locked_text_is_not_written_in_the_composer(client_for, with_rights, ana, right):
    browser = client_for(with_rights({"interaction": {"body": right}, "task": {"description": "read"}}))
    assert 'name="body"' not in browser.get(f"/teste/customers/{ana.id}/").content.decode()
    path = f"/teste/customers/{ana.id}/timeline/record/"
    assert browser.post(path, {"kind": "call", "body": "x"}, **HTMX).status_code == 200
    assert Interaction.objects.get(kind="call").body == ""


def test_locked_details_are_not_planned_from_the_composer(client_for, with_rights, ana):
    browser = client_for(with_rights({"task": {"description": "read"}}))
    path = f"/teste/customers/{ana.id}/timeline/record/"
    assert browser.post(path, {"kind": "task", "body": "Ligar\nlogo"}, **HTMX).status_code == 422
    assert browser.post(path, {"kind": "task", "body": "Ligar"}, **HTMX).status_code == 200


def test_hidden_texts_do_not_find_their_interaction(api_for, blind, admin, ana, told):
    def number(member, text):
        return len(timeline_page(member, ana, TimelineFilter(text=text)).entries)

    assert [number(member, text) for member in (admin, blind) for text in (SECRET, "ASSUNTO")] == [1, 1, 0, 1]
    api = api_for(blind)
    assert api.get(f"/interactions?party_id={ana.id}&q={SECRET}").json()["items"] == []
    assert len(api.get(f"/interactions?party_id={ana.id}&q=assunto").json()["items"]) == 1


def test_locked_texts_are_not_written_in_another_form(api_for, with_rights, ana, told):
    api = api_for(with_rights({"interaction": {"body": "read"}}))
    assert api.patch(f"/interactions/{told.id}", {"body_html": "<p>x</p>"}).status_code == 422
    item = {"party_id": str(ana.id), "external_id": "1", "body": "x"}
    assert api.post("/interactions/bulk", {"source": "erp", "items": [item]}).status_code == 422


def test_hidden_details_are_neither_shown_nor_searched_nor_lost(found, client_for, blind, actor, admin):
    task = create_task(actor=actor, title="Ligar", description=SECRET)
    browser = client_for(blind)
    assert SECRET not in browser.get(f"/teste/tasks/{task.id}/").content.decode()
    form = browser.get(f"/teste/tasks/{task.id}/edit/").content.decode()
    assert "Ligar" in form
    assert SECRET not in form
    told = {"title": "Ligar já", "kind": "todo", "priority": "2", "description": "x", "version": "1"}
    assert browser.post(f"/teste/tasks/{task.id}/edit/", told).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.description) == ("Ligar já", SECRET)
    for member, text, number in (
        (admin, SECRET, 1),
        (admin, "lig", 1),
        (blind, SECRET, 0),
        (blind, "lig", 1),
    ):
        assert len(found(member, text)) == number, text
    assert "Ligar já" in browser.get("/teste/tasks/?q=ligar").content.decode()
    assert "Ligar já" not in browser.get(f"/teste/tasks/?q={SECRET}").content.decode()


def test_mentions_tell_only_what_the_mentioned_may_read(with_rights, blind, actor, ana):
    outside = with_rights(interaction={**ALL, "view": "none"})
    told = record_interaction(
        actor=actor, party_id=ana.id, kind="note", body=SECRET, mentions=[outside.id, blind.id]
    )
    comment_interaction(actor=actor, interaction=told, body=SECRET, mentions=[outside.id, blind.id])
    assert {one.member_id for one in InteractionMention.objects.all()} == {blind.id}
    notices = Notification.objects.filter(kind="timeline.mention")
    assert {notice.member_id for notice in notices} == {blind.id}
    assert not [notice for notice in notices if SECRET in notice.title + notice.body]


def test_a_task_of_ones_own_does_not_name_a_hidden_customer(found, client_for, narrow, actor, ana):
    task = create_task(actor=actor, title="Ligar", party_id=ana.id, assignee_id=narrow.id)
    browser = client_for(narrow)
    for path in ("tasks/", "tasks/day/", f"tasks/{task.id}/", f"tasks/{task.id}/edit/", "search/?q=ligar"):
        page = browser.get(f"/teste/{path}").content.decode()
        assert "Ligar" in page, path
        assert "Ana Souza" not in page, path
    assert found(narrow, "ligar") == [str(HIDDEN_CUSTOMER)]
    assert [hit.subtitle for hit in fetch(narrow, [task.id])] == [str(HIDDEN_CUSTOMER)]
    assert found(actor.member, "ligar") == ["Ana Souza"]
    told = {"title": "Ligar já", "party": str(ana.id), "assignee": str(narrow.id), "version": "1"}
    assert browser.post(f"/teste/tasks/{task.id}/edit/", told).status_code == 302
    assert Task.objects.get().party_id == ana.id


def test_hidden_customers_among_the_participants_are_not_named_and_not_lost(
    api_for, client_for, narrow, actor, ana, acme
):
    acme.owner = narrow
    acme.save()
    others = [Participant(party_id=ana.id), Participant(label="Seu Zé")]
    row = record_interaction(actor=actor, party_id=acme.id, kind="note", body="Oi", participants=others)
    api = api_for(narrow)
    listed = api.get(f"/interactions?party_id={acme.id}").json()["items"][0]
    for shown in (listed, api.get(f"/interactions/{row.id}").json()):
        assert [one["label"] for one in shown["participants"]] == ["Seu Zé"]
    form = client_for(narrow).get(f"/teste/interactions/{row.id}/edit/", **HTMX).content.decode()
    assert "Seu Zé" in form
    assert "Ana Souza" not in form

    changed = api.patch(f"/interactions/{row.id}", {"participants": [{"label": "Bia"}]})
    assert [one["label"] for one in changed.json()["participants"]] == ["Bia"]
    assert {(one.party_id, one.label) for one in row.participants.all()} == {(ana.id, ""), (None, "Bia")}
    named = {"participants": [{"party_id": str(ana.id)}]}
    assert api.patch(f"/interactions/{row.id}", named).status_code == 422


def test_reading_by_api_is_noted(api_for, admin, told):
    api = api_for(admin)
    assert api.get("/interactions").status_code == 200
    assert api.get(f"/interactions/{told.id}").status_code == 200
    seen = AccessEntry.objects.filter(object_type="interaction")
    assert [(one.place, one.object_ids) for one in seen] == [("API: interactions", [told.id])] * 2

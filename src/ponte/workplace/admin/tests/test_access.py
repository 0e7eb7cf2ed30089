"""Tokens, one's own account, audit and history, jobs, notices."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from ponte.core.actors import Actor
from ponte.core.ids import uuid7
from ponte.core.jobs import enqueue
from ponte.core.models import AccessEntry, AuditEntry, EventDelivery, Notification, StoredEvent
from ponte.core.services import audit
from ponte.core.services.digests import send_digests
from ponte.core.services.notifications import notify
from ponte.core.services.subject_keys import destroy_key
from ponte.core.services.tokens import create_token
from ponte.core.services.workspaces import save_team
from ponte.core.tenancy.models import ApiToken, User
from ponte.workplace.admin import history
from ponte.workplace.admin.history import HistorySource

HX = {"HX-Request": "true"}
TOKEN = {"name": "Site", "expires": "90", "scopes": ["customers:read"]}


def test_token_secret_is_shown_once_and_kept_nowhere(client_for, admin, caplog):
    client = client_for(admin)
    answer = client.post("/teste/settings/tokens/new/", TOKEN)
    secret = answer.content.decode().split('value="ponte_')[1].split('"')[0]
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    assert secret not in client.get("/teste/settings/tokens/").content.decode()
    kept = json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)), default=str)
    assert secret not in kept
    assert secret not in caplog.text
    assert secret not in str(ApiToken.objects.values().get())
    assert "no-store" in answer.headers["Cache-Control"]


def test_tokens_of_others_are_for_those_who_look_after_integrations(client_for, admin, member_with):
    member = member_with("salesperson")
    token, _secret = create_token(
        member=admin, name="Do chefe", scopes=["admin"], actor=Actor.for_member(admin)
    )
    client = client_for(member)
    assert "Do chefe" not in client.get("/teste/settings/tokens/?everyone").content.decode()
    assert client.post(f"/teste/settings/tokens/{token.id}/revoke/", headers=HX).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
    own, _secret = create_token(member=member, name="Meu", scopes=["export"], actor=Actor.for_member(member))
    assert "Meu" in client_for(admin).get("/teste/settings/tokens/?everyone").content.decode()
    assert client_for(admin).post(f"/teste/settings/tokens/{own.id}/revoke/", headers=HX).status_code == 204


@pytest.mark.parametrize("bad", [{"name": " "}, {"scopes": []}, {"scopes": ["root"]}, {"expires": "9999"}])
def test_bad_tokens_are_refused(bad, client_for, admin):
    assert client_for(admin).post("/teste/settings/tokens/new/", TOKEN | bad).status_code == 422
    assert not ApiToken.objects.exists()


def test_profile_changes_name_and_language(client_for, member_with):
    member = member_with("agent")
    answer = client_for(member).post("/teste/settings/profile/", {"name": "Ana Ágata", "language": "en"})
    assert answer.cookies["ponte_language"].value == "en"
    member.refresh_from_db()
    assert (member.name, member.sort_name, member.language) == ("Ana Ágata", "ana agata", "en")
    assert User.objects.get(id=member.user_id).name == "Ana Ágata"
    assert "Settings" in client_for(member).get("/teste/settings/profile/").content.decode()


def test_own_sessions_are_listed_and_ended_those_of_others_not(client_for, member_with):
    ana, bia = member_with("agent"), member_with("agent")
    here, there, foreign = client_for(ana), client_for(ana), client_for(bia)
    for client in (here, there, foreign):
        client.get("/teste/notifications/poll/")
    sessions = {row.session_key: row for row in UserSession.objects.all()}
    other = sessions[foreign.session.session_key]
    assert here.post(f"/teste/settings/my-security/sessions/{other.id}/end/", headers=HX).status_code == 404
    mine = sessions[there.session.session_key]
    assert here.post(f"/teste/settings/my-security/sessions/{mine.id}/end/", headers=HX).status_code == 204
    assert there.get("/teste/notifications/poll/").status_code == 302
    assert foreign.get("/teste/notifications/poll/").status_code == 200
    assert here.get("/teste/settings/my-security/").status_code == 200


def test_log_in_activity_is_not_written_on_every_request(
    client_for, member_with, django_assert_max_num_queries
):
    client = client_for(member_with("agent"))
    client.get("/teste/notifications/poll/")
    with django_assert_max_num_queries(8) as captured:
        client.get("/teste/notifications/poll/")
    assert not [query for query in captured if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_business_is_changed_and_written_down(client_for, admin, workspace):
    data = {
        "name": "Nova Razão",
        "kind": "clinic",
        "language": "en",
        "timezone": "America/Manaus",
        "currency": "USD",
    }
    assert client_for(admin).post("/teste/settings/workspace/", data).status_code == 302
    workspace.refresh_from_db()
    assert (workspace.name, workspace.timezone, workspace.currency) == ("Nova Razão", "America/Manaus", "USD")
    entry = AuditEntry.objects.get(act="workspace.updated")
    assert entry.changes["currency"] == ["BRL", "USD"]


def test_business_refuses_time_zones_that_are_none(client_for, admin):
    data = {"name": "N", "kind": "clinic", "language": "en", "timezone": "Mars/Base", "currency": "USD"}
    assert client_for(admin).post("/teste/settings/workspace/", data).status_code == 422


@pytest.fixture
def subject(actor):
    """A team stands for a record that tells about a customer."""
    team, customer = save_team(actor=actor, name="Sul"), uuid7()
    audit.record(
        actor=actor, act="team.renamed", target=team, subject_id=customer, personal={"name"},
        changes={"name": ("Maria Silva", "Maria Souza"), "kind": ("a", "b")},
    )  # fmt: skip
    return team, customer


def test_audit_page_shows_before_and_after_and_who_read_it_is_noted(client_for, admin, subject):
    page = client_for(admin).get("/teste/settings/audit/").content.decode()
    assert "Maria Silva" in page
    assert "Maria Souza" in page
    noted = AccessEntry.objects.get(place="audit log")
    assert noted.object_ids == [subject[1]]


def test_erased_values_are_said_to_be_erased(client_for, admin, subject):
    destroy_key(subject[1])
    client = client_for(admin)
    page = client.get("/teste/settings/audit/").content.decode()
    assert "Maria" not in page
    assert "line-through" not in page
    text = b"".join(client.get("/teste/settings/audit/export.csv").streaming_content).decode()
    assert "Maria" not in text


def test_filters_narrow_and_nonsense_is_ignored(client_for, admin, member_with, actor):
    client = client_for(admin)
    save_team(actor=actor, name="Equipe Norte")
    create_token(member=admin, name="Chave Leste", scopes=["export"], actor=Actor.system("Robô"))

    def page(query: str) -> str:
        return client.get(f"/teste/settings/audit/?{query}").content.decode()

    assert "Equipe Norte" in page(f"actor={admin.id}")
    assert "Chave Leste" not in page(f"actor={admin.id}")
    assert "Chave Leste" in page("actor=system")
    assert "Equipe Norte" not in page("object=token")
    assert "Chave Leste" in page("object=token")
    assert "Equipe Norte" in page("act=team.created")
    assert "Chave Leste" not in page("act=team.created")
    today = timezone.localdate()
    assert "Equipe Norte" in page(f"since={today}&until={today}")
    assert "Equipe Norte" not in page(f"until={today - timedelta(days=1)}")
    assert "Equipe Norte" in page("actor=x&since=32/13&cursor=%00&act=%27;--&object=a%20b&until=0000-00-00")


def test_log_is_read_to_the_end_page_by_page(client_for, admin, actor):
    team = save_team(actor=actor, name="A")
    for number in range(120):
        audit.record(actor=actor, act="team.created", target=team, changes={"size": (number, f"n{number}n")})
    client, seen, url = client_for(admin), [], "/teste/settings/audit/?act=team.created"
    while url:
        page = client.get(url).content.decode()
        seen += [part.split("n")[0] for part in page.split("<span>n")[1:]]
        url = (
            page.split('list-more" hx-get="')[1].split('"')[0].replace("&amp;", "&")
            if "list-more" in page
            else ""
        )
    assert seen == [str(number) for number in reversed(range(120))]


def test_csv_export_is_written_down_and_harmless_to_spreadsheets(client_for, admin, actor):
    save_team(actor=actor, name="=HYPERLINK(1)")
    text = b"".join(client_for(admin).get("/teste/settings/audit/export.csv").streaming_content).decode()
    assert "=HYPERLINK" in text
    assert ";=HYPERLINK" not in text
    assert AuditEntry.objects.filter(act="audit.exported", actor_id=admin.id).exists()


@pytest.fixture
def team_histories(monkeypatch):
    """Let teams stand for records with a history, in this test alone; give it who sees them."""

    def open_to(visible):
        source = HistorySource("team", visible)
        monkeypatch.setitem(history._sources, "team", source)

    return open_to


def test_history_is_for_those_who_see_the_record(client_for, admin, member_with, actor, team_histories):
    team = save_team(actor=actor, name="Sul")
    team_histories(lambda member, ids: {team.id} & set(ids) if member.id == admin.id else set())
    assert "Sul" in client_for(admin).get(f"/teste/history/team/{team.id}/").content.decode()
    assert client_for(member_with("manager")).get(f"/teste/history/team/{team.id}/").status_code == 404
    assert client_for(admin).get(f"/teste/history/team/{uuid7()}/").status_code == 404
    assert client_for(admin).get(f"/teste/history/secret/{team.id}/").status_code == 404


def test_history_holds_bulk_acts_too(client_for, admin, actor, team_histories):
    team = save_team(actor=actor, name="Sul")
    team_histories(lambda member, ids: set(ids))
    audit.record_bulk(
        actor=actor, act="team.moved", object_type="team", ids=[team.id, uuid7()], summary={"to": "Oeste"}
    )
    assert "Oeste" in client_for(admin).get(f"/teste/history/team/{team.id}/").content.decode()


def _failed_job(args: dict[str, str]) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('default', 'core.digest', %s, 'failed', 3) RETURNING id",
            [json.dumps(args)],
        )
        return int(cursor.fetchone()[0])


def test_failed_job_is_tried_again_from_the_page(client_for, admin, workspace):
    job = _failed_job({"workspace": str(workspace.id)})
    client = client_for(admin)
    assert f"#{job}" in client.get("/teste/settings/jobs/").content.decode()
    assert client.post(f"/teste/settings/jobs/{job}/retry/", headers=HX).status_code == 204
    assert ProcrastinateJob.objects.get(id=job).status == "todo"
    assert AuditEntry.objects.filter(act="job.retried").exists()
    assert client.post(f"/teste/settings/jobs/{job}/retry/", headers=HX).status_code == 422


def test_jobs_of_another_workspace_are_neither_shown_nor_touched(client_for, admin, other_workspace):
    job = _failed_job({"workspace": str(other_workspace.id)})
    client = client_for(admin)
    assert f"#{job}" not in client.get("/teste/settings/jobs/").content.decode()
    assert client.post(f"/teste/settings/jobs/{job}/retry/", headers=HX).status_code == 404
    assert ProcrastinateJob.objects.get(id=job).status == "failed"


def test_dead_event_is_sent_again(client_for, admin, actor):
    stored = StoredEvent.objects.filter(name="core.member_joined").first()
    dead = EventDelivery.objects.create(
        event=stored, handler="core.webhooks", state="dead", attempts=8, error="Boom: x"
    )
    client = client_for(admin)
    assert "Boom" in client.get("/teste/settings/jobs/").content.decode()
    assert client.post(f"/teste/settings/jobs/deliveries/{dead.id}/replay/", headers=HX).status_code == 204
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)


def test_waiting_jobs_are_shown_by_name(client_for, admin):
    enqueue("core.digest")
    assert "core.digest" not in client_for(admin).get("/teste/settings/jobs/?part").content.decode()


def test_notices_are_ones_own(client_for, member_with):
    ana, bia = member_with("agent"), member_with("agent")
    notice = notify(member=ana, kind="task.assigned", title="Ligue para a Marta", url="/teste/tasks/")
    assert "Marta" in client_for(ana).get("/teste/notifications/bell/").content.decode()
    assert client_for(ana).get("/teste/notifications/poll/").json()["unread"] == 1
    other = client_for(bia)
    assert "Marta" not in other.get("/teste/notifications/").content.decode()
    assert other.get(f"/teste/notifications/{notice.id}/open/").status_code == 404
    other.post("/teste/notifications/read/", headers=HX)
    assert client_for(ana).get("/teste/notifications/poll/").json()["unread"] == 1


def test_opening_a_notice_marks_it_and_leads_on(client_for, member_with):
    ana = member_with("agent")
    notice = notify(member=ana, kind="x", title="Olá", url="/teste/tasks/?mine=1")
    assert notice.url == "/tasks/?mine=1"
    answer = client_for(ana).get(f"/teste/notifications/{notice.id}/open/")
    assert answer.headers["Location"] == "/teste/tasks/?mine=1"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_silenced_kinds_do_not_arrive(client_for, member_with):
    ana = member_with("agent")
    client_for(ana).post("/teste/settings/notices/", {"app:import.finished": "on", "digest": "on"})
    ana.refresh_from_db()
    assert notify(member=ana, kind="task.assigned", title="Silêncio") is None
    assert notify(member=ana, kind="import.finished", title="Importado") is not None


def test_digest_tells_once_and_only_those_who_want_it(member_with, settings, run_jobs, mailoutbox):
    ana, bia = member_with("agent"), member_with("agent")
    bia.preferences = {"digest": False}
    bia.save()
    for member in (ana, bia):
        notify(member=member, kind="x", title="Novidade")
    assert send_digests() == 0, "no mail server: nothing is marked as told"
    settings.PONTE_SENDS_MAIL = True
    assert send_digests() == 1
    run_jobs()
    assert [mail.to for mail in mailoutbox] == [[ana.email]]
    assert "Novidade" in mailoutbox[0].body
    assert send_digests() == 0
    assert not Notification.objects.filter(read_at__isnull=False).exists()


def test_changed_address_of_the_account_is_taken_over(client_for, member_with):
    member = member_with("agent")
    User.objects.filter(id=member.user_id).update(email="nova@casa.com.br")
    client_for(member).get("/teste/notifications/poll/")
    member.refresh_from_db()
    assert member.email == "nova@casa.com.br"
    assert AuditEntry.objects.filter(act="member.updated", object_id=member.id).exists()


def test_old_notices_and_deliveries_are_forgotten_and_fresh_ones_kept(member_with, actor):
    from ponte.core.deliveries import forget_deliveries
    from ponte.core.models import WebhookDelivery, WebhookEndpoint

    ana = member_with("agent")
    old, fresh = (notify(member=ana, kind="x", title=title) for title in ("velha", "nova"))
    Notification.objects.filter(id=old.id).update(read_at=timezone.now() - timedelta(days=200))
    endpoint = WebhookEndpoint.objects.create(name="x", url="https://x.example", events=["*"], secret=b"")
    for days in (40, 2):
        made = WebhookDelivery.objects.create(
            endpoint=endpoint, event_name="x", state="done", retry_until=timezone.now()
        )
        WebhookDelivery.objects.filter(id=made.id).update(created_at=timezone.now() - timedelta(days=days))
    forget_deliveries()
    assert list(Notification.objects.filter(member=ana)) == [fresh]
    assert WebhookDelivery.objects.count() == 1

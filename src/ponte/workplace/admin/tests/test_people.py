"""Members, invitations, teams: refusals first."""

from __future__ import annotations

import pytest

from ponte.core.models import AuditEntry, Member, Role, Team
from ponte.core.services.workspaces import save_team
from ponte.core.tenancy.models import ApiToken, Invitation, Membership

HX = {"HX-Request": "true"}


def _role(key: str) -> Role:
    return Role.objects.get(key=key)


def test_last_administrator_keeps_role_and_access(client_for, admin):
    client = client_for(admin)
    answer = client.post(
        f"/teste/settings/members/{admin.id}/", {"role": str(_role("manager").id), "team": ""}
    )
    assert answer.status_code == 422
    answer = client.post(f"/teste/settings/members/{admin.id}/deactivate/", headers=HX)
    assert answer.status_code == 422
    assert "administra" in answer.headers["HX-Trigger"].lower()
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.role.key == "administrator"


def test_role_and_team_are_changed_and_written_down(client_for, admin, member_with, actor):
    member, team = member_with("salesperson"), save_team(actor=actor, name="Sul")
    data = {"role": str(_role("agent").id), "team": str(team.id)}
    assert client_for(admin).post(f"/teste/settings/members/{member.id}/", data).status_code == 302
    member.refresh_from_db()
    assert (member.role.key, member.team) == ("agent", team)
    entry = AuditEntry.objects.filter(act="member.updated").latest("id")
    assert set(entry.changes) == {"role", "team"}
    assert entry.actor_id == admin.id


def test_deactivated_member_is_out_at_once_and_comes_back(client_for, admin, member_with, api_for):
    member = member_with("salesperson")
    browser, api = client_for(member), api_for(member, scopes=["customers:read"])
    assert browser.get("/teste/settings/profile/").status_code == 200
    client = client_for(admin)
    assert client.post(f"/teste/settings/members/{member.id}/deactivate/", headers=HX).status_code == 204
    assert browser.get("/teste/settings/profile/").status_code == 404
    assert api.get("/people").status_code == 401
    assert ApiToken.objects.get(member_id=member.id).revoked_at is not None
    assert client.post(f"/teste/settings/members/{member.id}/reactivate/", headers=HX).status_code == 204
    assert browser.get("/teste/settings/profile/").status_code == 200
    assert Membership.objects.get(user_id=member.user_id).is_active


def test_nobody_gives_more_than_they_have(client_for, member_with):
    role = Role.objects.create(name="RH", rights={"objects": {}, "areas": ["members"], "fields": {}})
    hr, other = member_with(role), member_with("salesperson")
    client = client_for(hr)
    data = {"role": str(_role("administrator").id), "team": ""}
    assert client.post(f"/teste/settings/members/{hr.id}/", data).status_code == 422
    assert client.post(f"/teste/settings/members/{other.id}/", data).status_code == 422
    data = {"email": "x@teste.example", "role": str(_role("administrator").id), "name": "", "team": ""}
    assert client.post("/teste/settings/invitations/new/", data).status_code == 422
    assert not Invitation.objects.exists()


def test_others_than_administrators_cannot_remove_one(client_for, admin, member_with):
    role = Role.objects.create(name="RH", rights={"objects": {}, "areas": ["members"], "fields": {}})
    second = member_with("administrator")
    answer = client_for(member_with(role)).post(
        f"/teste/settings/members/{second.id}/deactivate/", headers=HX
    )
    assert answer.status_code == 422
    second.refresh_from_db()
    assert second.is_active


def test_member_of_another_workspace_is_not_found(client_for, admin, other_workspace, inside):
    with inside(other_workspace):
        foreign = Member.objects.create(
            user_id="01a201e8-be31-7208-aab9-ed75a63584e3",
            name="X",
            sort_name="x",
            email="x@x.example",
            role=_role("agent"),
        )
    client = client_for(admin)
    assert client.get(f"/teste/settings/members/{foreign.id}/").status_code == 404
    assert client.post(f"/teste/settings/members/{foreign.id}/deactivate/").status_code == 404


def test_invitation_link_is_shown_once_and_only_its_digest_kept(client_for, admin):
    client = client_for(admin)
    data = {"email": "Nova@Teste.example", "name": "Nova", "role": str(_role("agent").id), "team": ""}
    page = client.post("/teste/settings/invitations/new/", data).content.decode()
    secret = page.split("/join/")[1].split("/")[0]
    assert secret not in client.get("/teste/settings/invitations/").content.decode()
    invitation = Invitation.objects.get()
    assert invitation.email == "nova@teste.example"
    assert secret not in invitation.digest
    assert client.get(f"/join/{secret}/").status_code == 200


def test_invitation_of_another_workspace_cannot_be_revoked(client_for, admin, actor, inside, other_workspace):
    from ponte.core.services.invitations import invite

    with inside(other_workspace):
        foreign, _secret = invite(email="y@teste.example", role=_role("agent"), actor=actor)
    assert client_for(admin).post(f"/teste/settings/invitations/{foreign.id}/revoke/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.revoked_at is None


def test_members_are_not_invited_again(client_for, admin, member_with):
    member = member_with("agent")
    data = {"email": member.email.upper(), "role": str(_role("agent").id), "name": "", "team": ""}
    assert client_for(admin).post("/teste/settings/invitations/new/", data).status_code == 422


def test_invitation_goes_by_mail_where_there_is_a_server(client_for, admin, settings, run_jobs, mailoutbox):
    settings.PONTE_SENDS_MAIL = True
    data = {"email": "nova@teste.example", "name": "", "role": str(_role("agent").id), "team": ""}
    page = client_for(admin).post("/teste/settings/invitations/new/", data).content.decode()
    assert "/join/" not in page, "the link proves the address: it goes to the mailbox alone"
    run_jobs()
    assert mailoutbox[0].to == ["nova@teste.example"]
    assert "/join/" in mailoutbox[0].body


def test_team_cannot_stand_below_itself_nor_go_with_members(client_for, admin, member_with, actor):
    top = save_team(actor=actor, name="Comercial")
    below = save_team(actor=actor, name="Sul", parent=top)
    client = client_for(admin)
    data = {"name": "Comercial", "parent": str(below.id), "leader": ""}
    assert client.post(f"/teste/settings/teams/{top.id}/", data).status_code == 422
    assert client.post(f"/teste/settings/teams/{top.id}/delete/", headers=HX).status_code == 422
    member_with("agent", team=below)
    assert client.post(f"/teste/settings/teams/{below.id}/delete/", headers=HX).status_code == 422
    assert Team.objects.count() == 2


def test_moving_a_team_moves_its_subtree(client_for, admin, actor):
    a, b = save_team(actor=actor, name="A"), save_team(actor=actor, name="B")
    c = save_team(actor=actor, name="C", parent=b)
    client_for(admin).post(
        f"/teste/settings/teams/{b.id}/", {"name": "B", "parent": str(a.id), "leader": str(admin.id)}
    )
    c.refresh_from_db()
    assert c.path == f"{a.id}/{b.id}/{c.id}/"


@pytest.mark.parametrize(
    "path", ["members/{}/", "members/{}/deactivate/", "teams/{}/delete/", "roles/{}/delete/"]
)
def test_salespeople_change_nobody(path, client_for, member_with, admin, actor):
    target = {"members": admin.id, "teams": save_team(actor=actor, name="A").id, "roles": _role("agent").id}
    url = path.format(target[path.split("/")[0]])
    assert client_for(member_with("salesperson")).post(f"/teste/settings/{url}").status_code == 404
    assert AuditEntry.objects.filter(act="access.denied").exists()

"""The doors: who is led where, the first run, invitations and their refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ponte.core.models import Member, Role
from ponte.core.services.invitations import invite, revoke_invitation
from ponte.core.tenancy.models import Invitation, Membership, User, Workspace

GOOD_PASSWORD = "cavalo correto bateria"
FIRST = {
    "business": "Café Acolá", "kind": "retail", "language": "pt-br", "name": "Zélia", "email": "Zelia@Acola.com.br",
    "password": GOOD_PASSWORD,
}  # fmt: skip


@pytest.mark.django_db
def test_fresh_installation_leads_to_the_first_run():
    assert Client().get("/").headers["Location"] == "/start/"


@pytest.mark.django_db
def test_first_run_creates_business_and_administrator_and_logs_in():
    client = Client()
    answer = client.post("/start/", FIRST)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.headers["Location"] == "/cafe-acola/welcome/"
    user = User.objects.get()
    assert user.email == "zelia@acola.com.br"
    assert user.password.startswith("argon2")
    workspace = Workspace.objects.get(slug="cafe-acola")
    assert workspace.kind == "retail"
    assert Membership.objects.filter(user=user, workspace=workspace, is_active=True).exists()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/").headers["Location"] == "/cafe-acola/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "1234567890"), ("password", "curta"), ("email", "nada"), ("business", " "), ("kind", "x")],
)
def test_first_run_refuses_bad_input_and_creates_nothing(field, value):
    answer = Client().post("/start/", FIRST | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.django_db
def test_first_run_is_closed_once_somebody_is_there():
    User.objects.create_user("a@b.com.br", GOOD_PASSWORD)
    answer = Client().post("/start/", FIRST)
    assert answer.headers["Location"] == "/"
    assert User.objects.count() == 1


def test_stranger_is_led_to_log_in(admin):
    assert Client().get("/").headers["Location"] == "/accounts/login/"


def test_one_workspace_is_opened_at_once_and_several_are_listed(client_for, admin, other_workspace):
    client = client_for(admin)
    assert client.get("/").headers["Location"] == "/teste/"
    Membership.objects.create(user_id=admin.user_id, workspace=other_workspace)
    page = client.get("/").content.decode()
    assert "/outra/" in page
    assert "/teste/" in page


def test_foreign_and_unknown_workspaces_look_alike(client_for, admin):
    assert client_for(admin).get("/outra/").status_code == 404
    assert client_for(admin).get("/nenhuma/").status_code == 404


def _invited(actor, email="nova@teste.example", role="salesperson"):
    return invite(email=email, role=Role.objects.get(key=role), actor=actor)


def test_new_person_accepts_and_comes_in_with_the_role(actor):
    _, secret = _invited(actor)
    client = Client()
    assert "nova@teste.example" in client.get(f"/join/{secret}/").content.decode()
    answer = client.post(
        f"/join/{secret}/", {"name": "Nova", "password": GOOD_PASSWORD, "language": "en", "email": "x@y.z"}
    )
    assert answer.headers["Location"] == "/teste/"
    member = Member.objects.get(email="nova@teste.example")
    assert (member.role.key, member.language) == ("salesperson", "en")
    assert client.session["_auth_user_id"] == str(member.user_id)


def test_invitation_works_once(actor):
    _, secret = _invited(actor)
    data = {"name": "Nova", "password": GOOD_PASSWORD, "language": "pt-br"}
    assert Client().post(f"/join/{secret}/", data).status_code == 302
    assert Client().get(f"/join/{secret}/").status_code == 410
    assert Client().post(f"/join/{secret}/", data | {"name": "Outra"}).status_code == 410


def test_expired_revoked_and_invented_links_are_refused(actor):
    expired, secret = _invited(actor)
    Invitation.objects.filter(id=expired.id).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(f"/join/{secret}/").status_code == 410
    revoked, secret = _invited(actor, "outra@teste.example")
    revoke_invitation(invitation=revoked, actor=actor)
    assert Client().post(f"/join/{secret}/", {"name": "N", "password": GOOD_PASSWORD}).status_code == 410
    assert Client().get("/join/invented/").status_code == 410
    assert not Member.objects.filter(email__in=["nova@teste.example", "outra@teste.example"]).exists()


def test_inviting_again_makes_the_first_link_worthless(actor):
    _, first = _invited(actor)
    _, second = _invited(actor)
    assert Client().get(f"/join/{first}/").status_code == 410
    assert Client().get(f"/join/{second}/").status_code == 200


def test_known_address_must_log_in_before_joining(actor):
    User.objects.create_user("nova@teste.example", GOOD_PASSWORD)
    _, secret = _invited(actor)
    page = Client().get(f"/join/{secret}/")
    assert "form" not in page.context or not page.context["form"]
    answer = Client().post(
        f"/join/{secret}/", {"name": "Ladra", "password": GOOD_PASSWORD, "language": "pt-br"}
    )
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert not Member.objects.filter(email="nova@teste.example").exists()


def test_known_person_accepts_with_one_click(actor):
    user = User.objects.create_user("nova@teste.example", GOOD_PASSWORD, name="Nova Pessoa")
    _, secret = _invited(actor, role="manager")
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/join/{secret}/").headers["Location"] == "/teste/"
    assert Member.objects.get(user_id=user.id).role.key == "manager"


def test_invitation_never_changes_the_role_of_a_member(actor, member_with):
    inside = member_with("read_only")
    _, secret = _invited(actor, role="administrator")
    client = Client()
    client.force_login(User.objects.get(id=inside.user_id), "django.contrib.auth.backends.ModelBackend")
    client.post(f"/join/{secret}/")
    inside.refresh_from_db()
    assert inside.role.key == "read_only"

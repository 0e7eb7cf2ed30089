"""Every page of the settings opens for those who may, and for nobody else."""

from __future__ import annotations

import pytest

OWN = ["profile/", "my-security/", "notices/", "tokens/", "tokens/new/"]
GUARDED = [
    "workspace/", "members/", "invitations/", "invitations/new/", "teams/", "teams/new/", "roles/", "roles/new/",
    "security/", "webhooks/", "webhooks/new/", "audit/", "audit/access/", "audit/export.csv", "jobs/", "jobs/?part",
]  # fmt: skip


@pytest.mark.parametrize("path", [*OWN, *GUARDED])
def test_administrator_opens_every_page(path, client_for, admin):
    answer = client_for(admin).get(f"/teste/settings/{path}")
    assert answer.status_code == 200
    if not answer.streaming:
        page = answer.content.decode()
        assert "style=" not in page
        assert "onclick" not in page


@pytest.mark.parametrize("path", OWN)
def test_anybody_opens_their_own_pages(path, client_for, member_with):
    assert client_for(member_with("read_only")).get(f"/teste/settings/{path}").status_code == 200


@pytest.mark.parametrize("path", GUARDED)
def test_others_find_nothing_and_the_refusal_is_written_down(path, client_for, member_with):
    answer = client_for(member_with("salesperson")).get(f"/teste/settings/{path}")
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["", "bell/", "poll/"])
def test_notifications_open(path, client_for, member_with):
    assert client_for(member_with("read_only")).get(f"/teste/notifications/{path}").status_code == 200


@pytest.mark.parametrize("path", [*OWN, *GUARDED])
def test_pages_fit_the_dialog(path, client_for, admin):
    headers = {"HX-Request": "true", "HX-Target": "dialog-content"}
    assert client_for(admin).get(f"/teste/settings/{path}", headers=headers).status_code == 200


def test_the_palette_finds_pages_of_settings(client_for, admin, member_with):
    def found(member):
        groups = client_for(member).get("/teste/search/palette/?q=audit").json()["groups"]
        return {item["key"] for group in groups for item in group["items"]}

    assert "settings:audit" in found(admin)
    assert "settings:audit" not in found(member_with("salesperson"))

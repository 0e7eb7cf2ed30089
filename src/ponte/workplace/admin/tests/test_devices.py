"""The pages of one's own phones and of what one wants to be told of."""

from __future__ import annotations

import pytest

from ponte.core import webpush
from ponte.core.models import Notification, PushDevice
from ponte.core.services.notifications import notify

PAGE, ADD = "/teste/settings/devices/", "/teste/settings/devices/push/"
HX = {"HX-Request": "true"}


@pytest.fixture
def given(settings):
    """Return what a browser sends; its push service is on this machine."""
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    key = webpush.encode(webpush.public_bytes(webpush.new_key().public_key()))
    return {"endpoint": "http://127.0.0.1:9999/abc", "p256dh": key, "auth": webpush.encode(b"a" * 16)}


def test_a_browser_is_added_listed_and_removed_by_its_owner_only(client_for, member_with, given):
    ana, bia = member_with("agent"), member_with("agent")
    own = client_for(ana)
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
    assert own.post(ADD, given, headers={"User-Agent": agent}).status_code == 201
    assert own.post(ADD, given, headers={"User-Agent": agent}).status_code == 201
    device = PushDevice.objects.get()
    page = own.get(PAGE).content.decode()
    assert "Chrome, Android" in page
    assert given["endpoint"] not in page
    assert client_for(bia).post(f"{ADD}{device.id}/remove/", headers=HX).status_code == 404
    assert own.post(f"{ADD}{device.id}/remove/", headers=HX).status_code == 204
    assert not PushDevice.objects.exists()


def test_a_refused_browser_is_told_why(client_for, member_with, given):
    answer = client_for(member_with("agent")).post(ADD, {**given, "auth": "curto"})
    assert answer.status_code == 422
    assert "chaves" in answer.json()["problems"][0]


def test_a_test_is_a_notice(client_for, member_with):
    ana = member_with("agent")
    assert client_for(ana).post(f"{ADD}test/", headers=HX).status_code == 204
    assert Notification.objects.get(member=ana).kind == "push.test"


def test_ways_and_quiet_hours_are_kept(client_for, member_with):
    ana = member_with("agent")
    told = {
        "app:task.reminder": "on",
        "push:task.reminder": "on",
        "digest": "on",
        "quiet_from": "20:00",
        "quiet_until": "07:30",
    }
    assert client_for(ana).post("/teste/settings/notices/", told).status_code == 302
    ana.refresh_from_db()
    assert ana.preferences["notices"]["task.reminder"] == {"app": True, "mail": False, "push": True}
    assert ana.preferences["quiet_hours"] == {"from": "20:00", "until": "07:30", "weekends": False}
    assert notify(member=ana, kind="task.assigned", title="Silêncio") is None
    assert 'value="20:00"' in client_for(ana).get("/teste/settings/notices/").content.decode()


def test_half_a_night_is_refused(client_for, member_with):
    answer = client_for(member_with("agent")).post("/teste/settings/notices/", {"quiet_from": "20:00"})
    assert answer.status_code == 422
    assert "começo e o fim" in answer.content.decode()


def test_who_silenced_kinds_before_stays_undisturbed(client_for, member_with):
    ana = member_with("agent")
    ana.preferences = {"muted_notices": ["task.assigned"]}
    ana.save()
    assert notify(member=ana, kind="task.assigned", title="Silêncio") is None
    page = client_for(ana).get("/teste/settings/notices/").content.decode()
    assert 'name="push:task.assigned">' in page
    assert 'name="push:task.reminder" checked>' in page

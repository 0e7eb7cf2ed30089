"""What is written on a phone without a network: recorded once, at the moment it was written, or refused in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ponte.core.models import Attachment, AuditEntry, Member, StoredEvent
from ponte.core.services.members import set_member_preference
from ponte.timeline.models import Interaction, Task
from ponte.workplace.devices import NAMES_ON_DEVICE
from ponte.workplace.services.recents import note_seen

STATE, ENTRIES = "/teste/device/", "/teste/device/entries/"


def note(customer, key=None, **fields):
    return {
        "party": str(customer.id),
        "device_key": str(key or uuid4()),
        "written_at": timezone.now().isoformat(),
        "kind": "note",
        "body": "Pediu a proposta até sexta 🙂",
        **fields,
    }


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


def test_the_device_learns_who_is_logged_in_and_whom_they_saw(admin, browser, ana):
    note_seen(member=admin, object="customer", object_id=ana.id)
    body = browser.get(STATE).json()
    assert body["member"] == str(admin.id)
    assert body["workspace"] == "teste"
    assert body["customers"] == [{"id": str(ana.id), "name": "Ana Souza"}]
    assert [kind["key"] for kind in body["kinds"]][-1] == "task"
    assert len(body["csrf"]) > 20


def test_nothing_of_it_is_kept_by_caches(browser):
    assert "no-store" in browser.get(STATE)["Cache-Control"]


def test_no_names_leave_for_the_device_when_the_member_said_no(admin, browser, ana):
    note_seen(member=admin, object="customer", object_id=ana.id)
    set_member_preference(member=admin, key=NAMES_ON_DEVICE, value=False)
    body = browser.get(STATE).json()
    assert body["customers"] == []
    assert body["keeps_names"] is False


def test_the_setting_is_kept_by_its_page(admin, browser):
    browser.post("/teste/settings/devices/", {})
    assert Member.objects.get(id=admin.id).preferences[NAMES_ON_DEVICE] is False
    browser.post("/teste/settings/devices/", {"names": "on"})
    assert Member.objects.get(id=admin.id).preferences[NAMES_ON_DEVICE] is True


def test_names_follow_todays_rights(member_with, client_for, ana):
    seller = member_with("salesperson")
    note_seen(member=seller, object="customer", object_id=ana.id)
    owned = client_for(seller).get(STATE).json()["customers"]
    ana.deleted_at = timezone.now()
    ana.save()
    assert client_for(seller).get(STATE).json()["customers"] == []
    assert len(owned) <= 1


def test_a_note_is_recorded_at_the_moment_it_was_written(browser, ana):
    written = timezone.now() - timedelta(hours=3)
    answer = browser.post(ENTRIES, note(ana, written_at=written.isoformat()))
    assert answer.status_code == 201
    row = Interaction.objects.get(party=ana)
    assert row.body == "Pediu a proposta até sexta 🙂"
    assert row.occurred_at == written
    assert AuditEntry.objects.filter(act="interaction.recorded").count() == 1


def test_a_moment_told_in_the_form_counts_more(browser, ana):
    browser.post(ENTRIES, note(ana, occurred_at="2026-01-05T10:00"))
    assert timezone.localtime(Interaction.objects.get().occurred_at).replace(tzinfo=None) == datetime(
        2026, 1, 5, 10
    )


@pytest.mark.parametrize(
    "clock", ["2999-01-01T00:00:00Z", "nonsense", "2026-13-45T00:00:00Z", "2026-01-01T10:00:00", ""]
)
def test_a_clock_that_makes_no_sense_is_now(browser, ana, clock):
    assert browser.post(ENTRIES, note(ana, written_at=clock)).status_code == 201
    assert abs(Interaction.objects.get().occurred_at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.parametrize("kind", ["note", "call", "task"])
def test_the_same_key_again_changes_nothing(browser, ana, kind):
    sent = note(ana, kind=kind)
    first, second = browser.post(ENTRIES, sent), browser.post(ENTRIES, sent)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["url"] == second.json()["url"]
    assert Interaction.objects.count() + Task.objects.count() == 1
    assert (
        StoredEvent.objects.filter(
            name__in=["timeline.interaction_recorded", "timeline.task_created"]
        ).count()
        == 1
    )


def test_files_sent_twice_are_kept_once(browser, ana):
    key = uuid4()
    for _ in range(2):
        photo = SimpleUploadedFile("recibo.txt", b"recibo 12", "text/plain")
        assert browser.post(ENTRIES, {**note(ana, key), "files": photo}).status_code in (200, 201)
    assert Attachment.objects.count() == 1


def test_the_composer_and_the_device_share_the_key(browser, ana):
    """The composer's answer was lost: the device sends it again, and it is there once."""
    key = uuid4()
    sent = {"kind": "note", "body": "Ligou", "device_key": str(key)}
    assert browser.post(f"/teste/customers/{ana.id}/timeline/record/", sent).status_code == 200
    assert browser.post(ENTRIES, note(ana, key, body="Ligou")).status_code == 200
    assert Interaction.objects.count() == 1


def test_keys_of_two_people_never_meet(browser, member_with, client_for, ana):
    key = uuid4()
    browser.post(ENTRIES, note(ana, key, body="da Alice"))
    other = client_for(member_with("administrator"))
    assert other.post(ENTRIES, note(ana, key, body="do outro")).status_code == 201
    assert set(Interaction.objects.values_list("body", flat=True)) == {"da Alice", "do outro"}


def test_a_customer_that_is_gone_is_told_of(browser, ana):
    ana.deleted_at = timezone.now()
    ana.save()
    answer = browser.post(ENTRIES, note(ana))
    assert answer.status_code == 422
    assert "não existe mais" in answer.json()["problems"][0]
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"body": ""}, {"kind": "nonsense"}, {"device_key": ""}, {"party": "x"}, {"minutes": "-4"}],
)
def test_what_is_wrong_is_said(browser, ana, fields):
    answer = browser.post(ENTRIES, note(ana, **fields))
    assert answer.status_code == 422
    assert all(answer.json()["problems"])
    assert not Interaction.objects.exists()


def test_a_file_refused_keeps_nothing_and_may_be_sent_again(browser, ana, settings):
    settings.PONTE_MAX_FILE_BYTES = 4
    key = uuid4()
    big = SimpleUploadedFile("grande.txt", b"12345", "text/plain")
    assert browser.post(ENTRIES, {**note(ana, key), "files": big}).status_code == 422
    assert not Interaction.objects.exists()
    assert browser.post(ENTRIES, note(ana, key)).status_code == 201


def test_who_may_not_record_is_refused(member_with, client_for, ana):
    reader = client_for(member_with("read_only"))
    assert reader.post(ENTRIES, note(ana)).status_code == 404
    assert reader.get(STATE).json()["kinds"] == []


def test_customers_of_another_business_do_not_exist(browser, other_workspace, inside):
    from ponte.timeline.tests.conftest import make_party

    with inside(other_workspace):
        stranger = make_party("person", "Estranha")
    assert browser.post(ENTRIES, note(stranger)).status_code == 422

"""An entry shown to colleagues."""

import pytest

from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry, Notification, Role
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.sharing import share_interaction


@pytest.fixture
def entry(actor, ana):
    return record_interaction(actor=actor, party_id=ana.id, kind="note", body="Quer café ☕ até sexta")


@pytest.fixture
def bia(member_with):
    return member_with("manager", name="Bia")


def test_colleagues_are_told_with_a_link(actor, entry, bia, ana):
    assert share_interaction(actor=actor, interaction=entry, member_ids=[bia.id, bia.id], note="Veja") == [
        bia
    ]
    notice = Notification.objects.get(member=bia, kind="timeline.shared")
    assert notice.body == "Veja\nQuer café ☕ até sexta"
    assert notice.url == f"/customers/{ana.id}/#interaction-{entry.id}"
    assert AuditEntry.objects.get(act="interaction.shared").subject_id == ana.id


def test_sharing_opens_nothing(actor, entry, member_with):
    blind = member_with(Role.objects.create(name="Cega", rights={}))
    with pytest.raises(Invalid):
        share_interaction(actor=actor, interaction=entry, member_ids=[blind.id])
    assert not Notification.objects.filter(member=blind).exists()


@pytest.mark.parametrize("note", ["", "x" * 501])
def test_what_is_refused(actor, entry, bia, note):
    with pytest.raises(Invalid):
        share_interaction(actor=actor, interaction=entry, member_ids=[bia.id] if note else [], note=note)
    with pytest.raises(Invalid):
        share_interaction(actor=actor, interaction=entry, member_ids=[actor.member_id])


def test_in_the_browser_and_over_the_api(admin, entry, bia, client_for, api_for, member_with):
    client = client_for(admin)
    page = f"/teste/interactions/{entry.id}/share/"
    assert "Bia" in client.get(page).content.decode()
    assert client.post(page, {"member_ids": [str(bia.id)], "note": "Oi"}).status_code == 302
    assert client.post(page, {}).status_code == 422
    told = api_for(admin).post(f"/api/v1/interactions/{entry.id}/share", {"member_ids": [str(bia.id)]})
    assert told.json() == {"told": [str(bia.id)]}
    assert Notification.objects.filter(member=bia, kind="timeline.shared").count() == 2
    stranger = client_for(member_with(Role.objects.create(name="Ninguém", rights={})))
    assert stranger.post(page, {"member_ids": [str(bia.id)]}).status_code == 404

"""Tags kept in order: renamed, coloured, joined, deleted; customers, search and history follow."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.errors import Invalid, Missing
from ponte.core.ids import uuid7
from ponte.core.models import AuditEntry
from ponte.directory.data import PersonData
from ponte.directory.models import Person, Tag
from ponte.directory.services import tag_retiring
from ponte.directory.services.deletion import delete_parties, restore_parties
from ponte.directory.services.people import create_person
from ponte.directory.services.tag_retiring import retire_chunk, retire_tag, retiring
from ponte.directory.services.tags import change_tags, create_tag, update_tag

pytestmark = pytest.mark.usefixtures("workspace")
PAGE = "/teste/settings/tags/"


@pytest.fixture
def tagged(actor: Any) -> list[Person]:
    people = [create_person(actor=actor, data=PersonData(name=f"Pessoa {number}")) for number in range(5)]
    change_tags(actor=actor, party_ids=[one.id for one in people], add=["V.I.P."])
    change_tags(actor=actor, party_ids=[people[0].id], add=["VIP"])
    return people


def names(party: Person) -> list[str]:
    return list(
        Tag.objects.filter(party_links__party_id=party.id).order_by("key").values_list("name", flat=True)
    )


def test_two_tags_of_one_meaning_are_joined(
    tagged: list[Person], actor: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_retiring, "CHUNK", 2)
    delete_parties(actor=actor, party_ids=[tagged[4].id])
    old, kept = Tag.objects.get(name="V.I.P."), Tag.objects.get(name="VIP")
    retire_tag(actor=actor, tag_id=old.id, into_id=kept.id)
    assert retiring() == {str(old.id): str(kept.id)}
    run_jobs()
    assert not Tag.objects.filter(id=old.id).exists()
    assert retiring() == {}
    restore_parties(actor=actor, party_ids=[tagged[4].id])
    assert [names(party) for party in tagged] == [["VIP"]] * 5
    assert AuditEntry.objects.filter(act="tag.joined").count() == 1
    assert retire_chunk(old.id) is False  # asked once more: nothing happens


def test_a_deleted_tag_leaves_customers_and_search(
    tagged: list[Person], actor: Any, run_jobs: Any, client_for: Any, admin: Any
) -> None:
    browser = client_for(admin)
    assert "Pessoa 1" in browser.get("/teste/people/?q=v.i.p.").content.decode()
    retire_tag(actor=actor, tag_id=Tag.objects.get(name="V.I.P.").id)
    run_jobs()
    assert [names(party) for party in tagged] == [["VIP"], [], [], [], []]
    assert "Pessoa 1" not in browser.get("/teste/people/?q=v.i.p.").content.decode()


def test_a_renamed_tag_is_found_by_its_new_name(
    tagged: list[Person], actor: Any, run_jobs: Any, client_for: Any, admin: Any
) -> None:
    update_tag(actor=actor, tag_id=Tag.objects.get(name="V.I.P.").id, name="Atacadista", color="teal")
    run_jobs()
    page = client_for(admin).get("/teste/people/?q=atacadista").content.decode()
    assert all(f"Pessoa {number}" in page for number in range(5))


def test_what_cannot_be_joined_is_refused(tagged: list[Person], actor: Any) -> None:
    old, kept = Tag.objects.get(name="V.I.P."), Tag.objects.get(name="VIP")
    with pytest.raises(Invalid):
        retire_tag(actor=actor, tag_id=old.id, into_id=old.id)
    with pytest.raises(Missing):
        retire_tag(actor=actor, tag_id=uuid7())
    with pytest.raises(Missing):
        retire_tag(actor=actor, tag_id=old.id, into_id=uuid7())
    retire_tag(actor=actor, tag_id=old.id, into_id=kept.id)
    for tag_id, into_id in ((old.id, kept.id), (kept.id, None)):
        with pytest.raises(Invalid):
            retire_tag(actor=actor, tag_id=tag_id, into_id=into_id)
    assert Tag.objects.count() == 2


def test_the_settings_page(
    tagged: list[Person],
    client_for: Any,
    actor: Any,
    admin: Any,
    member_with: Any,
    django_assert_max_num_queries: Any,
) -> None:
    browser, old = client_for(admin), Tag.objects.get(name="V.I.P.")
    page = browser.get(PAGE).content.decode()
    assert "5 pessoas" in page
    assert "1 pessoa<" in page
    assert browser.post(f"{PAGE}new/", {"name": "Atacado", "color": "blue"}).status_code == 302
    taken = browser.post(f"{PAGE}new/", {"name": "atacado", "color": "blue"})
    assert taken.status_code == 422
    assert "Já existe" in taken.content.decode()
    assert browser.post(f"{PAGE}{old.id}/", {"name": "Especial", "color": "chartreuse"}).status_code == 422
    assert browser.post(f"{PAGE}{old.id}/", {"name": "Especial", "color": "red"}).status_code == 302
    assert browser.post(f"{PAGE}{old.id}/retire/", {"into": str(uuid7())}).status_code == 422
    assert browser.post(f"{PAGE}{old.id}/retire/", {"into": ""}).status_code == 302
    assert "Sendo juntada ou excluída" in browser.get(PAGE).content.decode()
    assert browser.get(f"{PAGE}{uuid7()}/").status_code == 404
    stranger = client_for(member_with("salesperson"))
    assert stranger.get(PAGE).status_code == 404
    assert stranger.post(f"{PAGE}{old.id}/retire/", {"into": ""}).status_code == 404
    for number in range(30):
        create_tag(actor=actor, name=f"Etiqueta {number}")
    with django_assert_max_num_queries(16):  # whatever the number of tags
        assert "Etiqueta 29" in browser.get(PAGE).content.decode()

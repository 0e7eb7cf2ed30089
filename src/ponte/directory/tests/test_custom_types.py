"""Changing the type of a custom field, forgetting what is old, and the indexes queries use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ponte.core.errors import Invalid
from ponte.core.models import BackgroundRun
from ponte.directory.data import PersonData
from ponte.directory.models import Party
from ponte.directory.services.people import create_person, update_person
from ponte.workplace.custom_fields import purging
from ponte.workplace.custom_fields.converting import convert_field
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.custom_fields.previewing import preview_conversion
from ponte.workplace.models import CustomField
from ponte.workplace.services.custom_field_types import change_type, take_back_type
from ponte.workplace.services.custom_fields import create_field, delete_field


@pytest.fixture
def score(actor: Any) -> CustomField:
    return create_field(actor=actor, object_name="person", data=FieldData(label="Score", kind="text"))


def people(actor: Any, *values: str) -> None:
    for number, value in enumerate(values):
        create_person(actor=actor, data=PersonData(name=f"P{number}", custom={"score": value}))


def stored(slot: str) -> list[Any]:
    return [party.custom.get(slot) for party in Party.objects.order_by("sort_name")]


def test_a_look_tells_what_would_be_lost(actor: Any, score: CustomField) -> None:
    people(actor, "10", "10", "7,5", "muito")
    found = preview_conversion(score, "number")
    assert (found.kept, found.lost) == (3, 1)
    assert [(text, times) for text, times, _why in found.lost_samples] == [("muito", 1)]
    choices = preview_conversion(score, "choice")
    assert (choices.kept, choices.lost, set(choices.new_choices)) == (4, 0, {"10", "7,5", "muito"})
    assert stored("score") == ["10", "10", "7,5", "muito"], "a look changes nothing"


def test_values_are_converted_and_taken_back(actor: Any, score: CustomField) -> None:
    people(actor, "10", "7,5", "muito")
    run = change_type(actor=actor, field_id=score.id, kind="number")
    first = Party.objects.get(name="P0")
    with pytest.raises(Invalid) as raised:
        update_person(actor=actor, party_id=first.id, changes={"custom": {"score": "11"}})
    assert raised.value.problems[0].code == "converting"
    update_person(actor=actor, party_id=first.id, changes={"custom": {"score": "10"}, "alert": "x"})
    convert_field(score.id, run.id)
    convert_field(score.id, run.id)  # a job may run twice
    score.refresh_from_db()
    assert (score.kind, score.slot, score.converting_to) == ("number", "score~2", None)
    assert stored("score~2") == ["10", "7.5", None]
    assert BackgroundRun.objects.get(id=run.id).result == {"kept": 2, "lost": 1}
    take_back_type(actor=actor, field_id=score.id)
    score.refresh_from_db()
    assert (score.kind, score.slot) == ("text", "score")
    assert stored("score") == ["10", "7,5", "muito"]


def test_what_is_impossible_is_refused(actor: Any, score: CustomField) -> None:
    for kind in ("text", "reference"):
        with pytest.raises(Invalid):
            change_type(actor=actor, field_id=score.id, kind=kind)
    with pytest.raises(Invalid):
        take_back_type(actor=actor, field_id=score.id)


def test_old_fields_are_forgotten_after_thirty_days(
    actor: Any, score: CustomField, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(actor, "10")
    monkeypatch.setattr(purging, "drop_indexes", lambda *given: None)
    delete_field(actor=actor, field_id=score.id)
    purging.purge_old_values()
    assert stored("score") == ["10"]
    CustomField.objects.filter(id=score.id).update(deleted_at=timezone.now() - timedelta(days=31))
    purging.purge_old_values()
    assert stored("score") == [None]
    assert not CustomField.objects.exists()

"""Refusals that reach the outermost layer: a unique value that slipped past the locks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection

from ponte.timeline.services import calendar_connections

PAGE = "/teste/settings/calendars/caldav/"
GIVEN = {"address": "https://agenda.example/", "username": "bia", "password": "segredo"}


@pytest.fixture
def post(member_with: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what posts a form whose service meets a unique index of this name, transaction broken and all."""
    client = client_for(member_with("salesperson", name="Bia"))

    def post(constraint: str) -> Any:
        def writes(**given: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"DO $$ BEGIN RAISE unique_violation USING CONSTRAINT = '{constraint}'; END $$"
                )

        monkeypatch.setattr(calendar_connections, "connect_caldav", writes)
        return client.post(PAGE, GIVEN)

    return post


def test_a_custom_value_that_came_second_is_told_so(post: Any) -> None:
    answer = post("cf_0123456789abcdef_0123456789u")
    assert answer.status_code == 409
    assert "Este valor já está em uso" in answer.content.decode()


@pytest.mark.parametrize("constraint", ["party_code", "cf_0123456789abcdef_0123456789"])
def test_another_broken_constraint_stays_a_defect_of_ours(post: Any, constraint: str) -> None:
    with pytest.raises(IntegrityError):
        post(constraint)

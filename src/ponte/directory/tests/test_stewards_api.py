"""Stewards through the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from ponte.directory.models import QualitySteward


def test_they_are_named_listed_and_relieved(api_for: Any, admin: Any, member_with: Any) -> None:
    ana, api = member_with("salesperson", name="Ana"), api_for(admin)
    made = api.post("/data-quality/stewards", {"kind": "person", "member_id": str(ana.id)})
    assert made.status_code == 201
    assert [row["id"] for row in api.get("/data-quality/stewards").json()] == [made.json()["id"]]
    both = {"kind": "person", "member_id": str(ana.id), "team_id": str(uuid4())}
    assert api.post("/data-quality/stewards", both).status_code == 422
    assert api.delete(f"/data-quality/stewards/{uuid4()}").status_code == 404
    assert api.delete(f"/data-quality/stewards/{made.json()['id']}").status_code == 204
    assert not QualitySteward.objects.exists()


def test_only_who_keeps_the_settings_names_them(api_for: Any, member_with: Any) -> None:
    ana = member_with("salesperson")
    refused = api_for(ana).post("/data-quality/stewards", {"kind": "person", "member_id": str(ana.id)})
    assert refused.status_code in (403, 404)
    assert not QualitySteward.objects.exists()

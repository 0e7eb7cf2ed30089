"""Dates, business time and feed over the API; meetings found by words and asked for by conditions."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import orjson
import pytest
from django.test import Client

from ponte.core.actors import Actor
from ponte.timeline.models import PartyDate
from ponte.timeline.services.meetings import create_meeting, update_meeting
from ponte.workplace.exporting.sources import columns_of, export_sources

SP = ZoneInfo("America/Sao_Paulo")
SOON = datetime.now(SP).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=3)


def test_dates(admin, api_for, ana, acme, member_with):
    api = api_for(admin)
    told = {
        "party_id": str(ana.id),
        "kind": "renewal",
        "label": "Contrato",
        "day": "2027-03-01",
        "yearly": True,
    }
    made = api.post("/api/v1/dates", told)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in told} == told
    api.post("/api/v1/dates", {"party_id": str(acme.id), "day": "2026-12-24"})
    assert [one["day"] for one in api.get("/api/v1/dates").json()["items"]] == ["2026-12-24", "2027-03-01"]
    assert len(api.get(f"/api/v1/dates?party_id={ana.id}&day_after=2027-01-01").json()["items"]) == 1
    assert api.get("/api/v1/dates?kind=maintenance").json()["items"] == []
    place = f"/api/v1/dates/{made.json()['id']}"
    assert api.patch(place, {"label": "Novo"}).json()["day"] == "2027-03-01"
    assert api.post("/api/v1/dates", {**told, "day": "1700-01-01"}).status_code == 422
    other = api_for(member_with("read_only"))
    assert other.patch(place, {"label": "x"}).status_code == 404
    assert other.delete(place).status_code == 404
    assert api.delete(place).status_code == 204
    assert PartyDate.objects.count() == 1


def test_dates_of_customers_out_of_reach_are_not_there(api_for, ana, member_with):
    PartyDate.objects.create(party=ana, day="2027-01-01")
    api = api_for(member_with("salesperson"))
    visible = api.get("/api/v1/people").json()["items"]
    assert bool(api.get("/api/v1/dates").json()["items"]) is bool(visible)


def test_hours_and_holidays(admin, api_for, member_with):
    api = api_for(admin)
    days = [
        {"weekday": 0, "spans": [{"starts": "08:00", "ends": "12:00"}, {"starts": "13:00", "ends": "17:00"}]}
    ]
    kept = api.put("/api/v1/business-time/hours", {"state": "mg", "days": days})
    assert kept.status_code == 200, kept.content
    assert (kept.json()["state"], len(kept.json()["days"][0]["spans"]), kept.json()["days"][1]["spans"]) == (
        "MG",
        2,
        [],
    )
    made = api.post(
        "/api/v1/business-time/holidays", {"day": "2026-12-08", "name": "Padroeira", "yearly": True}
    )
    assert made.status_code == 201
    found = api.get("/api/v1/business-time/holidays?since=2026-12-01&until=2027-01-01").json()["holidays"]
    assert {"Padroeira"} <= {one["name"] for one in found}
    assert any(one["day"] == "2026-12-25" for one in found)
    assert api.delete("/api/v1/business-time/holidays/2026-12-08").status_code == 204
    assert api.delete("/api/v1/business-time/holidays/2026-12-08").status_code == 404
    assert api.get("/api/v1/business-time/holidays?since=2026-12-01&until=2026-01-01").status_code == 422
    assert api.put("/api/v1/business-time/hours", {"days": []}).status_code == 422
    zoned = [{"weekday": 0, "spans": [{"starts": "09:00Z", "ends": "18:00"}]}]
    refused = api.put("/api/v1/business-time/hours", {"days": zoned})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "days.0.spans.0.starts")
    other = api_for(member_with("salesperson"))
    assert other.put("/api/v1/business-time/hours", {"days": days}).status_code == 404
    assert other.get("/api/v1/business-time/hours").status_code == 200


def test_the_feed(admin, api_for):
    api = api_for(admin)
    assert api.get("/api/v1/calendar-feed").json()["is_active"] is False
    address = api.post("/api/v1/calendar-feed").json()["address"]
    assert Client().get(address.partition("testserver")[2]).status_code == 200
    assert api.get("/api/v1/calendar-feed").json()["address"] == ""
    assert api.delete("/api/v1/calendar-feed").status_code == 204
    assert Client().get(address.partition("testserver")[2]).status_code == 404


def found_by(client, words):
    """The page's text, without the marks of what matched."""
    return re.sub(r"</?mark[^>]*>", "", client.get("/teste/search/", {"q": words}).content.decode())


def test_meetings_are_found_by_their_words(actor, admin, ana, client_for, member_with):
    meeting = create_meeting(actor=actor, title="Degustação às cegas", location="Rua Açaí", starts_at=SOON)
    create_meeting(
        actor=Actor.for_member(member_with("salesperson")),
        title="Degustação secreta",
        starts_at=SOON,
        is_private=True,
    )
    client = client_for(admin)
    assert "Degustação às cegas" in found_by(client, "degustacao")
    assert "Degustação às cegas" in found_by(client, "acai")
    assert "secreta" not in found_by(client, "degustacao")
    update_meeting(actor=actor, meeting=meeting, title="Outra coisa")
    assert "Outra coisa" in found_by(client, "outra")
    assert "Outra coisa" not in found_by(client, "degustacao")


@pytest.mark.parametrize(("status", "count"), [("planned", 1), ("held", 0)])
def test_customers_are_asked_for_by_their_meetings(actor, admin, api_for, ana, acme, status, count):
    create_meeting(actor=actor, title="Visita", starts_at=SOON, party_id=ana.id)
    condition = {"related": "meetings", "where": {"field": "status", "op": "is", "value": status}}
    text = urlencode({"condition": orjson.dumps({"v": 1, "where": condition}).decode()})
    answer = api_for(admin).get(f"/api/v1/people?{text}")
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["items"]) == count


def test_secrets_are_not_exported():
    sources = {one.key: one for one in export_sources()}
    names = {field.attname for field in columns_of(sources["timeline.calendarconnection"])}
    assert "secret" not in names
    assert "calendar_name" in names
    assert "timeline.meeting" in sources

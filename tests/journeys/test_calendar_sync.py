"""A member connects her own calendar (a real CalDAV server) and both stay in step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE, Visitor
from tests.support.radicale import PASSWORD, USER, Radicale

DAY = datetime(2027, 4, 6, 15)  # a Tuesday nobody of the demonstration has plans for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Radicale]:
    """Start a CalDAV server with one calendar."""
    running = Radicale(tmp_path)
    running.start()
    running.make_calendar()
    yield running
    running.kill()


def _until(holds: Callable[[], bool], what: str) -> None:
    """Wait until the other program sees it."""
    end = time.monotonic() + 3 * PATIENCE / 1000
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.2)


def test_calendar_sync(visitor: Visitor, server: Radicale) -> None:
    page, number = visitor.page, time.time_ns() % 10**8
    visitor.log_in("rafael@demo.example" if visitor.size == "desktop" else "beatriz@demo.example")
    server.put("d.ics", "BEGIN:VEVENT", f"UID:d{number}", f"SUMMARY:Dentista {number}", "DTSTAMP:20260101T000000Z",
               f"DTSTART;TZID=America/Sao_Paulo:{DAY:%Y%m%dT%H%M%S}",
               f"DTEND;TZID=America/Sao_Paulo:{DAY + timedelta(hours=1):%Y%m%dT%H%M%S}", "END:VEVENT")  # fmt: skip
    visitor.go("/demo/settings/calendars/")
    _disconnect_what_an_earlier_walk_left(page)
    visitor.look("empty")
    page.get_by_role("link", name="Conectar CalDAV").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Endereço").fill(server.url)
    dialog.get_by_label("Usuário").fill(USER)
    dialog.get_by_label("Senha de aplicativo").fill(PASSWORD)
    visitor.look("access")
    dialog.get_by_role("button", name="Continuar").click()
    page.locator("select[name=calendar]").select_option(label="Agenda da Bia")
    visitor.look("choose")
    page.get_by_role("button", name="Conectar").click()
    section = page.locator("section", has_text="Agenda da Bia")
    expect(section).to_contain_text("Conectada")
    visitor.look("connected")

    _until(lambda: len(server.files()) > 1, "his meetings have gone there")
    _appears(visitor, f"Dentista {number}")
    visitor.go("/demo/calendar/?view=agenda&date=2027-04-06")
    page.locator(".calendar-entry", has_text=f"Dentista {number}").click()
    panel = page.locator("#side-panel")
    panel.get_by_role("link", name="Editar").click()
    form = page.locator("#dialog form, #side-panel form").last
    form.get_by_label("Título").fill(f"Ortodontista {number}")
    form.get_by_role("button", name="Salvar").click()
    _until(
        lambda: f"Ortodontista {number}" in server.files().get("d.ics", ""), "the new title has gone there"
    )
    server.delete("d.ics")
    visitor.go("/demo/settings/calendars/")
    page.get_by_role("button", name="Sincronizar agora").click()
    expect(page.get_by_text("Sincronizando agora.")).to_be_visible()
    _appears(visitor, f"Ortodontista {number}", gone=True)
    visitor.go("/demo/settings/calendars/")
    _disconnect(page)


def _disconnect(page: Page) -> None:
    page.get_by_role("button", name="Desconectar").click()
    page.locator("#confirm").get_by_role("button", name="Desconectar").click()
    expect(page.get_by_text("Nenhuma agenda conectada ainda")).to_be_visible()


def _disconnect_what_an_earlier_walk_left(page: Page) -> None:
    """A walk that was broken off leaves its calendar connected."""
    if page.get_by_role("button", name="Desconectar").count():
        _disconnect(page)


def _appears(visitor: Visitor, title: str, *, gone: bool = False) -> None:
    """Look at the day until the meeting stands there, or doesn't any more."""
    entry = visitor.page.locator(".calendar-entry", has_text=title)

    def stands() -> bool:
        with visitor.page.expect_response(lambda answer: "/calendar/entries/" in answer.url):
            visitor.go("/demo/calendar/?view=agenda&date=2027-04-06")
        visitor.page.locator("[data-calendar-title]:not(:empty)").wait_for()
        return (entry.count() > 0) is not gone

    _until(stands, title)

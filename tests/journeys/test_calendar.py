"""The calendar: a meeting is planned by a click, dragged to another day, repeated, and read on a phone."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_calendar(visitor: Visitor) -> None:
    page, title = visitor.page, f"Degustação {time.time_ns() % 10**8}"
    visitor.log_in("rafael@demo.example")
    visitor.go("/demo/calendar/?view=week")
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda")
    expect(page.locator("[data-calendar-title]")).not_to_be_empty()
    page.get_by_role("link", name="Nova reunião").first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Título").fill(title)
    dialog.get_by_label("Começa em").fill("2027-03-02")
    dialog.get_by_label("Termina em").fill("2027-03-02")
    dialog.locator("input[name=start_time]").fill("10:00")
    dialog.locator("input[name=end_time]").fill("11:00")
    dialog.get_by_label("Repetição").select_option("weekly")
    visitor.look("form")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).not_to_be_visible()

    view = "agenda" if visitor.size == "phone" else "week"
    visitor.go(f"/demo/calendar/?view={view}&date=2027-03-02")
    entry = page.locator(".calendar-entry", has_text=title).first
    expect(entry).to_be_visible()
    visitor.look(view)
    if visitor.size == "desktop":
        _drag_a_day_on(visitor, title)
    page.locator(".calendar-entry", has_text=title).first.click()
    expect(page.locator("#side-panel")).to_contain_text("toda semana" if visitor.size == "phone" else title)
    visitor.look("panel")


def _drag_a_day_on(visitor: Visitor, title: str) -> None:
    """Drag the meeting one day to the right, alone of its series."""
    page = visitor.page
    entry = page.locator(".calendar-entry", has_text=title).first
    box = entry.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 1.6, box["y"] + box["height"] / 2, steps=12)
    page.mouse.up()
    with page.expect_response(re.compile("/move/")) as answer:
        page.get_by_role("button", name="Só esta").click()
    assert answer.value.ok
    moved = page.locator(".calendar-entry", has_text=title).first
    expect(moved).to_be_visible()

"""A task that repeats: planned, done so that the next one stands there, and stopped."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_repeating_task(visitor: Visitor) -> None:
    page, title = visitor.page, f"Conferir estoque {time.time_ns() % 10**8}"
    visitor.log_in()
    visitor.go("/demo/tasks/day/")
    page.get_by_role("link", name="Nova tarefa").first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("O que precisa ser feito").fill(title)
    dialog.get_by_label("Repetição").select_option("daily")
    visitor.look("form")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).not_to_be_visible()

    row = page.locator(".task-row:not(.is-done)", has_text=title)
    expect(row).to_have_count(1)
    visitor.look("planned")
    row.get_by_role("checkbox").check()
    expect(page.locator(".task-row.is-done", has_text=title)).to_have_count(1)
    visitor.go("/demo/tasks/day/")  # tomorrow's stands there now
    expect(page.locator(".task-row:not(.is-done)", has_text=title)).to_have_count(1)
    page.locator(".task-row:not(.is-done)", has_text=title).get_by_role("link", name=title).click()
    dialog.get_by_label("Esta e as próximas").check()
    dialog.get_by_label("O que precisa ser feito").fill(f"{title} inteiro")
    visitor.look("edit")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).not_to_be_visible()

    href = page.locator(".task-row:not(.is-done)", has_text=f"{title} inteiro").get_by_role(
        "link", name=title
    )
    visitor.go(str(href.get_attribute("href")))
    expect(page.locator(".facts")).to_contain_text("todo dia")
    visitor.look("task")
    page.get_by_role("button", name="Parar de repetir").click()
    page.locator("#confirm").get_by_role("button", name="Parar de repetir").click()
    expect(page.locator(".facts")).not_to_contain_text("todo dia")

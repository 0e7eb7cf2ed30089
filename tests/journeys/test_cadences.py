"""A cadence is built, a customer begins it, its first step is done as a task, and the customer's answer stops it."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor


def _add_step(page: Page, channel: str, days: int, fields: dict[str, str]) -> None:
    before = page.locator(".cadence-step").count()
    page.get_by_role("link", name="Adicionar passo").click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=channel]").select_option(channel)
    dialog.locator("[name=wait_days]").fill(str(days))
    for field, text in fields.items():
        dialog.locator(f"[name={field}]").fill(text)
    dialog.get_by_role("button", name="Salvar").click()
    expect(page.locator(".cadence-step")).to_have_count(before + 1)


def test_cadences(visitor: Visitor) -> None:
    page, name = visitor.page, f"Retomada {time.time_ns() % 10**8}"
    visitor.log_in()
    visitor.go("/demo/cadences/")
    expect(page.get_by_role("link", name="Primeiro contato")).to_be_visible()
    visitor.look("all")
    page.get_by_role("link", name="Nova cadência").first.click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=name]").fill(name)
    expect(dialog.get_by_label("Parar quando o cliente responder")).to_be_checked()
    visitor.look("form")
    dialog.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    _add_step(page, "task", 0, {"subject": "Separar amostras para {{ primeiro_nome|o cliente }}"})
    page.get_by_role("link", name="Adicionar passo").click()
    dialog.locator("[name=channel]").select_option("whatsapp")
    dialog.locator("[name=body]").fill("Oi, {{ primeronome }}!")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).to_contain_text("Não existe a palavra “primeronome”")
    visitor.expect_problem(422)
    visitor.look("step")
    dialog.locator("[name=body]").fill("Oi, {{ primeiro_nome|tudo bem }}!")
    dialog.get_by_role("button", name="Salvar").click()
    expect(page.locator(".cadence-step")).to_have_count(2)
    page.get_by_role("button", name="Ativar").click()
    expect(page.get_by_role("button", name="Pausar")).to_be_visible()
    visitor.look("built")

    visitor.go("/demo/people/")
    row = page.locator("tr[data-row] a.cell-main").nth(3 if visitor.size == "desktop" else 5)
    visitor.go(str(row.get_attribute("href")))
    visitor.turn_to("Relacionados")
    panel = page.locator("#panel-cadences")
    panel.scroll_into_view_if_needed()
    panel.get_by_role("link", name="Iniciar cadência").click()
    dialog.locator("[name=cadence]").select_option(label=name)
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).not_to_be_visible()
    entry = panel.locator(".row-item", has_text=name)
    expect(entry).to_contain_text("Em andamento")
    visitor.look("customer")
    entry.get_by_role("button", name=re.compile("O cliente respondeu")).click()
    expect(entry).to_contain_text("O cliente respondeu")
    expect(entry).to_contain_text("Interrompido")

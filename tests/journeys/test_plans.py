"""A manager reads the figures of sales, reviews the forecast, overrides it and sets a goal."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_plans(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/sales/dashboard/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Indicadores de vendas")
    expect(page.locator("#chart-won .chart.is-drawn canvas").first).to_be_visible()
    page.locator("#chart-won summary").click()
    expect(page.locator("#chart-won td.num a").first).to_be_visible()
    visitor.look("figures")
    page.locator("#chart-won td.num a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oportunidades ganhas")
    expect(page.locator(".rows .row-item").first).to_be_visible()
    visitor.look("records")

    visitor.go("/demo/sales/forecast/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Previsão")
    visitor.look("forecast")
    page.get_by_role("link", name=re.compile("Ajustar a previsão")).first.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Valor").fill("12.345,00")
    dialog.get_by_label("Por quê").fill(f"Cliente confirmou, {visitor.size}")
    visitor.look("override")
    dialog.get_by_role("button", name="Salvar").click()
    expect(page.locator("table").first).to_contain_text(f"Cliente confirmou, {visitor.size}")
    page.wait_for_load_state("load")

    visitor.go("/demo/sales/goals/")
    page.get_by_role("link", name="Definir uma meta").first.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("O que conta").select_option("tasks")
    dialog.get_by_label("Meta").last.fill("40,00")
    visitor.look("goal")
    dialog.get_by_role("button", name="Salvar").click()
    expect(page.locator(".rows").first).to_contain_text("Tarefas concluídas")
    visitor.look("goals")


def test_board_by_month(visitor: Visitor) -> None:
    """Months side by side with what is committed; a card goes to the next month and comes back."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/sales/forecast/")
    page.get_by_role("link", name="Oportunidades por mês").click()
    months = page.locator('[data-board-column^="20"]')
    expect(months).to_have_count(6)
    expect(months.first.locator(".board-sums")).to_contain_text("Compromisso")
    visitor.look("months")
    target = months.nth(2).get_attribute("data-board-column") or ""
    if visitor.size == "phone":
        page.locator(f'[data-board-place="{months.nth(1).get_attribute("data-board-column")}"]').click()
    card = months.nth(1).locator(".board-card").first
    row = card.get_attribute("data-row")
    if visitor.size == "phone":
        card.locator("[data-board-open]").click()
        page.locator(f'#board-move [data-board-to="{target}"]').click()
    else:
        card.drag_to(months.nth(2))
    moved = months.nth(2).locator(f'[data-row="{row}"]')
    expect(moved).to_be_attached()
    page.get_by_role("button", name="Desfazer").click()
    expect(months.nth(1).locator(f'[data-row="{row}"]')).to_be_attached()
    page.wait_for_load_state("load")
    if visitor.size == "phone":
        page.locator(f'[data-board-place="{months.nth(1).get_attribute("data-board-column")}"]').click()
    card = months.nth(1).locator(".board-card").first
    card.locator("[data-board-open]").click()
    page.locator("#board-move").get_by_role("menuitem", name="Categoria da previsão").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Compromisso")
    visitor.look("category")
    dialog.get_by_role("link", name="Cancelar").or_(
        dialog.get_by_role("button", name="Cancelar")
    ).first.click()


def test_why_a_deal_rots(visitor: Visitor) -> None:
    """The manager opens a deal that stands still, reads why, puts a suggestion away and has it back."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/opportunities/?still=yes&planned=no")
    href = page.locator("tr[data-row]").first.get_attribute("data-href") or ""
    visitor.go(href.split("?")[0])
    block = page.locator("#deal-suggestions")
    still = block.locator('[data-suggestion="still"]')
    expect(still).to_contain_text("o máximo definido é")
    visitor.look("suggestions")
    block.locator('[data-suggestion="planned"]').get_by_role("button", name="Dispensar").click()
    expect(block.locator('[data-suggestion="planned"]')).to_have_count(0)
    page.get_by_role("button", name="Desfazer").click()
    expect(block.locator('[data-suggestion="planned"]')).to_be_visible()
    block.locator('[data-suggestion="planned"]').get_by_role("link", name="Planejar um passo").click()
    expect(page.locator("dialog[open]")).to_contain_text("tarefa")
    visitor.look("plan-a-step")


def test_ranking(visitor: Visitor) -> None:
    """An administrator switches the ranking on, looks at it, doesn't take part, takes part again, and switches it off."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/sales/ranking/")
    _switch(visitor, on=True)
    expect(page.get_by_role("heading", name="Suas medalhas")).to_be_visible()
    page.get_by_role("link", name="Vendas ganhas").click()
    page.get_by_role("link", name="Este trimestre").click()
    expect(page.get_by_role("link", name="Este trimestre")).to_have_attribute("aria-current", "true")
    visitor.look("ranking")
    page.get_by_role("button", name="Não participar").click()
    expect(page.get_by_role("button", name="Participar", exact=True)).to_be_visible()
    page.get_by_role("button", name="Participar", exact=True).click()
    expect(page.get_by_role("button", name="Não participar")).to_be_visible()
    _switch(visitor, on=False)
    expect(page.get_by_role("heading", name="Ranking e medalhas estão desligados")).to_be_visible()
    visitor.look("off")


def _switch(visitor: Visitor, *, on: bool) -> None:
    page = visitor.page
    page.get_by_role("link", name="Ajustes").last.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Mostrar ranking e medalhas").set_checked(on)
    visitor.look("settings" if on else "settings-off")
    dialog.get_by_role("button", name="Salvar").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.wait_for_load_state("load")

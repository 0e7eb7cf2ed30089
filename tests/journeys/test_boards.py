"""Ways to see a list: sections with sums, a board whose cards move and come back, cells, a field of many rows, a calendar."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import SIZES, Visitor


def test_boards(visitor: Visitor) -> None:
    visitor.log_in()
    _sections(visitor)
    _move_and_refuse(visitor)
    if visitor.size != "phone":
        _drag(visitor)
        _cell(visitor)
    _many_and_back(visitor)
    _calendar(visitor)


def _sections(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/demo/orders/")
    page.get_by_role("button", name="Agrupar").click()
    page.get_by_role("menuitem", name="Situação").click()
    section = page.locator("[data-group]").first
    expect(section.locator("tr[data-row]").first).to_be_visible()
    expect(page.locator(".table-totals")).to_contain_text("Total")
    if visitor.size != "phone":
        expect(section.locator(".group-sum").first).to_contain_text("R$")
        expect(page.locator(".table-totals")).to_contain_text("R$")
    visitor.look("sections")
    toggle = section.locator("[data-group-toggle]")
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(section.locator("tr[data-row]").first).to_be_hidden()
    toggle.click()
    expect(section.locator("tr[data-row]").first).to_be_visible()


def _column(visitor: Visitor, value: str) -> Locator:
    return visitor.page.locator(f'[data-board-column="{value}"]')


def _move(visitor: Visitor, card: Locator, to: str) -> None:
    card.locator("[data-board-open]").click()
    visitor.page.locator(f'#board-move [data-board-to="{to}"]').click()


def _move_and_refuse(visitor: Visitor) -> None:
    """By its menu a card goes to another column and back; what is refused returns with the reason."""
    page = visitor.page
    visitor.go("/demo/orders/?layout=board&by=status")
    placed, approved = _column(visitor, "placed"), _column(visitor, "approved")
    expect(placed.locator(".board-sums")).to_contain_text("R$")
    # the board scrolls sideways, the page doesn't
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[visitor.size]["width"]
    visitor.look("board")
    card = placed.locator(".board-card").first
    row = card.get_attribute("data-row")
    _move(visitor, card, "approved")
    moved = approved.locator(f'[data-row="{row}"]')
    expect(moved).to_be_visible()
    expect(moved).not_to_have_class(re.compile("is-saving"))
    _move(visitor, moved, "placed")
    back = placed.locator(f'[data-row="{row}"]')
    expect(back).to_be_visible()
    expect(back).not_to_have_class(re.compile("is-saving"))
    _move(visitor, back, "draft")
    expect(page.locator(".toast")).to_contain_text("rascunho")
    expect(placed.locator(f'[data-row="{row}"]')).to_be_visible()
    visitor.look("refused")
    visitor.expect_problem(422)


def _drag(visitor: Visitor) -> None:
    visitor.go("/demo/orders/?layout=board&by=status")
    placed, approved = _column(visitor, "placed"), _column(visitor, "approved")
    card = placed.locator(".board-card").first
    row = card.get_attribute("data-row")
    card.drag_to(approved)
    moved = approved.locator(f'[data-row="{row}"]')
    expect(moved).to_be_visible()
    expect(moved).not_to_have_class(re.compile("is-saving"))
    moved.drag_to(placed)
    back = placed.locator(f'[data-row="{row}"]')
    expect(back).to_be_visible()
    expect(back).not_to_have_class(re.compile("is-saving"))


def _cell(visitor: Visitor) -> None:
    """A price is written where it stands; a wrong one stays with the reason."""
    page = visitor.page
    visitor.go("/demo/products/")
    cell = page.locator("tr[data-row]").first.locator('[data-edit*="/price/"]')
    before = (cell.text_content() or "").replace("R$", "").replace("\xa0", "").strip()
    cell.click()
    field = cell.locator("input:not([type=hidden])")
    field.fill("abc")
    field.press("Enter")
    expect(cell).to_contain_text("não é um número")
    visitor.expect_problem(422)
    visitor.look("cell")
    cell.locator("input:not([type=hidden])").fill("1.999,90")
    cell.locator("input:not([type=hidden])").press("Enter")
    expect(cell).to_contain_text("1.999,90")
    cell.click()
    cell.locator("input:not([type=hidden])").fill(before)
    cell.locator("input:not([type=hidden])").press("Enter")
    expect(cell).to_contain_text(before)


def _many_and_back(visitor: Visitor) -> None:
    """One field of two products at once, with a look first, and back."""
    page = visitor.page
    visitor.go("/demo/products/?kind=product")
    for place in range(2):
        page.locator("input[data-select]").nth(place).check()
    bar = page.locator("[data-bulk-bar]")
    expect(bar).to_contain_text("2 selecionad")
    bar.get_by_role("button", name="Alterar campo").click()
    page.get_by_role("menuitem", name="Tipo", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("select").select_option("service")
    expect(dialog.locator(".bulk-preview")).to_contain_text("2")
    visitor.look("many")
    dialog.locator(".btn-primary").click()
    expect(page.locator(".toast")).to_contain_text("2 registros alterados")
    page.get_by_role("button", name="Desfazer").click()
    expect(page.locator(".toast", has_text="Desfeito")).to_be_visible()


def _calendar(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/demo/tasks/")
    page.get_by_role("button", name="Apresentação").click()
    page.get_by_role("menuitem", name="Calendário por prazo").click()
    entry = page.locator(".calendar-entry, .calendar-listed").first
    expect(entry).to_be_visible()
    expect(page.locator("[data-list-calendar-title]")).to_contain_text("20")
    visitor.look("calendar")
    entry.click()
    expect(page.locator("#side-panel")).to_be_visible()

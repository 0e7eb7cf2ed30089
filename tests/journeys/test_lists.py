"""The one list, on people: searched, filtered, sorted, kept as a view, walked, and changed in bulk."""

from __future__ import annotations

import random
import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_lists(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in("rafael@demo.example")
    visitor.go("/demo/people/")
    rows = page.locator("tr[data-row]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pessoas")
    expect(rows).to_have_count(50)
    visitor.look("people")
    _load_more(visitor)
    _search(visitor)
    _filter_and_keep(visitor)
    _sort(visitor)
    if visitor.size == "desktop":  # a phone's list has no boxes to tick
        _tag_and_undo(visitor)
    _open_beside(visitor)


def _load_more(visitor: Visitor) -> None:
    """Scroll to the end: the next rows come by themselves."""
    page = visitor.page
    page.locator("#list-more").scroll_into_view_if_needed()
    expect(page.locator("tr[data-row]").nth(50)).to_be_attached()


def _search(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#list-q").press_sequentially("joao")
    expect(page.locator("tr[data-row]").first).to_contain_text("João")
    expect(page).to_have_url(re.compile(r"q=joao"))
    page.locator("#list-q").fill("zzzxxy")
    expect(page.get_by_role("heading", name="Nada encontrado")).to_be_visible()
    page.get_by_role("link", name="Limpar busca e filtros").click()
    expect(page.locator("tr[data-row]")).to_have_count(50)


def _filter_and_keep(visitor: Visitor) -> None:
    """Filter by stage, see the chip, keep it as a view, come back to it, delete it."""
    page = visitor.page
    name = f"Minha lista {random.randrange(10**6)}"
    page.locator("#list-filters .filter-chip.is-add").click()
    menu = page.locator("#filter-menu")
    menu.get_by_role("button", name="Etapa").click()
    menu.get_by_label("Lead", exact=True).check()
    visitor.look("filter-menu")
    menu.get_by_role("button", name="Aplicar").click()
    chip = page.locator("#list-filters .filter-chip.is-on")
    expect(chip).to_contain_text("Etapa: Lead")
    expect(page.locator("tr[data-row]").first).to_contain_text("Lead")
    page.get_by_role("link", name="Salvar visão").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill(name)
    dialog.get_by_role("button", name="Salvar").click()
    view = page.locator(".list-views").get_by_role("link", name=name)
    expect(view).to_have_attribute("aria-current", "page")
    expect(chip).to_contain_text("Etapa: Lead")
    visitor.look("saved-view")
    chip.locator(".chip-x").click()
    expect(chip).to_have_count(0)


def _sort(visitor: Visitor) -> None:
    page = visitor.page
    heading = page.get_by_role("columnheader", name="Nome")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile(r"sort=-name"))


def _tag_and_undo(visitor: Visitor) -> None:
    """Tag three people at once, see it, take it back."""
    page = visitor.page
    tag = f"feira-{random.randrange(10**6)}"
    for place in range(3):
        page.locator("input[data-select]").nth(place).check()
    bar = page.locator("[data-bulk-bar]")
    expect(bar).to_contain_text("3 selecionad")
    visitor.look("selection")
    bar.get_by_role("link", name="Pôr etiqueta").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(tag)
    dialog.get_by_role("button", name="Pôr etiqueta").click()
    expect(page.locator(".toast")).to_contain_text("3 clientes")
    page.get_by_role("button", name="Desfazer").click()
    expect(page.locator(".toast", has_text="Desfeito")).to_be_visible()


def _open_beside(visitor: Visitor) -> None:
    page = visitor.page
    row = page.locator("tr[data-row]").first
    label = row.locator("input[data-select]").get_attribute("aria-label") or ""
    row.locator(".cell-main").click()
    panel = page.locator("#side-panel")
    expect(panel.get_by_role("heading", name=label.removeprefix("Selecionar ")).first).to_be_visible()
    visitor.look("beside")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

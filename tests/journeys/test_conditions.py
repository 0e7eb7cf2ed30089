"""The advanced filter: built line by line, counted while building, applied, kept in the address, changed again."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visitor


def test_advanced_filter(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/people/")
    page.locator("#list-filters .filter-chip.is-add").click()
    page.locator("#filter-menu").get_by_role("button", name="Filtro avançado").click()
    tree, preview = page.locator("#condition-tree"), page.locator("#condition-preview")
    expect(preview).to_contain_text("Preencha as linhas")
    _choose(tree, 1, "field:stage")
    expect(tree.get_by_role("group", name="Condição 1").get_by_label("Lead", exact=True)).to_be_visible()
    _line(tree, 1).get_by_label("Cliente", exact=True).check()
    expect(preview).to_contain_text("Etapa é Cliente")
    tree.get_by_role("button", name="Condição", exact=True).click()
    _choose(tree, 2, "related:purchases")
    _line(tree, 2).get_by_label("O que sobre eles").select_option("count")
    _line(tree, 2).get_by_label("Número").fill("1")
    _line(tree, 2).get_by_label("Quando").select_option("last_days")
    _line(tree, 2).locator("input[name$='within.value']").fill("3650")
    expect(preview).to_contain_text("comprou nos últimos 3650 dias")
    expect(preview).to_contain_text("por exemplo")
    visitor.look("builder")
    _state_in_a_group(visitor, tree)
    page.get_by_role("button", name="Aplicar").click()
    chip = page.locator("#list-filters .filter-chip.is-on")
    expect(chip).to_contain_text("Filtro avançado: Etapa é Cliente e")
    assert "where=" in page.url
    expect(page.locator("tr[data-row]").first).to_contain_text("Cliente")
    visitor.look("applied")
    chip.get_by_role("button").first.click()
    expect(_line(tree, 1).get_by_label("Cliente", exact=True)).to_be_checked()
    page.get_by_role("link", name="Remover filtro").click()
    expect(chip).to_have_count(0)
    assert "where=" not in page.url


def _state_in_a_group(visitor: Visitor, tree: Locator) -> None:
    """Add a group with a place chosen by typing, all by keyboard."""
    tree.get_by_role("button", name="Grupo", exact=True).focus()
    visitor.page.keyboard.press("Enter")
    group = tree.get_by_role("group", name="Grupo 3")
    first = group.get_by_label("O que consultar")
    expect(first).to_be_focused()
    first.select_option("field:state")
    typed = group.get_by_role("combobox", name="Estado")
    typed.press_sequentially("sao p")
    expect(visitor.page.get_by_role("option", name="São Paulo")).to_be_visible()
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#condition-preview")).to_contain_text("Estado é São Paulo")
    visitor.look("group")


def _line(tree: Locator, number: int) -> Locator:
    return tree.get_by_role("group", name=f"Condição {number}", exact=True).first


def _choose(tree: Locator, number: int, what: str) -> None:
    _line(tree, number).get_by_label("O que consultar").select_option(what)
    expect(_line(tree, number).locator("input[name$='.was']").first).to_have_value(what)

"""A bundle composed in the catalogue, sold on a quote as one line, and split into its products for the same sum."""

from __future__ import annotations

import re
from secrets import token_hex

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_bundles(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in("marina@demo.example")
    name = f"Kit da jornada {token_hex(3)}"
    visitor.go("/demo/products/new/")
    page.locator("input[name=name]").fill(name)
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name="Transformar em kit").click()
    _part(visitor, 0, "coador", "1")
    _part(visitor, 1, "filtros", "2")
    page.locator("tr[data-line]:visible").nth(1).locator("[data-line-up]").click()
    page.get_by_label("Preço do kit").select_option("parts")
    page.get_by_label("Desconto sobre a soma das partes (%)").fill("10")
    visitor.look("bundle-form")
    page.get_by_role("button", name="Salvar").click()

    table = page.get_by_role("region", name="Partes")
    expect(table.locator("tbody tr").first).to_contain_text("Filtros de papel")
    expect(page.locator("main")).to_contain_text(re.compile(r"R\$\s161,73"))  # 119,90 + 2 × 29,90, less 10 %
    visitor.look("bundle")

    page.get_by_role("link", name="Todos os kits").click()
    expect(page.locator("main")).to_contain_text(name)
    visitor.look("bundle-parts")
    visitor.go("/demo/quotes/new/")
    customer = page.get_by_role("combobox", name="Cliente")
    customer.press_sequentially("a")
    page.locator(".picker-list:popover-open [role=option]").first.click()
    line = page.locator("tr[data-line]:visible").first
    line.get_by_role("combobox").first.press_sequentially(name)
    page.locator(".picker-list:popover-open [role=option]").first.click()
    expect(line.locator("input[name$=unit_price]")).to_have_value("161,73")
    expect(line.locator("[data-line-contents]")).to_contain_text("2 × Filtros de papel")
    line.locator("input[name$=quantity]").fill("3")
    line.locator("input[name$=quantity]").press("Tab")
    expect(page.locator("[data-sum=first_year]")).to_have_text(re.compile(r"R\$\s485,19"))
    visitor.look("bundle-line")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Proposta")
    expect(page.locator("main")).to_contain_text("2 × Filtros de papel")
    visitor.look("bundle-quote")

    page.get_by_role("link", name="Editar").first.click()
    page.locator("[data-line-split]:visible").click()
    expect(page.locator("tr[data-line]:visible")).to_have_count(2)
    expect(page.locator("[data-sum=first_year]")).to_have_text(re.compile(r"R\$\s485,19"))
    visitor.look("bundle-split")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Proposta")
    expect(page.locator("main")).to_contain_text(re.compile(r"R\$\s485,19"))
    expect(page.locator("main")).to_contain_text("Coador V60")


def _part(visitor: Visitor, place: int, product: str, quantity: str) -> None:
    """Choose a part by typing part of its name."""
    page = visitor.page
    line = page.locator("tr[data-line]:visible").nth(place)
    line.get_by_role("combobox").first.press_sequentially(product)
    # by its name: what the first letters found is still there when the rest is typed
    found = page.locator(
        ".picker-list:popover-open [role=option]", has_text=re.compile(product, re.IGNORECASE)
    )
    found.first.click()
    line.locator("input[name$=quantity]").fill(quantity)

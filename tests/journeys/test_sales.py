"""A sale: an order with lines is written for a customer, and what the customer is worth follows at once."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_sales(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in("rafael@demo.example")
    visitor.go("/demo/orders/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pedidos")
    visitor.look("orders")
    visitor.go("/demo/people/?sort=-revenue")
    row = page.locator("tr[data-row]").first
    visitor.go((row.get_attribute("data-href") or "").partition("?")[0])
    name = page.get_by_role("heading", level=1).inner_text()
    before = _orders(visitor)
    visitor.turn_to("Relacionados")
    page.locator("#panel-orders").scroll_into_view_if_needed()  # loaded when it is seen
    page.locator("#panel-orders").get_by_role("link", name="Novo pedido").click()

    expect(page.get_by_role("combobox", name="Cliente")).to_have_value(name)
    _fill_line(visitor, 0, "café", "3", "42,50")
    page.get_by_role("button", name="Adicionar item").click()
    _fill_line(visitor, 1, "café", "2", "10,00")
    expect(page.locator("[data-sum=total]")).to_have_text(re.compile(r"R\$\s147,50"))
    visitor.look("order-form")
    page.get_by_role("button", name="Salvar").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Pedido")
    expect(page.locator(".order-totals").first).to_contain_text(re.compile(r"R\$\s147,50"))
    visitor.look("order")
    page.get_by_role("link", name=name).first.click()
    assert _orders(visitor) == before + 1
    visitor.turn_to("Relacionados")
    page.locator("#panel-orders").scroll_into_view_if_needed()
    expect(page.locator("#panel-orders")).to_contain_text(re.compile(r"R\$\s147,50"))
    visitor.look("customer")


def _orders(visitor: Visitor) -> int:
    """Return the number of orders among the customer's key figures."""
    figures = visitor.page.locator(".record-figures, .figures, .stats").first
    expect(figures).to_contain_text("Pedidos")
    found = re.search(r"Pedidos\s*(\d+)", figures.inner_text())
    assert found
    return int(found[1])


def _fill_line(visitor: Visitor, place: int, product: str, quantity: str, price: str) -> None:
    """Choose a product by typing part of its name, then say how much and for how much."""
    page = visitor.page
    line = page.locator("tr[data-line]:visible").nth(place)
    line.get_by_role("combobox").first.press_sequentially(product)
    page.locator(".picker-list:popover-open [role=option]").nth(place).click()
    line.locator("input[name$=quantity]").fill(quantity)
    line.locator("input[name$=unit_price]").fill(price)
    line.locator("input[name$=unit_price]").press("Tab")

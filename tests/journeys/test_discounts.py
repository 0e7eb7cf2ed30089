"""A price filled in from a list, and a quote over the salesperson's limit: asked for, approved by the manager on a phone, sent."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_discounts(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    page = visitor.page
    visitor.log_in("beatriz@demo.example")
    visitor.go("/demo/companies/?sort=-revenue")
    row = page.locator("tr[data-row]").first
    address = (row.get_attribute("data-href") or "").partition("?")[0]
    company = address.rstrip("/").rpartition("/")[2]
    visitor.go(address)
    visitor.turn_to("Relacionados")
    page.locator("#panel-quotes").get_by_role("link", name="Nova proposta").click()
    page.locator("input[name=title]").fill("Desconto acima do limite")
    line = page.locator("tr[data-line]:visible").first
    line.get_by_role("combobox").first.press_sequentially("blend espresso 1")
    page.locator(".picker-list:popover-open [role=option]").first.click()
    expect(line.locator("input[name$=unit_price]")).to_have_value("86,00")
    line.locator("input[name$=quantity]").fill("10")
    line.locator("input[name$=quantity]").press("Tab")  # from ten on the wholesale list is cheaper
    expect(line.locator("input[name$=unit_price]")).to_have_value("81,70")
    expect(line.locator("[data-line-note]")).to_have_text("Preço da tabela Atacado, a partir de 10 unidades")
    line.locator("input[name$=discount]").fill("40")
    line.locator("input[name$=discount]").press("Tab")
    page.get_by_role("button", name="Salvar").click()

    expect(page.locator(".alert.tone-yellow")).to_contain_text("precisa de aprovação")
    expect(page.locator(".alert.tone-yellow")).to_contain_text("40%")
    expect(page.get_by_role("link", name="Enviar")).to_have_count(0)
    visitor.look("over-limit")
    quote = page.url
    page.get_by_role("link", name="Pedir aprovação").click()
    dialog = page.locator("#dialog-content")
    dialog.get_by_label("Por quê?").fill("O concorrente ofereceu 38% e o cliente fecha o ano inteiro.")
    dialog.get_by_role("button", name="Pedir aprovação").click()
    expect(page.locator(".alert.tone-yellow")).to_contain_text("Aguardando aprovação")
    visitor.look("waiting")
    request = page.get_by_role("link", name="Ver o pedido").get_attribute("href") or ""

    _approve(visitor, second_visitor(), request)

    page.goto(quote)
    expect(page.locator(".alert.tone-green")).to_contain_text("aprovado")
    visitor.look("approved")
    page.get_by_role("link", name="Enviar").click()
    dialog.get_by_label(re.compile("Eu mesmo passo o link")).check()
    dialog.get_by_role("button", name="Enviar").click()
    expect(page.locator(".quote-link .offer-code")).to_contain_text("/public/quotes/")
    visitor.look("sent")
    _refused(visitor, company)


def _refused(visitor: Visitor, company: str) -> None:
    """The same price in an order by hand, which would bind at once, is refused with the way out."""
    page = visitor.page
    visitor.go(f"/demo/orders/new/?party={company}")
    line = page.locator("tr[data-line]:visible").first
    line.get_by_role("combobox").first.press_sequentially("blend espresso 1")
    page.locator(".picker-list:popover-open [role=option]").first.click()
    expect(line.locator("input[name$=unit_price]")).to_have_value("86,00")
    line.locator("input[name$=unit_price]").fill("50,00")
    line.locator("input[name$=unit_price]").press("Tab")
    page.get_by_role("button", name="Salvar").click()
    expect(page.locator("main")).to_contain_text("passa do seu limite de desconto")
    visitor.expect_problem(422)
    visitor.look("order-refused")


def _approve(visitor: Visitor, manager: Visitor, request: str) -> None:
    """Answer as the manager, on a phone: a refusal wants a note, then yes."""
    page = manager.page
    page.set_viewport_size({"width": 390, "height": 844})
    manager.name = f"discounts-manager-{visitor.size}"
    manager.log_in("rafael@demo.example")
    manager.go("/demo/approvals/")
    row = page.locator(".row-item", has=page.locator(f'a[href="{request}"]'))
    expect(row).to_contain_text("concorrente")
    manager.look("pending")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aprovação")
    manager.look("request")
    page.get_by_role("button", name="Recusar").click()
    expect(page.locator(".form-error")).to_be_visible()
    manager.expect_problem(422)
    page.get_by_label(re.compile("^(Nota|Observação)")).fill("Só neste pedido.")
    page.get_by_role("button", name="Aprovar").click()
    expect(page.locator(".page-title .badge")).to_have_text("Aprovado")
    manager.look("answered")
    assert not manager.problems, "\n".join(manager.problems)

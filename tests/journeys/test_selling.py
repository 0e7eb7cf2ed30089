"""Selling from end to end: a form on the web, the lead worked and converted, the deal moved, quoted and accepted on a phone, an order."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import SIZES, Visitor
from tests.journeys.test_contracts import approve, ask


def test_selling(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    """Every step leaves its trace on the customer's timeline."""
    page, mark = visitor.page, f"{visitor.size} {int(time.time())}"
    person = f"Helena {mark}"
    visitor.log_in()
    visitor.go("/demo/settings/forms/")
    page.locator(".rows a.row-title").first.click()
    link = page.locator("#share-url").input_value()
    customer = second_visitor()
    customer.page.set_viewport_size(SIZES["phone"])
    _ask(customer, link, person, mark)

    _open_lead(visitor, person)
    _work_and_convert(visitor)
    expect(page.get_by_role("heading", level=1)).to_contain_text(person)
    page.locator("main a[href*='/opportunities/']").first.click()
    page.wait_for_url("**/opportunities/**")
    page.wait_for_load_state("load")
    address = page.url
    _move(visitor, person)

    page.goto(address)
    page.wait_for_load_state("load")
    _accept(customer, visitor.base, _quote(visitor))
    page.goto(address)
    page.wait_for_load_state("load")
    _sign(customer, visitor.base, _contract(visitor, second_visitor()))
    assert not customer.problems, customer.problems

    page.goto(address)
    expect(page.locator(".record-head")).to_contain_text("Ganha")
    page.locator(".record-head a[href*='/customers/']").first.click()
    page.wait_for_url("**/customers/**")
    page.wait_for_load_state("load")
    timeline = page.locator("main")
    for step in ("Lead", "Oportunidade", "Proposta", "Pedido", "Contrato assinado por todos"):
        expect(timeline).to_contain_text(step)
    visitor.look("timeline")


def _ask(customer: Visitor, link: str, person: str, mark: str) -> None:
    page = customer.page
    page.goto(f"{link}?utm_source=google&utm_medium=cpc")
    page.locator("[name=name]").fill(person)
    if page.locator("[name=email]").count():
        page.locator("[name=email]").fill(f"helena.{mark.replace(' ', '.')}@visita.example")
    if page.locator("[name=phone]").count():
        page.locator("[name=phone]").fill("(11) 98765-4321")
    for place in range(page.locator("form select[required]:visible").count()):
        page.locator("form select[required]:visible").nth(place).select_option(index=1)
    for place in range(page.locator("form input[type=checkbox][required]:visible").count()):
        page.locator("form input[type=checkbox][required]:visible").nth(place).check()
    page.wait_for_timeout(2100)  # what the form asks of a person: two seconds at least
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator("[data-thanks]")).to_be_visible()


def _open_lead(visitor: Visitor, person: str) -> None:
    """What was posted becomes a lead in the background."""
    lead = visitor.page.get_by_role("link", name=person)
    for _again in range(60):
        visitor.go("/demo/leads/")
        if lead.count():
            break
        visitor.page.wait_for_timeout(500)
    visitor.go((lead.first.get_attribute("href") or "").partition("?")[0])


def _work_and_convert(visitor: Visitor) -> None:
    page = visitor.page
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Estou em contato").click()
    expect(page.locator(".lead-path [aria-current=step]")).to_contain_text("Em contato")
    page.get_by_role("link", name="Passar para vendas").click()
    dialog.get_by_role("button", name="Passar para vendas").click()
    page.get_by_role("button", name="Aceitar").click()
    expect(page.locator(".lead-path [aria-current=step]")).to_contain_text("Aceito por vendas")
    page.get_by_role("link", name="Converter").click()
    dialog.get_by_role("button", name="Converter").click()
    expect(page.locator(".lead-path")).to_contain_text("Convertido")
    expect(dialog).to_be_hidden()  # the page is told by itself before it comes anew
    visitor.look("converted")


def _move(visitor: Visitor, person: str) -> None:
    page = visitor.page
    visitor.go("/demo/opportunities/board/")
    columns = page.locator("[data-board-column]")
    card = columns.nth(0).locator(".board-card", has_text=person)
    card.focus()
    page.keyboard.press("Shift+ArrowRight")
    moved = columns.nth(1).locator(".board-card", has_text=person)
    expect(moved).to_be_visible()
    expect(moved).not_to_have_class(re.compile("is-saving"))


def _quote(visitor: Visitor) -> str:
    """Quote one line from the deal's page; return the customer's link."""
    page = visitor.page
    visitor.turn_to("Relacionados")
    page.locator("#panel-quotes, #deal-quotes").get_by_role("link", name="Nova proposta").click()
    page.wait_for_url("**/quotes/new/**")
    page.locator("input[name=title]").fill("Café para o escritório")
    line = page.locator("tr[data-line]:visible").first
    line.locator("input[name$=description]").fill("Café especial, 10 kg")
    line.locator("input[name$=unit_price]").fill("900,00")
    line.locator("input[name$=unit_price]").press("Tab")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Proposta")
    page.get_by_role("link", name="Enviar").click()
    dialog = page.locator("#dialog-content")
    dialog.get_by_label(re.compile("Eu mesmo passo o link")).check()
    dialog.get_by_role("button", name="Enviar").click()
    link = page.locator(".quote-link .offer-code")
    expect(link).to_contain_text("/public/quotes/")
    return link.inner_text()


def _accept(customer: Visitor, base: str, link: str) -> None:
    page = customer.page
    page.goto(base + link[link.index("/public/") :])
    page.get_by_label("Seu nome completo").fill("Helena Prado")
    page.get_by_label("Seu CPF").fill("529.982.247-25")
    page.get_by_label("Li esta proposta e a aceito.").check()
    page.get_by_role("button", name="Aceitar proposta").click()
    expect(page.locator(".alert[role=status]")).to_contain_text("Helena Prado")


def _contract(visitor: Visitor, manager: Visitor) -> str:
    """Make the contract of what was accepted, have it approved, send it; return the customer's link."""
    page, dialog = visitor.page, visitor.page.locator("#dialog-content")
    visitor.turn_to("Relacionados")
    panel = page.locator("#panel-contracts")
    panel.scroll_into_view_if_needed()
    panel.get_by_role("link", name="Novo contrato").click()
    page.wait_for_url("**/contracts/new/**")
    expect(page.locator("select[name=quote]")).not_to_have_value("")
    page.locator("input[name=starts_on]").fill("2026-12-01")
    page.locator("select[name=price_index]").select_option("ipca")
    page.get_by_role("button", name="Salvar").click()
    expect(page.locator(".contract-text")).to_contain_text("novecentos reais")
    ask(page)
    approve(manager, page.url)
    page.reload()
    page.locator("[data-signer]", has_text="Nossa parte").wait_for()
    page.get_by_role("link", name="Enviar para assinar").click()
    dialog.get_by_label(re.compile("Eu mesmo passo os links")).check()
    dialog.get_by_role("button", name="Enviar").click()
    links = page.locator("[data-signer] .offer-code")
    expect(links).to_have_count(2)
    return " ".join(links.all_inner_texts())


def _sign(customer: Visitor, base: str, links: str) -> None:
    page = customer.page
    for link in links.split():
        page.goto(base + link[link.index("/public/") :])
        page.get_by_label("Seu nome completo").fill("Helena Prado")
        page.get_by_label("Seu CPF").fill("529.982.247-25")
        page.get_by_label("Li este contrato e o assino eletronicamente.").check()
        page.get_by_role("button", name="Assinar contrato").click()
        expect(page.locator(".alert[role=status]")).to_be_visible()

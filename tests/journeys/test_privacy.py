"""Consent: taken down on the phone, changed by the customer on their own page, kept with its proof."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_privacy(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/people/?sort=-revenue")
    row = page.locator("tr[data-row]").nth(3 if visitor.size == "phone" else 4)
    record = (row.get_attribute("data-href") or "").partition("?")[0]
    visitor.go(record)
    visitor.turn_to("Relacionados")
    panel = page.locator("#panel-privacy")
    panel.scroll_into_view_if_needed()
    panel.get_by_role("link", name="Registrar que o cliente permite: Ofertas e novidades").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("WhatsApp").check()
    dialog.get_by_label("Texto mostrado ou lido").select_option(label="O texto em português")
    dialog.get_by_label("Prova").fill("Pediu por telefone, ramal 12")
    visitor.look("dialog")
    dialog.get_by_role("button", name="Salvar").click()
    expect(panel).to_contain_text(re.compile("texto versão 1"))
    visitor.look("panel")

    link = panel.locator("[data-copy]").first.get_attribute("data-copy") or ""
    customer = second_visitor()
    customer.page.goto(link)
    offers = customer.page.get_by_role("group", name="Ofertas e novidades")
    expect(offers.get_by_label("WhatsApp")).to_be_checked()
    offers.get_by_label("WhatsApp").uncheck()
    offers.get_by_label("E-mail").check()
    customer.look("preferences")
    customer.page.get_by_role("button", name="Salvar minhas escolhas").click()
    expect(customer.page.get_by_role("status").first).to_contain_text("Suas escolhas foram salvas")
    customer.page.get_by_role("link", name="English").click()
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("What may we contact you about?")
    assert not customer.problems, customer.problems

    visitor.go(f"{record.rstrip('/')}/privacy/history/")
    expect(page.locator("main")).to_contain_text("Página de preferências")
    expect(page.locator("main")).to_contain_text("ramal 12")
    visitor.look("history")
    visitor.go("/demo/suppressions/")
    visitor.look("suppressions")
    visitor.go("/demo/contact-refusals/")
    visitor.look("refusals")
    visitor.go("/demo/settings/purposes/")
    visitor.look("purposes")


def test_consent_in_the_advanced_filter(visitor: Visitor) -> None:
    """Ask for customers by what they allow, in the builder."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/people/")
    page.locator("#list-filters .filter-chip.is-add").click()
    page.locator("#filter-menu").get_by_role("button", name="Filtro avançado").click()
    tree, preview = page.locator("#condition-tree"), page.locator("#condition-preview")
    expect(preview).to_contain_text("Preencha as linhas")
    line = tree.get_by_role("group", name="Condição 1")
    line.locator("select").first.select_option("field:allows")
    allowed = line.get_by_label("Permite contato para")
    expect(allowed).to_be_visible()
    visitor.look("consent-choices")
    allowed.press_sequentially("e-mail")
    page.locator(".picker-list:popover-open [role=option]").first.click()
    expect(preview).to_contain_text("por exemplo")
    visitor.look("consent-condition")
    page.get_by_role("button", name="Aplicar").click()
    expect(page.locator("#list-filters .filter-chip.is-on")).to_contain_text("Permite contato")
    expect(page.locator("tr[data-row], .list-cards li, [data-row]").first).to_be_visible()

"""A quote from the salesperson's first line to the customer's acceptance on a phone, and the order that follows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_quotes(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    page = visitor.page
    visitor.log_in("rafael@demo.example")
    visitor.go("/demo/quotes/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Propostas")
    visitor.look("quotes")
    visitor.go("/demo/people/?sort=-revenue")
    row = page.locator("tr[data-row]").first
    visitor.go((row.get_attribute("data-href") or "").partition("?")[0])
    name = page.get_by_role("heading", level=1).inner_text()
    visitor.turn_to("Relacionados")
    page.locator("#panel-quotes").get_by_role("link", name="Nova proposta").click()

    expect(page.get_by_role("combobox", name="Cliente")).to_have_value(name)
    page.locator("input[name=title]").fill("Café para o escritório")
    page.locator("select[name=deposit_kind]").select_option("percent")
    page.locator("input[name=deposit]").fill("30")
    _fill_line(visitor, 0, "café", "2", "100,00", "10")
    second = page.locator("tr[data-line]:visible").nth(1)
    second.locator("input[name$=description]").fill("Treinamento")
    second.locator("input[name$=unit_price]").fill("50,00")
    second.locator("summary").click()
    second.get_by_label("Opcional", exact=True).check()
    expect(page.locator("[data-sum=first_year]")).to_have_text(re.compile(r"R\$\s230,00"))
    visitor.look("quote-form")
    page.get_by_role("button", name="Salvar").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Proposta")
    visitor.look("quote-draft")
    address = page.url
    page.get_by_role("link", name="Enviar").click()
    dialog = page.locator("#dialog-content")
    dialog.get_by_label(re.compile("Eu mesmo passo o link")).check()
    dialog.get_by_role("button", name="Enviar").click()
    link = page.locator(".quote-link .offer-code")
    expect(link).to_contain_text("/public/quotes/")
    visitor.look("quote-sent")

    customer = second_visitor() if visitor.size == "desktop" else visitor
    _accept(visitor, customer, link.inner_text())

    if customer is not visitor:
        assert not customer.problems
    page.goto(address)
    expect(page.locator(".alert[role=status]")).to_contain_text("Maria Clara Dias")
    visitor.look("quote-accepted")
    page.locator(".alert[role=status]").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pedido")
    expect(page.locator(".order-totals").first).to_contain_text(re.compile(r"R\$\s180,00"))


def _accept(visitor: Visitor, customer: Visitor, link: str) -> None:
    """Open the link as the customer, on a phone, drop the option and accept."""
    customer.page.set_viewport_size({"width": 390, "height": 844})
    customer.page.goto(visitor.base + link[link.index("/public/") :])
    page = customer.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Café para o escritório")
    expect(page.locator("[data-sum=first_year]")).to_have_text(re.compile(r"R\$\s230,00"))
    customer.look("public")
    page.get_by_label(re.compile("Treinamento")).uncheck()
    expect(page.locator("[data-sum=first_year]")).to_have_text(re.compile(r"R\$\s180,00"))
    page.get_by_label("Seu nome completo").fill("Maria Clara Dias")
    page.get_by_label("Seu CPF").fill("111.111.111-11")
    page.get_by_label("Li esta proposta e a aceito.").check()
    page.get_by_role("button", name="Aceitar proposta").click()
    expect(page.locator(".form-error")).to_contain_text("CPF")
    customer.expect_problem(422)
    customer.look("public-wrong-cpf")
    page.get_by_label("Seu CPF").fill("529.982.247-25")
    page.get_by_role("button", name="Aceitar proposta").click()
    expect(page.locator(".alert[role=status]")).to_contain_text("Maria Clara Dias")
    expect(page.locator("#pix-code")).to_contain_text("br.gov.bcb.pix")
    customer.look("public-accepted")


def _fill_line(visitor: Visitor, place: int, product: str, quantity: str, price: str, discount: str) -> None:
    """Choose a product by typing part of its name, then say how much and for how much."""
    page = visitor.page
    line = page.locator("tr[data-line]:visible").nth(place)
    line.get_by_role("combobox").first.press_sequentially(product)
    page.locator(".picker-list:popover-open [role=option]").first.click()
    line.locator("select[name$=billing]").select_option("one_off")
    line.locator("input[name$=quantity]").fill(quantity)
    line.locator("input[name$=unit_price]").fill(price)
    line.locator("input[name$=discount]").fill(discount)
    line.locator("input[name$=discount]").press("Tab")


def test_accepted_by_phone(visitor: Visitor, tmp_path: Path) -> None:
    """The customer says yes on the phone: the salesperson puts it down, with a file, and the order is there."""
    page = visitor.page
    visitor.log_in("rafael@demo.example")
    visitor.go("/demo/companies/?sort=-revenue")
    row = page.locator("tr[data-row]").first
    visitor.go((row.get_attribute("data-href") or "").partition("?")[0])
    visitor.turn_to("Relacionados")
    page.locator("#panel-quotes").get_by_role("link", name="Nova proposta").click()
    page.locator("input[name=title]").fill("Acertado por telefone")
    _fill_line(visitor, 0, "café", "2", "100,00", "0")
    second = page.locator("tr[data-line]:visible").nth(1)
    second.locator("input[name$=description]").fill("Treinamento da equipe")
    second.locator("input[name$=unit_price]").fill("50,00")
    second.locator("summary").click()
    second.get_by_label("Opcional", exact=True).check()
    page.get_by_role("button", name="Salvar").click()
    dialog = page.locator("#dialog-content")
    page.get_by_role("link", name="Enviar").click()
    dialog.get_by_label(re.compile("Eu mesmo passo o link")).check()
    dialog.get_by_role("button", name="Enviar").click()

    page.get_by_role("link", name="Registrar aceite").click()
    dialog.get_by_label("Quem aceitou").fill("Carla Mendes")
    dialog.get_by_label("Como").select_option("phone")
    dialog.get_by_label(re.compile("Treinamento da equipe")).uncheck()
    proof = tmp_path / "ligacao.txt"
    proof.write_text("Carla confirmou às 10h.")
    dialog.get_by_label("Arquivo que comprova").set_input_files(proof)
    visitor.look("quote-accepted-elsewhere-form")
    dialog.get_by_role("button", name="Registrar aceite").click()

    told = page.locator(".alert[role=status]")
    expect(told).to_contain_text("Carla Mendes aceitou por telefone")
    expect(told).to_contain_text("ligacao.txt")
    visitor.look("quote-accepted-elsewhere")
    told.get_by_role("link", name=re.compile("Pedido")).click()
    expect(page.locator(".order-totals").first).to_contain_text(re.compile(r"R\$\s200,00"))

"""A contract from the deal to the last signature on a phone, and onto the customer's timeline."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import SIZES, Visitor

CPF = "529.982.247-25"


def test_contracts(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/contracts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Contratos")
    visitor.look("contracts")
    visitor.go("/demo/people/?sort=-revenue")
    row = page.locator("tr[data-row]").first
    visitor.go((row.get_attribute("data-href") or "").partition("?")[0])
    name = page.get_by_role("heading", level=1).inner_text()
    customer_page = page.url
    visitor.turn_to("Relacionados")
    panel = page.locator("#panel-contracts")
    panel.scroll_into_view_if_needed()
    panel.get_by_role("link", name="Novo contrato").click()

    expect(page.get_by_role("combobox", name="Cliente")).to_have_value(name)
    page.locator("input[name=title]").fill("Fornecimento de café")
    page.locator("input[name=amount]").fill("1250,50")
    page.locator("select[name=billing]").select_option("monthly")
    page.locator("input[name=starts_on]").fill("2026-10-01")
    page.locator("select[name=price_index]").select_option("ipca")
    visitor.look("contract-form")
    page.get_by_role("button", name="Salvar").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Contrato")
    expect(page.locator(".contract-text")).to_contain_text(
        "mil duzentos e cinquenta reais e cinquenta centavos"
    )
    visitor.look("contract-draft")
    address = page.url
    ask(page)
    expect(page.get_by_role("link", name="Aprovar")).to_have_count(0)  # nobody approves their own
    _answer_on_a_phone(visitor, second_visitor(), address)
    page.goto(address)
    page.get_by_role("link", name="Enviar para assinar").click()
    dialog = page.locator("#dialog-content")
    dialog.get_by_label(re.compile("Eu mesmo passo os links")).check()
    dialog.get_by_role("button", name="Enviar").click()
    links = page.locator("[data-signer] .offer-code")
    expect(links).to_have_count(2)
    visitor.look("contract-out")

    customer = second_visitor()
    customer.page.set_viewport_size(SIZES["phone"])
    first = links.first.inner_text()
    _talk(visitor, customer, visitor.base + first[first.index("/public/") :])
    for place, link in enumerate(links.all_inner_texts()):
        _sign(customer, visitor.base + link[link.index("/public/") :], is_first=place == 0)
    assert not customer.problems, customer.problems

    page.goto(address)
    expect(page.locator(".page-title .badge").first).to_have_text("Vigente")
    visitor.look("contract-signed")
    page.goto(customer_page)
    page.wait_for_load_state("load")
    expect(page.locator("main")).to_contain_text("Contrato assinado por todos")


def _talk(seller: Visitor, customer: Visitor, link: str) -> None:
    """A signer asks on their page, the seller answers there."""
    customer.page.goto(link)
    customer.page.get_by_label("Escreva para nós").fill("Pode ser no dia 10?")
    customer.page.get_by_role("button", name="Enviar comentário").click()
    expect(customer.page.locator(".offer-talk")).to_contain_text("Pode ser no dia 10?")
    customer.look("public-talk")
    page = seller.page
    page.reload()
    talk = page.locator(".card", has=page.get_by_role("heading", name="Perguntas e comentários"))
    expect(talk).to_contain_text("Pode ser no dia 10?")
    talk.get_by_role("link", name="Escrever").click()
    dialog = page.locator("#dialog-content")
    dialog.get_by_label("Comentário").fill("Pode sim.")
    dialog.get_by_role("button", name="Salvar").click()
    expect(talk).to_contain_text("Pode sim.")
    seller.look("contract-talk")


def ask(page: Page) -> None:
    """Ask for a contract's approval, with a word to whoever gives it."""
    page.get_by_role("link", name="Pedir aprovação").click()
    dialog = page.locator("#dialog-content")
    dialog.get_by_label("Mensagem").fill("O cliente assina hoje.")
    dialog.get_by_role("button", name="Pedir aprovação").click()
    expect(page.locator(".alert.tone-yellow")).to_contain_text("pediu aprovação")


def _answer_on_a_phone(visitor: Visitor, manager: Visitor, address: str) -> None:
    """Find the request in the list, read the whole text, say yes."""
    page = manager.page
    page.set_viewport_size(SIZES["phone"])
    manager.name = f"contracts-manager-{visitor.size}"
    manager.log_in("rafael@demo.example")
    page.goto(address)
    request = page.get_by_role("link", name="Responder").get_attribute("href")
    manager.go("/demo/approvals/")
    expect(page.locator(".row-item").first).to_be_visible()
    manager.look("approvals")
    page.locator(f'a[href="{request}"]').click()
    expect(page.locator(".contract-text")).to_contain_text("mil duzentos e cinquenta reais")
    manager.look("approval")
    page.get_by_label(re.compile("^(Nota|Observação)")).fill("De acordo.")
    page.get_by_role("button", name="Aprovar").click()
    expect(page.locator(".page-title .badge")).to_have_text("Aprovado")
    assert not manager.problems, manager.problems


def approve(manager: Visitor, address: str) -> None:
    """Say yes to a contract as the manager of sales."""
    page = manager.page
    manager.log_in("rafael@demo.example")
    page.goto(address)
    page.get_by_role("link", name="Aprovar").click()
    dialog = page.locator("#dialog-content")
    dialog.get_by_label("Nota").fill("De acordo.")
    dialog.get_by_role("button", name="Aprovar").click()
    expect(page.locator(".page-title .badge").first).to_have_text("Aprovado")
    assert not manager.problems, manager.problems


def _sign(customer: Visitor, link: str, *, is_first: bool) -> None:
    """Read the contract on a phone, mistype the CPF once, sign."""
    page = customer.page
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Fornecimento de café")
    if is_first:
        customer.look("public")
        page.get_by_label("Seu CPF").fill("111.111.111-11")
        page.get_by_label("Li este contrato e o assino eletronicamente.").check()
        page.get_by_role("button", name="Assinar contrato").click()
        expect(page.locator("#sign-cpf-error")).to_contain_text("CPF")
        customer.expect_problem(422)
    page.get_by_label("Seu nome completo").fill("Maria Clara Dias")
    page.get_by_label("Seu CPF").fill(CPF)
    page.get_by_label("Li este contrato e o assino eletronicamente.").check()
    page.get_by_role("button", name="Assinar contrato").click()
    expect(page.locator(".alert[role=status]")).to_be_visible()
    customer.look("public-signed")


def test_contract_template(visitor: Visitor) -> None:
    """An administrator writes a template with a clause under a condition and tries it on a deal."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/settings/contracts/")
    visitor.look("templates")
    page.locator(".rows a.row-title").first.click()
    page.wait_for_url("**/settings/contracts/*/")
    visitor.look("template")
    page.get_by_role("link", name="Nova cláusula").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nova cláusula")
    page.locator("input[name=title]").fill("Confidencialidade")
    page.locator("textarea[name=body]").fill(
        "As partes guardam segredo do que souberem de {{customer.name}}."
    )
    visitor.look("clause")
    page.get_by_role("button", name="Salvar").click()
    clause = page.locator(".rows a.row-title", has_text="Confidencialidade")
    expect(clause.first).to_be_visible()
    page.get_by_role("link", name="Testar numa oportunidade").click()
    expect(page.locator(".contract-text")).to_contain_text("guardam segredo")
    visitor.look("preview")
    page.get_by_role("link", name="Modelo", exact=True).click()
    for _again in range(clause.count()):
        clause.first.click()
        page.get_by_role("button", name="Tirar").click()
        page.locator("dialog[open]").get_by_role("button", name="Tirar").click()
        expect(page.get_by_role("heading", name="Versões")).to_be_visible()

"""What follows a contract's signature: a readjustment and an addendum; and signatures gathered by a service."""

from __future__ import annotations

import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SIZES, Visitor
from tests.journeys.test_contracts import approve, ask
from tests.support.signature_service import SECRET, TOKEN, Fake, mark_of, told

CPF = "529.982.247-25"
TRIES = 60


@pytest.fixture
def service() -> Iterator[Fake]:
    """Run a signature service of this machine."""
    fake = Fake(f"{time.time_ns():x}-")
    fake.file = b"%PDF-1.7 signed elsewhere"
    threading.Thread(target=fake.serve_forever, daemon=True).start()
    yield fake
    fake.shutdown()
    fake.server_close()


def test_contract_readjustment(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    """A contract in force is readjusted by a percentage: written, approved by another, signed on a phone, in effect."""
    page, dialog = visitor.page, visitor.page.locator("#dialog-content")
    visitor.log_in()
    visitor.go("/demo/contracts/?status=in_force&kind=contract")
    visitor.look("list")
    row = page.locator("tr[data-row]").filter(has_not_text="Rafael").first
    visitor.go((row.get_attribute("data-href") or "").partition("?")[0])
    contract = page.url
    before = page.locator(".fact", has_text="Valor").locator("strong").inner_text()

    page.get_by_role("button", name="Alterar").click()
    page.get_by_role("menuitem", name="Reajustar").click()
    dialog.get_by_label("Porcentagem").fill("4,62")
    visitor.look("readjust")
    dialog.get_by_role("button", name="Escrever aditivo").click()
    page.wait_for_load_state("load")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reajuste")
    expect(page.locator(".contract-text")).to_contain_text("4,62%")
    visitor.look("addendum")
    _bring_into_force(visitor, second_visitor)

    page.goto(contract)
    expect(page.locator(".fact", has_text="Valor").locator("strong")).not_to_have_text(before)
    expect(page.locator(".card", has_text="Aditivos")).to_contain_text("Reajuste")
    visitor.look("contract")


def test_contract_addendum_and_renewal(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    """A plain addendum with a name of its own, and a renewal that prolongs the term, each signed."""
    page, dialog = visitor.page, visitor.page.locator("#dialog-content")
    visitor.log_in()
    visitor.go("/demo/contracts/?status=in_force&kind=contract")
    row = page.locator("tr[data-row]").filter(has_not_text="Rafael").first
    visitor.go((row.get_attribute("data-href") or "").partition("?")[0])
    contract = page.url

    page.get_by_role("button", name="Alterar").click()
    page.get_by_role("menuitem", name="Outro aditivo").click()
    title = dialog.get_by_label("Título")
    expect(title).to_have_value(re.compile(r"^Aditivo \d+ – "))
    called = title.input_value()
    visitor.look("addendum-form")
    dialog.get_by_role("button", name="Escrever aditivo").click()
    page.wait_for_url(lambda url: url != contract)
    expect(page.locator("main")).to_contain_text(called)
    page.get_by_role("link", name="Editar").first.click()
    body = page.locator("textarea[name=body]")
    body.fill(body.input_value().replace("Escreva aqui o que muda.", "A entrega passa a ser semanal."))
    page.get_by_role("button", name="Salvar").click()
    expect(page.locator(".contract-text")).to_contain_text("A entrega passa a ser semanal.")
    _bring_into_force(visitor, second_visitor)

    page.goto(contract)
    expect(page.locator(".card", has_text="Aditivos")).to_contain_text(called)
    page.get_by_role("button", name="Alterar").click()
    page.get_by_role("menuitem", name="Renovar").click()
    year, month, day = dialog.locator("input[name=ends_on]").input_value().split("-")
    visitor.look("renewal-form")
    dialog.get_by_role("button", name="Escrever aditivo").click()
    page.wait_for_url(lambda url: url != contract)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Renovação")
    expect(page.locator(".contract-text")).to_contain_text(f"{day}/{month}/{year}")
    visitor.look("renewal")
    _bring_into_force(visitor, second_visitor)
    page.goto(contract)
    expect(page.locator(".fact", has_text="Vigência")).to_contain_text(f"{day}/{month}/{year}")
    visitor.look("renewed")


def _bring_into_force(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    """Have the addendum on the page approved by another and signed by all, on a phone."""
    page, dialog = visitor.page, visitor.page.locator("#dialog-content")
    addendum = page.url
    ask(page)
    approve(second_visitor(), addendum)
    page.goto(addendum)
    page.get_by_role("link", name="Enviar para assinar").click()
    dialog.get_by_label("Eu mesmo passo os links").check()
    dialog.get_by_role("button", name="Enviar").click()
    links = page.locator("[data-signer] .offer-code")
    expect(links.first).to_be_visible()
    customer = second_visitor()
    customer.page.set_viewport_size(SIZES["phone"])
    for link in links.all_inner_texts():
        _sign(customer, visitor.base + link[link.index("/public/") :])
    assert not customer.problems, customer.problems


def _sign(customer: Visitor, link: str) -> None:
    page = customer.page
    page.goto(link)
    page.get_by_label("Seu nome completo").fill("Maria Clara Dias")
    page.get_by_label("Seu CPF").fill(CPF)
    page.get_by_label("Li este contrato e o assino eletronicamente.").check()
    page.get_by_role("button", name="Assinar contrato").click()
    expect(page.locator(".alert[role=status]")).to_be_visible()


def test_signature_service(visitor: Visitor, second_visitor: Callable[[], Visitor], service: Fake) -> None:
    """A service is set up, gets a contract, and tells who signed; then it is forgotten again."""
    page, dialog = visitor.page, visitor.page.locator("#dialog-content")
    visitor.log_in()
    hook = _set_up(visitor, service)
    visitor.go("/demo/people/?sort=-revenue")
    row = page.locator("tr[data-row]").first
    party = (row.get_attribute("data-href") or "").partition("?")[0].rstrip("/").rpartition("/")[2]
    visitor.go(f"/demo/contracts/new/?party={party}")
    page.locator("input[name=title]").fill("Assinado no serviço")
    page.locator("input[name=amount]").fill("500")
    page.locator("input[name=starts_on]").fill("2026-10-01")
    page.locator("input[name=ends_on]").fill("2027-09-30")
    page.locator("select[name=price_index]").select_option("ipca")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Contrato")
    contract = page.url
    for place in range(page.locator("[data-signer]").count()):
        page.locator("[data-signer]").nth(place).get_by_role("link").first.click()
        dialog.get_by_label("E-mail").fill(f"assina{place}@cliente.example")
        dialog.get_by_role("button", name="Salvar").click()
        expect(page.locator("[data-signer]").nth(place)).to_contain_text(f"assina{place}@cliente.example")
    signers = page.locator("[data-signer]").count()
    ask(page)
    approve(second_visitor(), contract)
    page.goto(contract)
    page.get_by_role("link", name="Enviar para assinar").click()
    dialog.get_by_label("Pelo serviço de assinatura").check()
    visitor.look("send")
    dialog.get_by_role("button", name="Enviar").click()
    document = f"{service.mark}doc-1"
    _until(visitor, contract, document)
    visitor.look("out")

    for number in range(1, signers + 1):
        _tell(hook, told("sign", document, f"{service.mark}signer-{number}"))
    _tell(hook, told("auto_close", document))
    _until(visitor, contract, "Do serviço de assinatura")
    expect(page.locator(".page-title .badge").first).to_have_text("Vigente")
    visitor.look("signed")

    visitor.go("/demo/settings/contracts/")
    page.get_by_role("button", name="Esquecer").click()
    page.locator("dialog[open]").get_by_role("button", name="Esquecer").click()
    expect(page.get_by_role("link", name="Configurar um serviço")).to_be_visible()


def _set_up(visitor: Visitor, service: Fake) -> str:
    """Enter the service in the settings; return the address it calls."""
    page, dialog = visitor.page, visitor.page.locator("#dialog-content")
    visitor.go("/demo/settings/contracts/")
    page.locator("a[href$='/settings/contracts/service/']").click()
    dialog.get_by_label("Endereço do serviço").fill(service.url)
    dialog.get_by_label("Token de acesso").fill(TOKEN)
    dialog.locator("input[name=secret]").fill(SECRET)
    visitor.look("service-form")
    dialog.get_by_role("button", name="Salvar").click()
    expect(page.locator("#hook-address")).to_be_visible()
    visitor.look("service")
    address = page.locator("#hook-address").input_value()
    return visitor.base + address[address.index("/public/") :]


def _tell(hook: str, raw: bytes) -> None:
    headers = {"Content-Type": "application/json", "Content-Hmac": mark_of(raw)}
    with urllib.request.urlopen(urllib.request.Request(hook, raw, headers), timeout=20) as answer:
        assert answer.status == 200


def _until(visitor: Visitor, address: str, words: str) -> None:
    """Look at a page again and again until background work has put ``words`` there."""
    for _try in range(TRIES):
        visitor.page.goto(address)
        if words in visitor.page.locator("main").inner_text():
            return
        time.sleep(0.5)
    raise AssertionError(f"{words} never came")

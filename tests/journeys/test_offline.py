"""Without a network: what is written stays on the device, is seen to wait, and arrives once when the network is back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

ME = "beatriz@demo.example"


def test_offline(visitor: Visitor) -> None:
    visitor.log_in(ME)
    page = visitor.page
    page.evaluate("navigator.serviceWorker.ready")
    customer, name = _open_customer(visitor)
    _known_on_device(page, name)

    page.context.set_offline(True)
    discount, lift = f"Sem rede: pediu desconto ({visitor.size})", f"Nota rápida no elevador ({visitor.size})"
    _write_on_open_page(visitor, discount)
    _lost_page_becomes_quick_note(visitor, name, lift)

    page.context.set_offline(False)
    # the page reloads by itself with the network, and sends
    expect(page.locator("[data-queue-open]").first).to_be_hidden()
    visitor.problems.clear()  # what failed without a network was meant to
    visitor.go(customer)
    visitor.turn_to("Atividade")
    entries = page.locator("#timeline-entries")
    expect(entries.get_by_text(discount, exact=True)).to_have_count(1)
    expect(entries.get_by_text(lift, exact=True)).to_have_count(1)
    visitor.look("arrived")

    _lost_answer_is_not_doubled(visitor)
    _refusal_keeps_the_text(visitor, customer)
    _logging_out_forgets(visitor, name)


def _open_customer(visitor: Visitor) -> tuple[str, str]:
    visitor.go("/demo/people/?sort=-created")
    row = visitor.page.locator("tr[data-row]").nth(3)
    path = (row.get_attribute("data-href") or "").partition("?")[0]
    visitor.go(path)
    return path, (visitor.page.locator("h1").text_content() or "").strip()


def _known_on_device(page: Page, name: str) -> None:
    page.wait_for_function(
        """async (name) => {
          const open = indexedDB.open("ponte");
          const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
          const get = db.transaction("session").objectStore("session").get("current");
          const session = await new Promise((done) => (get.onsuccess = () => done(get.result)));
          db.close();
          return Boolean(session && session.customers.some((one) => one.name === name));
        }""",
        arg=name,
    )


def _write_on_open_page(visitor: Visitor, text: str) -> None:
    page = visitor.page
    visitor.turn_to("Atividade")
    page.get_by_role("textbox", name="O que aconteceu").fill(text)
    page.locator("#composer").get_by_role("button", name="Salvar").click()
    expect(page.locator("[data-queue-open]").first).to_contain_text("1 esperando rede")
    expect(page.get_by_role("textbox", name="O que aconteceu")).to_have_value("")
    page.locator("[data-queue-open]").first.click()
    expect(page.locator("#queue")).to_contain_text(text)
    visitor.look("queue")
    page.locator("#queue [data-close]").click()


def _lost_page_becomes_quick_note(visitor: Visitor, name: str, text: str) -> None:
    """Going on without a network shows the quick note, which finds customers seen lately, without accents."""
    page = visitor.page
    page.goto(visitor.base + "/demo/tasks/")
    expect(page.get_by_role("heading", name="Nota rápida")).to_be_visible()
    expect(page.locator("[data-quick-lost]")).to_contain_text("/demo/tasks/")
    page.get_by_role("searchbox").fill(name.split()[0].lower())
    page.locator(".quick-customer", has_text=name).first.click()
    page.get_by_role("textbox", name="O que aconteceu").fill(text)
    visitor.look("quick-note")
    page.get_by_role("button", name="Salvar").click()
    expect(page.locator("[data-queue-open]").first).to_contain_text("2 esperando rede")
    visitor.look("two-waiting")


def _lost_answer_is_not_doubled(visitor: Visitor) -> None:
    """The note arrives, its answer doesn't: the device sends it again and it is there once."""
    page, text = visitor.page, f"A resposta se perdeu no caminho ({visitor.size})"

    def swallow(route) -> None:  # type: ignore[no-untyped-def]
        route.fetch()
        route.abort("connectionreset")

    page.route("**/timeline/record/", swallow, times=1)
    page.get_by_role("textbox", name="O que aconteceu").fill(text)
    page.locator("#composer").get_by_role("button", name="Salvar").click()
    expect(page.locator("[data-queue-open]").first).to_contain_text("1 esperando rede")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-queue-open]").first).to_be_hidden()
    expect(page.locator("#timeline-entries").get_by_text(text, exact=True)).to_have_count(1)
    page.reload()
    visitor.turn_to("Atividade")
    expect(page.locator("#timeline-entries").get_by_text(text, exact=True)).to_have_count(1)
    visitor.problems.clear()


def _refusal_keeps_the_text(visitor: Visitor, customer: str) -> None:
    """The customer is binned meanwhile: the note is refused in words, its text stays until it is discarded."""
    page = visitor.page
    page.context.set_offline(True)
    page.get_by_role("textbox", name="O que aconteceu").fill("Isto não pode se perder")
    page.locator("#composer").get_by_role("button", name="Salvar").click()
    expect(page.locator("[data-queue-open]").first).to_contain_text("1 esperando rede")
    page.route("**/device/entries/", lambda route: route.fulfill(
        status=422, json={"problems": ["Este cliente não existe mais ou não está visível para você."]}
    ))  # fmt: skip
    page.context.set_offline(False)
    chip = page.locator("[data-queue-open]").first
    expect(chip).to_contain_text("1 não foi aceita")
    chip.click()
    expect(page.locator("#queue")).to_contain_text("Isto não pode se perder")
    expect(page.locator("#queue")).to_contain_text("não existe mais")
    visitor.look("refused")
    page.locator("#queue [data-queue-discard]").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Descartar").click()
    expect(chip).to_be_hidden()
    page.locator("#queue [data-close]").click()
    page.unroute("**/device/entries/")
    visitor.problems.clear()


def _logging_out_forgets(visitor: Visitor, name: str) -> None:
    page = visitor.page
    page.get_by_role("button", name=re.compile("seu menu")).click()
    page.get_by_role("menuitem", name="Sair").click()
    expect(page.locator("input[name=login]")).to_be_visible()  # the last of the redirects
    page.wait_for_load_state("load")
    page.context.set_offline(True)
    page.goto(visitor.base + "/demo/people/")
    expect(page.get_by_text("Ninguém entrou neste aparelho")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(name)
    visitor.look("logged-out")
    page.context.set_offline(False)
    visitor.problems.clear()

"""Leads: an administrator builds a form, a visitor fills it in, sales works the lead and converts it."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def _add(visitor: Visitor, kind: str, label: str) -> None:
    """Add a question to the form that is being built."""
    page = visitor.page
    rows = page.locator("[data-form-row]")
    before = rows.count()
    page.select_option("#form-add", kind)
    page.get_by_role("button", name="Adicionar campo").click()
    expect(rows).to_have_count(before + 1)
    rows.last.locator("[data-form-row-label]").fill(label)


def test_leads(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    page = visitor.page
    name = f"Contato {visitor.size} {int(time.time())}"
    visitor.log_in()
    visitor.go("/demo/settings/forms/")
    visitor.look("forms")
    page.get_by_role("link", name="Novo formulário").first.click()
    page.get_by_label("Nome", exact=False).and_(page.locator("[name=name]")).fill(name)
    page.locator("[name=title]").fill("Fale com a gente")
    _add(visitor, "q_choice", "O que procura?")
    page.locator("[data-form-row]").last.locator("textarea").fill("Curso\nMáquina")
    _add(visitor, "q_text", "Em que cidade?")
    last = page.locator("[data-form-row]").last
    last.locator("summary").click()
    last.locator("[data-form-row-shown]").select_option(label="O que procura?")
    last.locator("[name^=value_]").fill("Curso")
    page.locator("[name=consent][value=marketing]").check()
    visitor.look("builder")
    page.get_by_role("button", name="Criar formulário").click()
    expect(page.locator("h1")).to_have_text(name)
    visitor.look("form")
    link = page.locator("#share-url").input_value()

    guest = second_visitor()
    guest.page.goto(f"{link}?utm_source=google&utm_medium=cpc")
    guest.look("public")
    expect(guest.page.locator("[data-field=q_em_que_cidade]")).to_be_hidden()
    person = f"Clara {visitor.size} {int(time.time())}"
    guest.page.get_by_label("Nome").fill(person)
    guest.page.get_by_label("E-mail").fill(f"clara{int(time.time())}{visitor.size}@visita.example")
    guest.page.get_by_label("O que procura?").select_option("Curso")
    expect(guest.page.locator("[data-field=q_em_que_cidade]")).to_be_visible()
    guest.page.get_by_label("Em que cidade?").fill("Santos")
    guest.page.get_by_label("Concordo em receber").check()
    guest.page.wait_for_timeout(
        2100
    )  # a person takes at least two seconds: what the form asks for, not patience
    guest.page.get_by_role("button", name="Enviar").click()
    expect(guest.page.locator("[data-thanks]")).to_contain_text("Obrigado")
    guest.look("thanks")
    assert not guest.problems, guest.problems

    lead = page.get_by_role("link", name=person)
    for _ in range(60):
        visitor.go("/demo/leads/")
        if lead.count():
            break
        page.wait_for_timeout(500)
    visitor.look("list")
    visitor.go("/demo/leads/?layout=board&by=status")
    expect(page.locator(".board-card", has_text=person)).to_be_visible()
    visitor.look("board")
    visitor.go("/demo/leads/")
    address = lead.first.get_attribute("href") or ""
    visitor.go(address.partition("?")[0])
    expect(page.locator("h1")).to_have_text(person)
    expect(page.locator("main")).to_contain_text("Busca paga")
    expect(page.locator("main")).to_contain_text("Santos")
    visitor.look("lead")
    page.get_by_role("button", name="Estou em contato").click()
    expect(page.locator(".lead-path [aria-current=step]")).to_contain_text("Em contato")
    page.get_by_role("link", name="Passar para vendas").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("O que vendas precisa saber").fill("Quer começar em março")
    dialog.get_by_role("button", name="Passar para vendas").click()
    expect(page.locator("main")).to_contain_text("aceite ou devolva até")
    page.get_by_role("button", name="Aceitar").click()
    expect(page.locator(".lead-path [aria-current=step]")).to_contain_text("Aceito por vendas")
    page.get_by_role("link", name="Converter").click()
    dialog.get_by_label("Sem empresa").check()
    expect(dialog.get_by_label("Nome da nova empresa")).to_be_hidden()
    dialog.get_by_label("Uma nova empresa").check()
    dialog.get_by_label("Nome da nova empresa").fill(f"Padaria {person}")
    visitor.look("convert")
    dialog.get_by_role("button", name="Converter").click()
    expect(page.locator("main")).to_contain_text(f"Padaria {person}")
    visitor.look("converted")


def test_a_form_without_a_network(visitor: Visitor) -> None:
    """At a fair: what is filled in without a network waits on the device and arrives once."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/settings/forms/")
    page.locator(".rows a.row-title").first.click()
    link = page.get_by_role("link", name="Abrir para feira").get_attribute("href") or ""
    visitor.page.goto(link)
    visitor.look("fair")
    page.context.set_offline(True)
    person = f"Feirante {visitor.size} {int(time.time())}"
    page.locator("[name=name]").fill(person)
    if page.locator("[name=email]").count():
        page.locator("[name=email]").fill(f"feira{int(time.time())}{visitor.size}@visita.example")
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator("[data-thanks-kept]")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    visitor.problems = [one for one in visitor.problems if "ERR_INTERNET_DISCONNECTED" not in one]
    lead = page.get_by_role("link", name=person)
    for _ in range(60):
        visitor.go("/demo/leads/")
        if lead.count():
            break
        page.wait_for_timeout(500)
    expect(lead).to_have_count(1)

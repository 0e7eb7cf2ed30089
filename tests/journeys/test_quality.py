"""Data quality: count, look at what would be written better, accept it, take it back, say that something is right."""

from __future__ import annotations

from random import choice
from typing import Any

from playwright.sync_api import expect


def test_data_quality(visitor: Any) -> None:
    page, mark = visitor.page, "".join(choice("BCDFGL") + choice("AEO") for _ in range(4))
    visitor.log_in()
    visitor.go("/demo/people/new/")
    page.fill("input[name=name]", f"MARIA DA SILVA {mark}")
    page.locator(
        "#page-form button[type=submit], form:has(input[name=name]) button[type=submit]"
    ).last.click()
    expect(page.locator("h1")).to_contain_text(f"MARIA DA SILVA {mark}")

    visitor.go("/demo/data-quality/")
    page.get_by_role("button", name="Contar agora").click()
    expect(page.get_by_text("Completude média").first).to_be_visible()
    expect(page.locator("[hx-get$='/data-quality/counting/']")).to_have_count(0)
    visitor.look("overview")

    page.get_by_role("link", name="Padronizar").click()
    expect(page.get_by_text("Desmarque o que deve ficar")).to_be_visible()
    visitor.look("standardise")
    page.get_by_role("link", name="Nomes").click()
    line = page.locator("#suggestions li", has_text=f"Maria da Silva {mark.capitalize()}")
    line.get_by_role("button", name="Aceitar").click()
    expect(line).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Desfazer").click()
    expect(line).to_have_count(1)

    line.get_by_role("button", name="Está certo").click()
    expect(line).to_have_count(0)
    visitor.go("/demo/data-quality/standardise/?kind=person&rule=name_case")
    expect(page.get_by_text(mark)).to_have_count(0)


def test_cleaning_queue(visitor: Any) -> None:
    """Mend a name in its dialog, call another problem right, name a steward and see their queue; look at the registers."""
    page, mark = visitor.page, "".join(choice("BCDFGL") + choice("AEO") for _ in range(4))
    visitor.log_in()
    visitor.go("/demo/people/new/")
    page.fill("input[name=name]", f"RUI DE LIMA {mark}")
    page.locator("form:has(input[name=name]) button[type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text(mark)
    page.wait_for_load_state("load")
    _open_panel(visitor, "Rui de Lima")
    visitor.look("panel")

    visitor.go("/demo/data-quality/shouting/")
    line = page.locator("#queue-body li", has_text=mark)
    expect(line).to_have_count(1)
    visitor.look("queue")
    line.get_by_role("link", name="Corrigir…").click()
    name = page.locator("#dialog-content input[name=name]")
    expect(name).to_have_value(f"Rui de Lima {mark.capitalize()}")
    visitor.look("mend")
    page.locator("#dialog-content button[type=submit]").click()
    expect(line).to_have_count(0)

    visitor.go("/demo/data-quality/")
    page.get_by_role("link", name="Nomear responsável").click()
    page.locator("#dialog-content select[name=what]").select_option(label="Todas as pessoas")
    page.locator("#dialog-content select[name=who]").select_option(label="Marina Alves")
    visitor.look("steward")
    page.locator("#dialog-content button[type=submit]").click()
    expect(page.get_by_role("link", name="Os que eu cuido")).to_be_visible()
    page.get_by_role("link", name="Os que eu cuido").click()
    expect(page.locator("#queue-body")).to_be_visible()
    visitor.look("mine")
    visitor.go("/demo/data-quality/")
    stewards = page.locator("form[action*='/stewards/'] button")
    before = stewards.count()
    stewards.first.click()
    expect(stewards).to_have_count(before - 1)

    visitor.go("/demo/data-quality/registers/")
    page.get_by_role("link", name="Cadastro de CNPJ").click()
    expect(page.locator("#dialog-content input[name=url]")).to_be_visible()
    visitor.look("register")


def _open_panel(visitor: Any, text: str) -> None:
    """Open the customer's quality panel; what is found about a new customer comes a moment later, by a job."""
    page = visitor.page
    found = page.locator("#panel-quality strong", has_text=text)
    for _again in range(15):
        visitor.turn_to("Relacionados")
        page.locator("#panel-quality summary").click()
        expect(page.locator("#panel-quality .panel-body strong").first).to_be_visible()
        if found.count():
            return
        page.reload()
        page.wait_for_load_state("load")
    expect(found).to_be_visible()

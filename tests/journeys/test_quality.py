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

"""Who sells where, what a key company is worth to us, and at which discount a product sells."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visitor


def test_territories(visitor: Visitor) -> None:
    """A territory is made, what assigning would change is seen before, then it is assigned; it is taken away again."""
    page = visitor.page
    name = f"Recife e Minas {visitor.size} {int(time.time())}"
    visitor.log_in()
    visitor.go("/demo/territories/")
    visitor.look("territories")
    page.get_by_role("link", name="Novo território").click()
    page.get_by_label("Nome").fill(name)
    page.get_by_label("Posição entre os vizinhos").fill("0")
    for state in ("PE", "MG"):
        page.get_by_role("group", name="Estados").get_by_label(state, exact=True).check()
    page.get_by_role("group", name="Quem vende lá").get_by_label("Beatriz Lima").check()
    visitor.look("territory")
    page.get_by_role("button", name="Salvar").click()
    row = page.locator(".territory-rows > li", has_text=name)
    expect(row).to_contain_text("PE")
    expect(row).to_contain_text("Beatriz Lima")

    run = page.locator("#territory-run")
    page.get_by_role("button", name="Prévia").click()
    expect(run).to_contain_text("O que a distribuição mudaria")
    expect(run.locator(".badge")).to_have_text("Concluída")
    expect(run.get_by_role("row", name=name)).to_be_visible()
    visitor.look("preview")
    page.get_by_role("link", name="Distribuir…").click()
    dialog = page.get_by_role("dialog")
    visitor.look("assign")
    dialog.locator("button[type=submit]").click()
    expect(run).to_contain_text("Última distribuição")
    expect(run.locator(".badge")).to_have_text("Concluída")
    visitor.look("assigned")

    visitor.go("/demo/territories/")
    row.get_by_role("button", name=re.compile("^Excluir")).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Excluir").click()
    expect(row).to_have_count(0)


def test_account_plan(visitor: Visitor) -> None:
    """The plan of a key company: a goal, a person's place on the map and an action are added."""
    page = visitor.page
    mark = f"{visitor.size} {int(time.time())}"
    visitor.log_in()
    visitor.go("/demo/account-plans/")
    visitor.look("plans")
    page.locator("tr[data-row] a").first.click()
    page.wait_for_url("**/account-plans/**")
    visitor.look("plan")

    goals, people, actions = (
        page.locator(f"[aria-labelledby=plan-{one}]") for one in ("goals", "map", "actions")
    )
    page.get_by_role("link", name="Nova meta").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Meta").first.fill(f"Abrir duas lojas {mark}")
    visitor.look("goal")
    dialog.locator("button[type=submit]").click()
    expect(goals).to_contain_text(f"Abrir duas lojas {mark}")

    first = people.get_by_role("link", name=re.compile("^Mudar o lugar de")).first
    first.click()
    dialog.locator("[name=note]").fill(f"Decide em março {mark}")
    visitor.look("person")
    dialog.locator("button[type=submit]").click()
    expect(people).to_contain_text(f"Decide em março {mark}")

    page.get_by_role("link", name="Nova ação").click()
    dialog.locator("[name=title]").fill(f"Visitar a diretoria {mark}")
    visitor.look("action")
    dialog.locator("button[type=submit]").click()
    expect(actions).to_contain_text(f"Visitar a diretoria {mark}")
    visitor.look("grown")

    goals.get_by_role("button", name=re.compile(f"Remover meta: Abrir duas lojas {mark}")).click()
    page.get_by_role("alertdialog").locator("[data-confirm-yes]").click()
    expect(goals).not_to_contain_text(f"Abrir duas lojas {mark}")


def test_price_guidance(visitor: Visitor) -> None:
    """Which discounts a product was sold and lost with, the records behind a band, companies alone."""
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/sales/prices/")
    visitor.look("products")
    page.locator(".rows .row-item", has_text="ganhas").first.get_by_role("link").first.click()
    table = page.get_by_role("table").first
    expect(table).to_contain_text("Taxa de ganho")
    visitor.look("product")
    table.locator("th a").first.click()
    expect(page.locator("#records")).to_be_visible()
    visitor.look("records")
    page.get_by_role("link", name="Empresas", exact=True).last.click()
    expect(page.get_by_role("link", name="Empresas", exact=True).last).to_have_attribute(
        "aria-current", re.compile(".+")
    )
    visitor.look("companies")
    table.locator("th a").first.click()
    deal = page.locator("#records .row-title").first.get_attribute("href")

    visitor.go("/demo/sales/prices/")
    product = page.locator(".rows .row-item", has_text="ganhas").first.get_by_role("link").first.inner_text()
    visitor.go("/demo/quotes/new/")
    line = page.locator("tr[data-line]:visible").first
    line.get_by_role("combobox").first.press_sequentially(product)
    page.locator(".picker-list:popover-open [role=option]").first.click()
    _expect_hint(line)
    visitor.look("quote-hint")
    visitor.go(f"{deal}products/")  # of a company, as those the hint is about
    _expect_hint(page.locator("tr[data-line]:visible").first)
    visitor.look("deal-hint")


def _expect_hint(line: Locator) -> None:
    """Beside a product stands what was accepted for it, with the way to the records."""
    hint = line.locator("[data-line-hint] a")
    expect(hint).to_contain_text("oportunidades")
    expect(hint).to_have_attribute("href", re.compile("/sales/prices/"))

"""An administrator builds a score and a routing rule without reading documentation; a new lead has both."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visitor


def test_points_for_leads(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/settings/")
    page.locator("#settings-body").get_by_role("link", name="Pontuação de leads").click()
    visitor.look("score")
    page.get_by_role("link", name="Pontos por quem são").first.click()
    name = f"Busca paga {visitor.size}"
    page.get_by_label("Nome").fill(name)
    page.locator("input[name=points]").fill("35")
    _ask(page.locator("#condition-tree"), "field:origin", "paid_search")
    expect(page.locator("#condition-preview")).to_contain_text("Origem é Busca paga")
    visitor.look("rule")
    page.get_by_role("button", name="Salvar", exact=True).click()
    row = page.locator("li.row-item", has_text=name)
    expect(row).to_contain_text("+35")
    expect(row).to_contain_text("Origem é Busca paga")
    page.get_by_role("link", name="Mudar notas e passagem").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("A a partir de").fill("90")
    dialog.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.locator(".stats")).to_contain_text("a partir de 90")
    page.get_by_role("link", name="Pontuação preditiva").click()
    visitor.look("prediction")


def test_a_routing_rule(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/settings/routing/")
    visitor.look("rules")
    page.get_by_role("link", name="Nova regra").click()
    name = f"Indicações {visitor.size}"
    page.get_by_label("Nome").fill(name)
    _ask(page.locator("#condition-tree"), "field:origin", "recommendation")
    expect(page.locator("#condition-preview")).to_contain_text("Origem é Indicação")
    page.get_by_role("checkbox", name="Beatriz Lima", exact=False).check()
    page.get_by_role("checkbox", name="João Pedro Moura", exact=False).check()
    page.get_by_label("Minutos para a primeira resposta").fill("30")
    page.get_by_label("Quando atrasa").select_option(label="Passar o lead ao próximo")
    visitor.look("rule")
    page.get_by_role("button", name="Salvar e testar").click()
    expect(page.get_by_role("button", name="Usar esta regra")).to_be_visible()
    visitor.look("trial")
    page.get_by_role("button", name="Usar esta regra").click()
    row = page.locator("li.row-item", has_text=name)
    expect(row).to_contain_text("Em uso")
    expect(row).to_contain_text("Beatriz Lima")
    page.get_by_role("link", name="Pessoas").first.click()
    visitor.look("people")


def _ask(tree: Locator, what: str, value: str) -> None:
    """Choose what a line asks about and the value it must have."""
    line = tree.get_by_role("group", name="Condição 1", exact=True).first
    line.get_by_label("O que consultar").select_option(what)
    expect(line.locator("input[name$='.was']").first).to_have_value(what)
    typed = line.locator("input[role=combobox]")
    words = {"paid_search": "Busca paga", "recommendation": "Indicação"}[value]
    typed.press_sequentially(words[:6])
    option = tree.page.get_by_role("option", name=words, exact=True)
    option.click()

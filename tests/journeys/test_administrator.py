"""An administrator sets up how the business sells, without reading documentation, and what a form brings follows it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor


def test_administrator(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    """A pipeline whose stage asks for something, a form, points, a rule; a post on the form comes to the right person with its score."""
    page = visitor.page
    mark = f"{visitor.size} {int(time.time())}"
    visitor.log_in()
    _pipeline(visitor, mark)
    link = _form(visitor, mark)
    _points(visitor, mark)
    _rule(visitor, mark)

    person = f"Otávio {mark}"
    guest = second_visitor()
    guest.page.goto(link)
    guest.page.get_by_label("Nome").fill(person)
    guest.page.get_by_label("E-mail").fill(f"otavio{mark.replace(' ', '')}@visita.example")
    guest.page.wait_for_timeout(
        2100
    )  # a person takes at least two seconds: what the form asks for, not patience
    guest.page.get_by_role("button", name="Enviar").click()
    expect(guest.page.locator("[data-thanks]")).to_contain_text("Obrigado")
    assert not guest.problems, guest.problems

    lead = page.get_by_role("link", name=person)
    for _ in range(60):
        visitor.go("/demo/leads/")
        if lead.count():
            break
        page.wait_for_timeout(500)
    visitor.go((lead.first.get_attribute("href") or "").partition("?")[0])
    expect(page.locator("h1")).to_have_text(person)
    facts = page.locator("section.card", has=page.get_by_role("heading", name="Quem e o quê"))
    for _ in range(40):
        if "Rafael Nunes" in facts.inner_text():
            break
        page.wait_for_timeout(1000)  # given away by a job, within seconds
        page.reload()
    why = page.locator("section.card", has=page.get_by_role("heading", name="Pontuação e distribuição"))
    expect(why).to_contain_text(f"Pontos {mark}")
    expect(why).to_contain_text("+45")
    expect(why).to_contain_text(f"Regra {mark} → Rafael Nunes")
    visitor.look("lead")
    _put_away(visitor, mark)


def _pipeline(visitor: Visitor, mark: str) -> None:
    page = visitor.page
    visitor.go("/demo/settings/")
    page.locator("#settings-body").get_by_role("link", name="Funis").click()
    page.get_by_role("link", name="Novo funil").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill(f"Funil {mark}")
    dialog.get_by_label("Etapas").fill("Conversa\nProposta")
    visitor.look("pipeline")
    dialog.get_by_role("button", name="Salvar").click()
    table = page.get_by_role("region", name=f"Funil {mark}")
    table.get_by_role("link", name="Editar Conversa").click()
    page.get_by_role("group", name="Exigido antes de avançar").get_by_label("Valor", exact=True).check()
    page.get_by_label("Passos do roteiro").fill("Ouvir o problema")
    visitor.look("stage")
    page.get_by_role("button", name="Salvar").click()
    expect(table.get_by_role("row", name=re.compile("^Conversa"))).to_contain_text("Valor")
    expect(table.get_by_role("row", name=re.compile("^Conversa"))).to_contain_text("Ouvir o problema")


def _form(visitor: Visitor, mark: str) -> str:
    """Make a form of what is suggested; return its public address."""
    page = visitor.page
    visitor.go("/demo/settings/forms/")
    page.get_by_role("link", name="Novo formulário").first.click()
    page.locator("[name=name]").fill(f"Formulário {mark}")
    page.get_by_role("button", name="Criar formulário").click()
    expect(page.locator("h1")).to_have_text(f"Formulário {mark}")
    return page.locator("#share-url").input_value()


def _points(visitor: Visitor, mark: str) -> None:
    page = visitor.page
    visitor.go("/demo/settings/scoring/")
    page.get_by_role("link", name="Pontos por quem são").last.click()
    page.get_by_label("Nome").fill(f"Pontos {mark}")
    page.locator("input[name=points]").fill("45")
    _ask_for_form(page, mark)
    page.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.locator("li.row-item", has_text=f"Pontos {mark}")).to_contain_text("+45")


def _rule(visitor: Visitor, mark: str) -> None:
    """Make a rule, see what it would have done, use it, and let it be asked first."""
    page = visitor.page
    visitor.go("/demo/settings/routing/")
    page.get_by_role("link", name="Nova regra").click()
    page.get_by_label("Nome").fill(f"Regra {mark}")
    _ask_for_form(page, mark)
    page.get_by_role("checkbox", name="Rafael Nunes", exact=False).check()
    page.get_by_role("button", name="Salvar e testar").click()
    page.get_by_role("button", name="Usar esta regra").click()
    row = page.locator("li.row-item", has_text=f"Regra {mark}")
    expect(row).to_contain_text("Em uso")
    rows = page.locator("ul[data-sortable] > li")
    for _ in range(20):
        if f"Regra {mark}" in rows.first.inner_text():
            break
        with page.expect_response(re.compile("/routing/order/")):
            row.get_by_role("button", name=re.compile("^Mover")).press("ArrowUp")
    expect(rows.first).to_contain_text(f"Regra {mark}")
    visitor.look("rules")


def _ask_for_form(page: Page, mark: str) -> None:
    """Let a condition ask for the form that was made."""
    line = page.locator("#condition-tree").get_by_role("group", name="Condição 1", exact=True).first
    line.get_by_label("O que consultar").select_option("field:form")
    expect(line.locator("input[name$='.was']").first).to_have_value("field:form")
    line.locator("input[role=combobox]").press_sequentially(f"Formulário {mark}"[:24])
    page.get_by_role("option", name=f"Formulário {mark}", exact=True).click()
    expect(page.locator("#condition-preview")).to_contain_text(f"Formulário {mark}")


def _put_away(visitor: Visitor, mark: str) -> None:
    """Leave the business as it was: what follows shall not be given by this rule."""
    page = visitor.page
    for path, name in (("routing", f"Regra {mark}"), ("scoring", f"Pontos {mark}")):
        visitor.go(f"/demo/settings/{path}/")
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("button", name="Excluir").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Excluir").click()
        page.wait_for_url(f"**/settings/{path}/")
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    visitor.go("/demo/settings/pipelines/")
    card = page.locator("section.card", has=page.get_by_role("heading", name=f"Funil {mark}"))
    card.get_by_role("button", name="Arquivar").click()
    expect(card.get_by_role("heading", name=f"Funil {mark}")).to_contain_text("Arquivad")

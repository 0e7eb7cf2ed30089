"""Everything without the mouse; in the dark; and in English."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

PORTUGUESE = re.compile(
    r"\b(não|você|Cliente|Clientes|Pedidos?|Produtos?|Pessoas|Empresas|Ajustes|Tarefas?|Salvar|Buscar|Criar|Hoje|Início"
    r"|Etapa|Responsável|Telefone|Receita|Nenhum|Convidar|Membros)\b"
)
MAIN_PAGES = (
    "", "people/", "companies/", "orders/", "products/", "tasks/day/", "import/new/", "settings/", "settings/preferences/",
)  # fmt: skip


def test_palette_and_keys(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in("camila@demo.example")
    if visitor.size == "desktop":  # a phone has no keys
        _palette(visitor)
        _keys(visitor)
    _dark(visitor)
    _english(visitor)
    visitor.go("/demo/settings/profile/")
    page.locator("select[name=language]").select_option("pt-br")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("pt", re.IGNORECASE))


def _palette(visitor: Visitor) -> None:
    """Find a customer, then run a command, without leaving the keys."""
    page = visitor.page
    visitor.go("/demo/people/")
    name = (page.locator("input[data-select]").first.get_attribute("aria-label") or "").removeprefix(
        "Selecionar "
    )
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette).to_be_visible()
    page.keyboard.type(name)
    expect(palette.get_by_role("option").first).to_contain_text(name)
    visitor.look("palette")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.wait_for_load_state("load")  # keys pressed before the script is there go nowhere
    page.keyboard.press("/")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("nova tarefa")
    expect(palette.get_by_role("option").first).to_contain_text("Nova tarefa")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_contain_text("O que precisa ser feito")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def _keys(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Próxima linha")
    visitor.look("shortcuts")
    page.keyboard.press("Escape")
    visitor.go("/demo/people/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = page.locator("tr[data-row].is-current")
    name = (row.locator("input[data-select]").get_attribute("aria-label") or "").removeprefix("Selecionar ")
    page.keyboard.press("o")
    expect(page.locator("#side-panel")).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(page.locator("#side-panel")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _dark(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/demo/people/")
    page.locator("[popovertarget=menu-person]").click()
    page.get_by_role("menuitemradio", name="Escuro").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.keyboard.press("Escape")
    visitor.look("dark-people")
    visitor.go(page.locator("tr[data-row]").first.get_attribute("data-href") or "")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    visitor.look("dark-customer")
    page.locator("[popovertarget=menu-person]").click()
    page.get_by_role("menuitemradio", name="Claro").click()


def _english(visitor: Visitor) -> None:
    """Switch the language; no main page keeps a Portuguese word of the product's."""
    page = visitor.page
    visitor.go("/demo/settings/profile/")
    page.locator("select[name=language]").select_option("en")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for path in MAIN_PAGES:
        visitor.go(f"/demo/{path}")
        page.wait_for_load_state("networkidle") if path == "" else None
        words = page.evaluate(
            """() => {
                const copy = document.body.cloneNode(true);
                copy.querySelectorAll('script, template, tbody, .row-title, .row-note, .tag, .task-row, .toast').forEach(e => e.remove());
                return copy.textContent;
            }"""
        )
        assert not (left := PORTUGUESE.findall(words)), f"{path}: {left}"
    visitor.look("english")

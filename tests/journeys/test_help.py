"""Help where one is: the article about the page, a tour over several pages, fields suggested to a new business."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_help_and_a_tour(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/people/")
    _open_help(visitor)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Listas, filtros e visões")).to_be_visible()
    visitor.look("help")
    dialog.get_by_role("link", name="A página do cliente").click()
    expect(dialog.get_by_role("heading", name="A página do cliente").first).to_be_visible()
    dialog.get_by_role("button", name="Conheça o Ponte").click()
    _walk(visitor)
    _open_help(visitor)
    expect(dialog.get_by_role("button", name="Conheça o Ponte")).to_contain_text("Visto")


def test_a_tour_can_be_left(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in()
    visitor.go("/demo/tasks/")
    _open_help(visitor)
    page.get_by_role("dialog").get_by_role("button", name="Um dia de trabalho").click()
    bubble = page.locator(".tour")
    expect(bubble.get_by_role("heading", name="Comece o dia aqui")).to_be_visible()
    page.keyboard.press("Escape")
    expect(bubble).to_have_count(0)
    visitor.go("/demo/tasks/day/")
    expect(bubble).to_have_count(0)


def _open_help(visitor: Visitor) -> None:
    page = visitor.page
    if visitor.size == "phone":
        page.locator("[popovertarget='menu-person']").click()
        page.locator("#menu-person [data-help]").click()
    else:
        page.locator(".top-actions > [data-help]").click()
    expect(page.get_by_role("dialog").locator(".rows").first).to_be_visible()


def _walk(visitor: Visitor) -> None:
    page = visitor.page
    bubble = page.locator(".tour")
    expect(bubble.get_by_role("heading", name="Seus lugares")).to_be_visible()
    visitor.look("tour-home")
    seen = []
    for _step in range(12):
        title = bubble.get_by_role("heading")
        expect(title).to_be_visible()
        seen.append(title.inner_text())
        if seen[-1] == "Filtros que entendem o seu negócio":
            visitor.look("tour-list")
        end = bubble.get_by_role("button", name="Concluir")
        if end.count():
            end.click()
            break
        bubble.get_by_role("button", name="Próximo").click()
        expect(title).not_to_have_text(seen[-1])
    assert seen[0] == "Seus lugares"
    assert seen[-1] == "A ajuda fica aqui"
    assert "Todos os seus clientes" in seen
    expect(bubble).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Passeio concluído")

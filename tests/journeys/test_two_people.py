"""Two people at once: an edit is never overwritten unseen, and calling a colleague reaches them where they are."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visitor


def test_two_people(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    page, other = visitor.page, second_visitor()
    visitor.log_in("rafael@demo.example")
    other.log_in("beatriz@demo.example")
    visitor.go("/demo/people/?sort=-created")
    path = page.locator("tr[data-row]").nth(1).get_attribute("data-href") or ""
    visitor.go(path.partition("?")[0])
    other.go(path.partition("?")[0])

    _both_edit(visitor, other)
    _mention(visitor, other)
    other.expect_problem(409)
    assert not other.problems, other.problems


def _both_edit(visitor: Visitor, other: Visitor) -> None:
    """Both open the same property; the second to save is shown both versions and decides."""
    place, others = _open(visitor), _open(other)
    place.locator("input:not([type=hidden])").fill("Sócia")
    place.get_by_role("button", name="Salvar").click()
    expect(visitor.page.locator("#property-job_title:not(.is-editing)")).to_contain_text("Sócia")

    others.locator("input:not([type=hidden])").fill("Diretora de compras")
    others.get_by_role("button", name="Salvar").click()
    dialog = other.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Alguém alterou este cliente enquanto isso")
    expect(dialog.locator(".versions")).to_contain_text("Sócia")
    expect(dialog.locator(".versions")).to_contain_text("Diretora de compras")
    other.look("conflict")
    dialog.get_by_role("button", name="Salvar o meu").click()
    expect(dialog).to_be_hidden()
    expect(other.page.locator("#property-job_title")).to_contain_text("Diretora de compras")


def _open(visitor: Visitor) -> Locator:
    visitor.turn_to("Dados")
    place = visitor.page.locator("#property-job_title")
    place.click()
    expect(place.locator("input:not([type=hidden])")).to_be_visible()
    return place


def _mention(visitor: Visitor, other: Visitor) -> None:
    """Call the colleague in a note; their bell rings without a reload."""
    bell = other.page.locator("[data-unread]").first
    before = int(bell.text_content() or 0)
    visitor.turn_to("Atividade")
    text = visitor.page.get_by_role("textbox", name="O que aconteceu")
    text.click()
    text.press_sequentially("Pode confirmar o prazo, @beat")
    visitor.page.get_by_role("option", name="Beatriz Lima").click()
    visitor.look("mention")
    text.press("Control+Enter")
    expect(visitor.page.locator("#timeline-entries")).to_contain_text("Pode confirmar o prazo, @Beatriz Lima")
    expect(bell).to_have_text(str(before + 1))
    other.page.get_by_role("button", name="Notificações").click()
    expect(other.page.locator("#bell-list")).to_contain_text("Rafael Nunes")
    other.look("bell")

"""Custom fields: a shop adds what it wants to know, writes it on a person, and finds people by it."""

from __future__ import annotations

import random

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visitor


def test_custom_fields(visitor: Visitor) -> None:
    page = visitor.page
    mark = str(random.randrange(10**6))
    visitor.log_in()
    visitor.go("/demo/settings/fields/")
    visitor.look("fields")
    _new_choice(visitor, f"Moagem {mark}")
    _new_money(visitor, f"Limite {mark}")
    visitor.look("fields-made")
    visitor.go("/demo/people/")
    visitor.go(str(page.locator("td.col-main a").first.get_attribute("href")))
    visitor.turn_to("Dados")
    place = page.locator(f"#custom-moagem_{mark}")
    place.click()
    place.locator("select").select_option(label="Fina")  # choosing is saving: there is nothing more to click
    expect(place).to_contain_text("Fina")
    expect(place.locator("form")).to_have_count(0)
    _write_money(visitor, f"limite_{mark}")
    visitor.look("written")
    visitor.go("/demo/settings/fields/contract/")
    _new_money(visitor, f"Multa {mark}")
    visitor.go("/demo/contracts/?status=in_force")  # signed: what stands beside the text is still written
    visitor.go(str(page.locator("td.col-main a").first.get_attribute("href")))
    _write_money(visitor, f"multa_{mark}")
    visitor.look("written-on-a-contract")
    _delete_and_restore(visitor, f"Limite {mark}")


def _write_money(visitor: Visitor, key: str) -> None:
    place = visitor.page.locator(f"#custom-{key}")
    place.click()
    place.locator("input:not([type=hidden])").fill("1.250,50")
    place.locator("button[type=submit]").click()
    expect(place).to_contain_text("R$ 1.250,50")


def _new_choice(visitor: Visitor, label: str) -> None:
    dialog = _form_of(visitor, "Opção")
    dialog.locator("button[type=submit]").last.click()  # without a name: refused with a word why
    expect(dialog).to_contain_text("Este campo é obrigatório")
    visitor.expect_problem(422)
    dialog.locator("input[name=label]").fill(label)
    choices = dialog.locator("[data-row-editor] input[type=text]")
    choices.nth(0).fill("Fina")
    dialog.locator("[data-row-add]").click()
    choices.last.fill("Grossa")
    visitor.look("choice")
    dialog.locator("button[type=submit]").last.click()
    expect(visitor.page.locator(".row-title", has_text=label)).to_be_visible()


def _new_money(visitor: Visitor, label: str) -> None:
    dialog = _form_of(visitor, "Dinheiro")
    dialog.locator("input[name=label]").fill(label)
    dialog.locator("button[type=submit]").last.click()
    expect(visitor.page.locator(".row-title", has_text=label)).to_be_visible()


def _form_of(visitor: Visitor, kind: str) -> Locator:
    page = visitor.page
    page.locator("main").get_by_role("link", name="Novo campo").or_(
        page.get_by_role("link", name="Criar o primeiro campo")
    ).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name=kind).first.click()
    expect(dialog.locator("input[name=label]")).to_be_visible()
    return dialog


def _delete_and_restore(visitor: Visitor, label: str) -> None:
    page = visitor.page
    visitor.go("/demo/settings/fields/person/")
    page.get_by_role("link", name=f"Excluir {label}").click()
    dialog = page.get_by_role("dialog")
    visitor.look("delete")
    dialog.locator("button[type=submit]").last.click()
    page.get_by_role("button", name=f"Restaurar {label}").click()
    expect(page.get_by_role("link", name=f"Excluir {label}")).to_be_visible()

"""Saved views: kept, shared, filed in a folder, put in order by keyboard, starred, opened by default, copied."""

from __future__ import annotations

import random
import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_views(visitor: Visitor) -> None:
    page = visitor.page
    visitor.log_in()
    name = f"Visão {random.randrange(10**6)}"
    _keep(visitor, name)
    _arrange(visitor, name)
    visitor.go("/demo/people/")
    expect(page).to_have_url(re.compile(r"view="))
    page.locator(".list-views").get_by_role("link", name="Todas", exact=True).click()
    expect(page).to_have_url(re.compile(r"view=all"))
    _drop(visitor, name)


def _keep(visitor: Visitor, name: str) -> None:
    page = visitor.page
    visitor.go("/demo/people/?view=all&stage=lead")
    page.get_by_role("link", name=re.compile("Salvar visão")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill(name)
    dialog.get_by_label("Todos").check()
    dialog.get_by_label("Pasta").fill("Prospecção")
    visitor.look("save-view")
    dialog.get_by_role("button", name="Salvar").click()
    folder = page.locator(".list-views").get_by_role("button", name=f"Prospecção: {name}")
    folder.click()
    expect(page.get_by_role("menuitem", name=name)).to_be_visible()
    visitor.look("folder")
    page.keyboard.press("Escape")


def _arrange(visitor: Visitor, name: str) -> None:
    page = visitor.page
    page.get_by_role("link", name="Organizar visões").click()
    dialog = page.get_by_role("dialog")
    row = dialog.locator("li", has_text=name)
    row.locator(".star").click()
    expect(row.locator(".star.is-on")).to_be_visible()
    row.locator("input[type=radio]").check()
    row.get_by_role("button", name=re.compile("setas")).press("ArrowUp")
    visitor.look("arrange")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).to_be_hidden()


def _drop(visitor: Visitor, name: str) -> None:
    page = visitor.page
    page.locator(".list-views").get_by_role("button", name=re.compile("Prospecção")).first.click()
    page.get_by_role("menuitem", name=name).click()
    page.get_by_role("link", name="Editar visão").click()
    page.get_by_role("dialog").get_by_role("button", name="Excluir").click()
    page.get_by_role("button", name=re.compile("Confirmar|Excluir")).last.click()
    expect(page.locator(".list-views").get_by_text(name)).to_have_count(0)

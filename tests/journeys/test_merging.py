"""Two records of one customer: warned at entry, found, merged side by side, taken apart again."""

from __future__ import annotations

import random
import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_merging(visitor: Visitor) -> None:
    page = visitor.page
    number = random.randrange(10**6)
    phone = f"(11) 9{random.randrange(10**7, 10**8)}"
    visitor.log_in()
    _add(visitor, f"Zuleica Kowalski {number}", phone, "Gerente")
    visitor.go("/demo/people/new/")
    page.get_by_label("Nome", exact=True).fill(f"Zuleica M. Kowalski {number}")
    page.get_by_label("Telefone", exact=True).fill(phone)
    page.get_by_label("Cargo").fill("Sócia")
    page.get_by_role("button", name="Salvar").click()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text(f"Zuleica Kowalski {number}")
    visitor.look("warned")
    visitor.expect_problem(422)  # only now: the browser tells of the refusal when the answer is there
    page.get_by_role("button", name="Adicionar mesmo assim").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Zuleica M. Kowalski {number}")
    _merge_from_the_queue(visitor, number)
    _undo(visitor, number)


def _add(visitor: Visitor, name: str, phone: str, job: str) -> None:
    page = visitor.page
    visitor.go("/demo/people/new/")
    page.get_by_label("Nome", exact=True).fill(name)
    page.get_by_label("Telefone", exact=True).fill(phone)
    page.get_by_label("Cargo").fill(job)
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def _merge_from_the_queue(visitor: Visitor, number: int) -> None:
    page = visitor.page
    suggestion = page.locator("article.duplicate", has_text=f"Zuleica Kowalski {number}")
    for _attempt in range(20):  # the comparison runs in the background
        visitor.go("/demo/duplicates/")
        if suggestion.count():
            break
        page.wait_for_timeout(1000)
    expect(suggestion).to_contain_text("mesmo telefone")
    visitor.look("queue")
    suggestion.get_by_role("link", name="Mesclar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mesclar clientes")
    page.get_by_role("group", name="Cargo").get_by_label("Sócia").check()
    visitor.look("side-by-side")
    page.get_by_role("button", name=re.compile("Mesclar 2 cadastros")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 cadastro foi mesclado")
    visitor.look("merged")


def _undo(visitor: Visitor, number: int) -> None:
    page = visitor.page
    page.get_by_role("link", name="Abrir o cadastro").click()
    expect(page.locator(".alerts")).to_contain_text("Mesclado nos últimos dias")
    page.get_by_role("link", name=re.compile("Mesclado nos últimos dias")).click()
    page.get_by_role("button", name="Desfazer a mesclagem").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Desfazer a mesclagem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A mesclagem foi desfeita")
    expect(page.locator(".row-item", has_text=f"Zuleica M. Kowalski {number}")).to_be_visible()
    visitor.look("undone")

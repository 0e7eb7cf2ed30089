"""Settings: who comes in, what they may see, which programs are let in, and that all of it can be read afterwards."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


def test_settings(visitor: Visitor, second_visitor: Callable[[], Visitor]) -> None:
    page = visitor.page
    mark = str(random.randrange(10**6))
    visitor.log_in()
    visitor.go("/demo/settings/")
    visitor.look("index")
    _workspace(visitor)
    _invite(visitor, second_visitor(), mark)
    _privacy(visitor, second_visitor())
    _token(visitor, mark)
    _webhook(visitor, mark)
    visitor.go("/demo/settings/audit/")
    expect(page.locator("main")).to_contain_text(f"novata.{mark}@exemplo.com.br")
    visitor.look("audit")
    visitor.go("/demo/settings/jobs/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    visitor.look("jobs")


def _workspace(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/demo/settings/workspace/")
    expect(
        page.get_by_label("Nome da empresa").or_(page.get_by_label("Nome do negócio")).first
    ).to_have_value("Serra Azul Cafés Especiais")
    visitor.look("workspace")
    page.get_by_role("button", name="Salvar").click()
    expect(page.locator(".toast").first).to_be_visible()


def _invite(visitor: Visitor, newcomer: Visitor, mark: str) -> None:
    """Invite somebody; without a mail server the link is shown, and opens the door in another browser."""
    page = visitor.page
    visitor.go("/demo/settings/members/")
    expect(page.locator("main")).to_contain_text("Beatriz Lima")
    visitor.look("members")
    page.get_by_role("link", name="Convidar", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill(f"novata.{mark}@exemplo.com.br")
    dialog.get_by_label("Nome").fill("Helena Prado")
    dialog.get_by_label("Perfil de acesso").select_option(label="Vendedor")
    dialog.locator("button[type=submit]").click()
    link = dialog.get_by_label("Link").input_value()
    visitor.look("invitation-link")

    newcomer.page.goto(link)
    newcomer.look("invited")
    newcomer.page.get_by_label("Senha").fill("cafe-coado-na-serra-42")
    newcomer.page.get_by_role("button", name="Criar conta e entrar").click()
    newcomer.page.wait_for_url(f"{visitor.base}/demo/**")
    expect(newcomer.page.get_by_role("heading", level=1)).to_contain_text("Helena")
    newcomer.look("newcomer-home")
    assert not newcomer.problems, newcomer.problems


def _privacy(visitor: Visitor, seller: Visitor) -> None:
    """One click hides colleagues' customers from a salesperson, one more shows them again."""
    page = visitor.page
    seller.log_in("beatriz@demo.example")
    everyone = _count(seller)
    visitor.go("/demo/settings/roles/")
    visitor.look("roles")
    page.get_by_role("button", name="Ligar").click()
    expect(page.get_by_role("button", name="Desligar")).to_be_visible()
    assert _count(seller) < everyone
    seller.look("own-customers")
    page.get_by_role("button", name="Desligar").click()
    expect(page.get_by_role("button", name="Ligar")).to_be_visible()
    assert _count(seller) == everyone
    assert not seller.problems, seller.problems


def _count(seller: Visitor) -> int:
    seller.go("/demo/people/")
    shown = seller.page.locator(".list-count")
    expect(shown).to_have_text(re.compile(r"\d+ registro"))
    return int(re.sub(r"\D", "", shown.inner_text()))


def _token(visitor: Visitor, mark: str) -> None:
    """Make an API token: it is shown once and never again."""
    page = visitor.page
    visitor.go("/demo/settings/tokens/")
    page.get_by_role("link", name="Novo token de API").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill(f"Loja virtual {mark}")
    dialog.get_by_role("checkbox").first.check()
    visitor.look("token-form")
    dialog.locator("button[type=submit]").click()
    secret = dialog.locator("#new-secret").input_value()
    assert len(secret) > 30
    visitor.look("token")
    dialog.get_by_role("link", name="Já copiei").click()
    expect(page.locator("main")).to_contain_text(f"Loja virtual {mark}")
    assert secret not in page.content()
    found = page.request.get(
        f"{visitor.base}/api/v1/people?limit=1", headers={"Authorization": f"Bearer {secret}"}
    )
    assert found.status in (200, 403)


def _webhook(visitor: Visitor, mark: str) -> None:
    page = visitor.page
    visitor.go("/demo/settings/webhooks/")
    page.get_by_role("link", name="Novo webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill(f"ERP {mark}")
    dialog.get_by_label("Todos os eventos").uncheck()
    dialog.get_by_label("directory.customers_purged").check()
    dialog.get_by_label("Endereço").fill("https://10.0.0.1/ponte")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_contain_text("rede privada")
    visitor.expect_problem(422)
    dialog.get_by_label("Endereço").fill("https://192.88.99.1/ponte")  # public by its number, and nobody's
    visitor.look("webhook-form")
    dialog.locator("button[type=submit]").click()
    dialog.get_by_role("link", name="Já copiei").click()
    expect(page.locator("main")).to_contain_text(f"ERP {mark}")
    visitor.look("webhook")

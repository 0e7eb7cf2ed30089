"""Home, settings frame, preferences, registries."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.models import Member, Role
from ponte.workplace.commands import Command, register_command
from ponte.workplace.demo import DemoContext, DemoPart, demo_parts, make_demo, register_demo, remove_demo
from ponte.workplace.home import StartStep, register_start_step
from ponte.workplace.lists import ListPage
from ponte.workplace.navigation import NavItem, items_for, register_nav
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.views.home import greeting
from ponte.workplace.visibility import who_may_area


def test_home_greets_and_teaches(alone: None, admin: Member, client_for: Any) -> None:
    done = {"team": False}
    register_start_step(
        StartStep(
            "team", "Monte sua equipe", "Convide", "users", "workplace:settings", done=lambda: done["team"]
        )
    )
    browser = client_for(admin)
    content = browser.get("/teste/").content.decode()
    assert "Alice" in content
    assert "Monte sua equipe" in content
    done["team"] = True
    assert "Monte sua equipe" not in browser.get("/teste/").content.decode()
    done["team"] = False
    browser.post("/teste/start/hide/")
    assert "Monte sua equipe" not in browser.get("/teste/").content.decode()


@pytest.mark.parametrize(
    ("hour", "word"), [(6, "morning"), (12, "afternoon"), (18, "evening"), (2, "evening")]
)
def test_greetings(hour: int, word: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert word in greeting(hour)


def test_settings_show_only_what_one_may_open(
    alone: None, member_with: Any, admin: Member, client_for: Any
) -> None:
    register_settings_page(
        SettingsPage(
            "audit", "system", "Auditoria", "shield", "workplace:home", visible=who_may_area("audit")
        )
    )
    assert "Auditoria" in client_for(admin).get("/teste/settings/").content.decode()
    nobody = member_with(Role.objects.create(name="Nada", rights={}))
    assert "Auditoria" not in client_for(nobody).get("/teste/settings/").content.decode()


def test_rows_open_as_preferred(colleagues_list: ListPage, admin: Member, client_for: Any) -> None:
    browser = client_for(admin)
    assert "data-panel=" in browser.get("/teste/test/colleagues/").content.decode().split("<tbody")[1]
    assert browser.post("/teste/settings/preferences/", {"open_rows": "page"}).status_code == 200
    rows = browser.get("/teste/test/colleagues/").content.decode().split("<tbody")[1].split("</tbody")[0]
    assert "data-panel=" not in rows


def test_entries_must_make_sense() -> None:
    with pytest.raises(ValueError, match="section"):
        register_nav(NavItem("x", "nowhere", "X", "x", "workplace:home"))
    with pytest.raises(ValueError, match="section"):
        register_settings_page(SettingsPage("x", "nowhere", "X", "x", "workplace:home"))
    with pytest.raises(ValueError, match="either"):
        register_command(Command("x", "X", "x"))


def test_navigation_hides_what_one_may_not_see(alone: None, admin: Member, member_with: Any) -> None:
    register_nav(
        NavItem("audit", "analytics", "Auditoria", "x", "workplace:home", visible=who_may_area("audit"))
    )
    assert "analytics" in items_for(admin)
    assert "analytics" not in items_for(member_with(Role.objects.create(name="Nada", rights={})))


def test_demo_parts_run_in_order_and_leave_in_reverse(
    workspace: Any, actor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_parts, "_entries", {})
    monkeypatch.setattr(demo_parts, "_sorted", None)
    done: list[str] = []
    for order, key in ((20, "orders"), (10, "people")):
        register_demo(
            DemoPart(
                key,
                make=lambda context, key=key: done.append(f"+{key} {context.random.random():.3f}"),
                remove=lambda actor, key=key: done.append(f"-{key}"),
                order=order,
            )
        )
    from django.utils import timezone

    make_demo(DemoContext(actor=actor, today=timezone.localdate()))
    remove_demo(actor)
    assert [text.split()[0] for text in done] == ["+people", "+orders", "-orders", "-people"]
    first = list(done)
    done.clear()
    make_demo(DemoContext(actor=actor, today=timezone.localdate()))
    assert done == first[:2], "the same demo data every time"

"""The permission table: every address × method × role × foreign workspace.

Whatever the page does, four things hold: strangers get the log-in page, members of another business see nothing,
a role without the right is told "no such page" and nothing happens, and no combination is an error of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ponte.core.models import AuditEntry, Member, Role
from ponte.core.rights import may, may_area

METHODS = ("get", "post")
SAMPLES = {
    "uuid": lambda: str(uuid4()),
    "int": lambda: "7",
    "slug": lambda: "x",
    "str": lambda: "x",
    "path": lambda: "x",
}
ROLES = ("manager", "salesperson", "marketer", "agent", "analyst", "read_only")


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def _address(route: str) -> str:
    filled = route
    while "<" in filled:
        before, _, rest = filled.partition("<")
        inner, _, after = rest.partition(">")
        filled = before + SAMPLES[inner.split(":")[0] if ":" in inner else "str"]() + after
    return "/" + filled


PAGES = sorted(_patterns(get_resolver("ponte.config.workspace_urls")), key=lambda pair: pair[0])
# one test a section of the address space: thousands of tests of one request each would mostly set up
SECTIONS = {
    section: list(pages)
    for section, pages in groupby(PAGES, key=lambda pair: pair[0].split("/")[0] or "home")
}
by_section = pytest.mark.parametrize("section", list(SECTIONS))


@pytest.fixture
def nobody(workspace, member_with):
    """Return a member whose role has no right at all."""
    return member_with(Role.objects.create(name="Ninguém", rights={}))


def test_there_are_pages():
    assert len(PAGES) > 20


@by_section
def test_strangers_are_asked_to_log_in(workspace, section):
    browser = Client()
    for route, _ in SECTIONS[section]:
        for method in METHODS:
            response = getattr(browser, method)(f"/teste{_address(route)}")
            assert response.status_code == 302, route
            assert response["Location"].startswith("/accounts/login/"), route


@by_section
def test_members_of_another_business_see_nothing(workspace, admin, client_for, section):
    browser = client_for(admin)
    for route, _ in SECTIONS[section]:
        for method in METHODS:
            response = getattr(browser, method)(f"/outra{_address(route)}")
            assert response.status_code == 404, route
            assert b"Outra Empresa" not in response.content, route


@by_section
def test_guarded_pages_refuse_who_lacks_the_right(workspace, nobody, client_for, section):
    guarded = [
        route for route, pattern in SECTIONS[section] if getattr(pattern.callback, "ponte_guard", None)
    ]
    if not guarded:
        pytest.skip("open to every member; the pages show only what the policies let through")
    browser = client_for(nobody)
    for route in guarded:
        for method in METHODS:
            assert getattr(browser, method)(f"/teste{_address(route)}").status_code in (404, 405), route


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", METHODS)
def test_roles_reach_what_their_rights_say_and_nothing_breaks(
    workspace, member_with, client_for, role, method
):
    member = member_with(role)
    browser = client_for(member)
    browser.raise_request_exception = False
    broken, leaked = [], []
    for route, pattern in PAGES:
        response = getattr(browser, method)(f"/teste{_address(route)}")
        if response.status_code >= 500:
            broken.append((route, response.status_code))
        guard = getattr(pattern.callback, "ponte_guard", None)
        if guard and not _allowed(member, guard) and response.status_code not in (404, 405):
            leaked.append((route, response.status_code))
    assert not broken
    assert not leaked


def test_a_refusal_is_in_the_audit_log(workspace, nobody, client_for):
    route = next(
        route
        for route, pattern in PAGES
        if getattr(pattern.callback, "ponte_guard", None) and "<" not in route
    )
    client_for(nobody).get(f"/teste{_address(route)}")
    assert AuditEntry.objects.filter(act="access.denied", actor_id=nobody.id).count() == 1


def _allowed(member: Member, guard: tuple[str, str | None]) -> bool:
    name, act = guard
    return may_area(member, name) if act is None else may(member, name, act)

"""Journeys: the real product, started as a person would, used in Debian's Chromium at desktop and phone size.

A journey fails on any console error, any failed request and anything axe finds; it leaves screenshots under
``var/screenshots/`` for a look by eye.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Response,
    ViewportSize,
    expect,
)

from tests.support.browser import Chromium, chromium, ended_after

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "var" / "screenshots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
# Nothing moves: a page half faded in has other colours, and waiting for the end of it costs a quarter of a second a look
PLACE: dict[str, Any] = {"locale": "pt-BR", "timezone_id": "America/Sao_Paulo", "reduced_motion": "reduce"}
PASSWORD = "ponte-demo-2026"
PATIENCE = 45_000  # milliseconds; a busy machine is no defect
LONGEST = 300  # seconds of one journey
expect.set_options(timeout=PATIENCE)
# htmx gives up a request that a newer one of the same place overtakes; one that fails says sendError or responseError
ABANDONED = re.compile("htmx:(sendAbort|afterRequest)\\b")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys, so that they can be run or left out together.

    In the whole suite, on a machine busy with everything else, a journey that failed is walked once more; the report says which
    (``R``). Against a product that runs already, as while writing one, it isn't: races are to be seen.
    """
    for item in items:
        if "tests/journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)
            if "PONTE_JOURNEY_URL" not in os.environ:
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start ``ponte up --demo`` in a home of its own; yield its address.

    ``PONTE_JOURNEY_URL`` names a product that runs already, which saves the start while writing a journey.
    """
    if running := os.environ.get("PONTE_JOURNEY_URL"):
        yield running.rstrip("/")
        return
    home, port = tmp_path_factory.mktemp("ponte"), _free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PONTE_"))
    }
    environment |= {"PONTE_HOME": str(home), "PORT": str(port), "LIVE_PORT": str(port + 1)}
    environment["PONTE_WORKER_NICENESS"] = "0"  # the rest of the suite leaves a nice one next to nothing
    environment["PONTE_HTTP_ALLOWED_ADDRESSES"] = "127.0.0.1"  # a member's calendar server on this machine
    log = (home / "product.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "ponte.cli", "up", "--demo"],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_ready(process, port, home / "product.log")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def browsing() -> Iterator[Chromium]:
    """Keep Chromium at hand for one file of journeys."""
    with chromium() as started:
        yield started


@dataclass
class Visitor:
    """A person at a screen: goes places, looks at them, and notices what goes wrong."""

    page: Page
    base: str
    size: str
    name: str
    problems: list[str] = field(default_factory=list)
    shots: int = 0

    def watch(self) -> None:
        """Notice console errors and failed requests from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("response", self._response)

    def go(self, path: str) -> None:
        """Open a path and wait until it has settled."""
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("load")

    def log_in(self, email: str = "marina@demo.example") -> None:
        """Log in with a demo account, the way a person does."""
        self.go("/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator("form:has(input[name=password]) button[type=submit]").first.click()
        self.page.wait_for_url(f"{self.base}/demo/**")

    def turn_to(self, place: str) -> None:
        """Show one of a record page's three places; on a wide screen all of them stand side by side."""
        if self.size == "phone":
            self.page.locator("[data-record-place]", has_text=place).click()

    def look(self, what: str) -> None:
        """Take a screenshot and let axe examine the page; an accessibility violation is a problem."""
        self.shots += 1
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{self.name}-{self.shots:02d}-{what}-{self.size}.png")
        try:
            found = self._examine()
        except Error as error:  # the page was just leaving for the next
            if "context was destroyed" not in str(error):
                raise
            self.page.wait_for_load_state("load")
            found = self._examine()
        for violation in found:
            places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            self.problems.append(f"axe on {what}: {violation['id']}: {violation['help']}: {places}")

    def _examine(self) -> list[dict[str, Any]]:
        self.page.evaluate(AXE.read_text())
        violations: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        )
        return violations

    def expect_problem(self, status: int) -> None:
        """Forget the requests that were meant to be refused with ``status``."""
        self.problems = [
            p for p in self.problems if f" {status} " not in p and f"status of {status}" not in p
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not ABANDONED.match(message.text):
            self.problems.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"request {response.status} {response.url}")


@pytest.fixture(params=list(SIZES))
def visitor(request: pytest.FixtureRequest, browsing: Chromium, product: str) -> Iterator[Visitor]:
    """Return a visitor at desktop, then at phone size; the test fails on whatever went wrong for them."""
    size = request.param
    with ended_after(LONGEST):
        context: BrowserContext = browsing.browser.new_context(
            viewport=SIZES[size], has_touch=size == "phone", **PLACE
        )
        context.set_default_timeout(PATIENCE)
        name = request.node.originalname.removeprefix("test_")
        person = Visitor(context.new_page(), product, size, name)
        person.watch()
        yield person
        context.close()
    assert not person.problems, "\n".join(person.problems)


@pytest.fixture
def second_visitor(browsing: Chromium, product: str) -> Iterator[Callable[[], Visitor]]:
    """Return a factory of further people, each in a browser of their own."""
    contexts: list[BrowserContext] = []

    def make() -> Visitor:
        contexts.append(browsing.browser.new_context(viewport=SIZES["desktop"], **PLACE))
        contexts[-1].set_default_timeout(PATIENCE)
        person = Visitor(contexts[-1].new_page(), product, "desktop", "second")
        person.watch()
        return person

    yield make
    with ended_after(LONGEST):
        for context in contexts:
            context.close()


def _free_port() -> int:
    """Return a port that is free together with the next one."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)
    raise OSError("no two neighbouring ports are free")


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 480
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"the product did not start:\n{log.read_text()[-3000:]}")

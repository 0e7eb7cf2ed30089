"""One browser and one stand-in server per file of behaviours.

Not longer: while Playwright runs, Django takes this thread for an asynchronous one and refuses the database to
whatever other file the same worker is given next.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.support.browser import Chromium, chromium

from ponte.ui import shell
from ponte.ui.tests.browser import standin


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    kept = dict(shell._providers)
    shell._providers.clear()
    shell.register_provider("standin", lambda request: standin.shell_part())
    server, address = standin.serve()
    yield address
    server.shutdown()
    shell._providers.clear()
    shell._providers.update(kept)


@pytest.fixture(scope="module")
def browsing() -> Iterator[Chromium]:
    with chromium() as started:
        yield started


@pytest.fixture
def tab(browsing: Chromium, address: str) -> Iterator[Page]:
    """A page of a fresh browser profile that tolerates no script error and no policy violation."""
    context = browsing.browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 800}, locale="en"
    )
    context.set_default_timeout(5000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if "Security Policy" in message.text else None,
    )
    yield page
    context.close()
    assert not problems

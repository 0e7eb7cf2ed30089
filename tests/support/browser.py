"""Debian's Chromium for tests: the build without a screen where it stands, else the whole one."""

from __future__ import annotations

import faulthandler
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

# The build without a screen draws the same pages for a third less of the processor.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TO_END = 60  # seconds a browser has for closing


class Chromium:
    """A browser that is started when it is first needed, and again when it was ended."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browser: Browser | None = None

    @property
    def browser(self) -> Browser:
        """The running browser."""
        if self._browser is None or not self._browser.is_connected():
            program = next(filter(None, map(shutil.which, PROGRAMS)), None)
            if program is None:
                pytest.fail(
                    "Chromium is missing. On Debian or Ubuntu: apt-get install chromium-headless-shell"
                )
            self._browser = self._playwright.chromium.launch(executable_path=program, args=FLAGS)
        return self._browser

    def close(self) -> None:
        """End it."""
        if self._browser is not None and self._browser.is_connected():
            self._browser.close()


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Give a browser for one file at most: while Playwright runs, Django takes the thread for an asynchronous one."""
    with sync_playwright() as playwright:
        started = Chromium(playwright)
        try:
            yield started
        finally:
            with ended_after(TO_END):
                started.close()


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """End the browser under what takes longer, and tell where it stood: a script or a closing browser may never answer.

    Most calls of Playwright have a time limit; evaluating a script, going offline and closing have none.
    """
    timer = threading.Timer(seconds, _end_browsers)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end_browsers() -> None:
    faulthandler.dump_traceback(file=2)
    for process in psutil.Process().children(recursive=True):
        try:
            if "chrom" in process.name():
                process.kill()
        except psutil.NoSuchProcess:
            continue

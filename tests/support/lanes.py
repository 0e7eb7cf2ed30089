"""How the suite is dealt out to its workers: file by file, all that drives a browser to one of them."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

BROWSER_FOLDERS = ("tests/journeys/", "tests/browser/")


def drives_a_browser(file: str) -> bool:
    """Tell whether the tests of a file, by its path, drive a browser."""
    return any(folder in file for folder in BROWSER_FOLDERS)


class OneBrowserAtATime(LoadScopeScheduling):  # type: ignore[misc]  # xdist's classes are not typed
    """Keep a file's tests together, and all journeys on one worker.

    A journey keeps the browser and the product busy at once, which is two cores: two journeys beside each other only
    wait for one another, and each worker that walks one starts a product of its own.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return the name of the group a test is dealt out with."""
        file = nodeid.split("::", 1)[0]
        return "browser" if drives_a_browser(file) else file

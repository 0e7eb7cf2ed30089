"""A browser that never answers is ended, and the next test has one again."""

import pytest
from playwright.sync_api import Error
from tests.support.browser import Chromium, ended_after


def test_a_script_that_never_answers_ends(browsing: Chromium) -> None:
    page = browsing.browser.new_page()
    with pytest.raises(Error, match="closed"), ended_after(1):
        page.evaluate("new Promise(() => {})")
    assert browsing.browser.new_page().evaluate("1 + 1") == 2

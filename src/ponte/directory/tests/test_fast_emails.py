"""Addresses are cleaned quickly as the library cleans them."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ponte.directory.selectors.normal import _clean_any, clean_email

parts = st.text("abcXYZ019._-+' é@", max_size=12)
domains = st.sampled_from(
    ["gmail.com", "GMAIL.com", "exemplo.com.br", "a-b.co", "xn--bcher-kva.example", "localhost", "a..b", "-a.com", "b.c ", "",
     "user@x.com", "padaria.com.br.", "1.2", "exemplo.test", "x.invalid"]
)  # fmt: skip


@settings(deadline=None)
@given(st.builds("{}@{}".format, parts, st.one_of(domains, parts)))
@example("a" * 65 + "@gmail.com")
@example("a@" + "b" * 63 + ".com")
@example("A.B@Gmail.Com ")
def test_quickly_as_thoroughly(address: str) -> None:
    assert clean_email(address) == _clean_any(address)

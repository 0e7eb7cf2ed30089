"""Telling people where they are logged in, in their words."""

from __future__ import annotations

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip
PHONES = ("iPhone", "Android")


def browser_of(user_agent: str) -> dict[str, str]:
    """Return what a browser calls itself as ``name`` ("Chrome, Windows", maybe "") and an ``icon``."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    icon = "device-mobile" if system in PHONES else "device-desktop"
    return {"name": ", ".join(part for part in (browser, system) if part), "icon": icon}

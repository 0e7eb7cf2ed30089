"""Addresses outside a workspace, asked for from inside one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

RESERVED_SLUGS = frozenset(
    {
        "accounts", "admin", "api", "app", "assets", "demo-data", "docs", "favicon.ico", "files", "healthz",
        "invite", "join", "live", "login", "logout", "manifest.webmanifest", "media", "metrics", "offline",
        "oidc", "public", "readyz", "robots.txt", "setup", "signup", "start", "static", "sw.js", "webhooks", "welcome",
        "workspaces", "www",
    }
)  # fmt: skip


def public_reverse(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a page that belongs to no workspace (log-in, profile, invitation)."""
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        return reverse(name, urlconf=settings.ROOT_URLCONF, args=args or None, kwargs=kwargs or None)
    finally:
        set_script_prefix(prefix)


def workspace_reverse(slug: str, name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a workspace's page from anywhere (jobs, e-mails, the log-in page)."""
    prefix = get_script_prefix()
    set_script_prefix(f"/{slug}/")
    try:
        return reverse(name, urlconf=settings.WORKSPACE_URLCONF, args=args or None, kwargs=kwargs or None)
    finally:
        set_script_prefix(prefix)

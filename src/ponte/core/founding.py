"""What a new workspace starts with: modules say what they put into it."""

from __future__ import annotations

from collections.abc import Callable

from ponte.core.tenancy.models import Workspace

Founder = Callable[[Workspace], object]

_founders: dict[str, Founder] = {}


def register_founder(name: str, founder: Founder) -> None:
    """Let ``founder`` put into a workspace what every one needs.

    It runs in the workspace's scope and language when one is created and after each migration of one that exists already, and
    must leave alone what is there.
    """
    _founders[name] = founder


def found(workspace: Workspace) -> None:
    """Let every module put in what is missing of what a workspace starts with."""
    for founder in _founders.values():
        founder(workspace)

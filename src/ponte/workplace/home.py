"""The home page: blocks and getting-started steps registered by modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone


@dataclass(frozen=True)
class HomeBlock:
    """A block of the home page, fetched by htmx from ``url_name`` (no arguments). ``wide`` spans both columns."""

    key: str
    title: str | Promise
    icon: str
    url_name: str
    order: int = 100
    wide: bool = False
    visible: Visible = everyone


@dataclass(frozen=True)
class StartStep:
    """A step of the getting-started list. ``done()`` is one cheap existence query in the workspace's scope."""

    key: str
    label: str | Promise
    help: str | Promise
    icon: str
    url_name: str
    done: Callable[[], bool]
    order: int = 100
    visible: Visible = everyone


home_blocks: Registry[HomeBlock] = Registry()
start_steps: Registry[StartStep] = Registry()


def register_home_block(block: HomeBlock) -> None:
    """Add a block to the home page."""
    home_blocks.register(block)


def register_start_step(step: StartStep) -> None:
    """Add a step to the getting-started list."""
    start_steps.register(step)


def home_blocks_for(member: Member) -> list[HomeBlock]:
    """Return the blocks ``member`` sees on the home page, in order."""
    return [block for block in home_blocks if block.visible(member)]


def start_steps_for(member: Member) -> list[StartStep]:
    """Return the getting-started steps ``member`` can take, in order."""
    return [step for step in start_steps if step.visible(member)]

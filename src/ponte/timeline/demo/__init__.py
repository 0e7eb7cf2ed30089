"""The timeline's part of the demo: conversations on every channel, and tasks."""

from ponte.timeline.demo.part import PART

__all__ = ["PART"]

"""The live process: server-sent events to browsers, fed by one LISTEN connection.

A small ASGI application without Django's request stack: it reads the session cookie, asks the database whether its owner
belongs to the workspace, and passes on what ``ponte.core.live.push`` announces.
"""

from ponte.config.live.application import LiveApplication

application = LiveApplication.from_environment()

__all__ = ["LiveApplication", "application"]

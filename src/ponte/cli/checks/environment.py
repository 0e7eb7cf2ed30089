"""Settings, data directory, keys, disk, front end, mail, ports and backups."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from ponte.cli.backup.making import LAST_BACKUP
from ponte.cli.doctor import Check, Finding, bad, good, warning
from ponte.cli.ports import answers
from ponte.cli.surroundings import Surroundings, read_settings

_GIGABYTE = 1e9


def settings(surroundings: Surroundings) -> Iterator[Finding]:
    """Mode, address and what a production installation should have."""
    env = read_settings()
    yield good(
        "version", f"Ponte {version('ponte')}, Python {platform.python_version()}, mode {env.PONTE_MODE}"
    )
    if not env.is_production:
        advice = "For real use set PONTE_MODE=production and PONTE_URL (docs/operations.md)."
        yield warning(
            "settings", "demo mode: cookies work without https, the demo's passwords are known", advice
        )
    elif not env.PONTE_URL.startswith("https://"):
        yield warning(
            "settings",
            "PONTE_URL is not an https address",
            "Passwords travel in clear; put a proxy with TLS in front.",
        )
    else:
        yield good("settings", f"safe, at {env.PONTE_URL}")


def home(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether the data directory can be written and has room."""
    folder = surroundings.home
    if not os.access(folder, os.W_OK | os.X_OK):
        yield bad(
            "data directory", f"{folder} cannot be written", "Give this user the right, or set PONTE_HOME."
        )
        return
    usage = shutil.disk_usage(folder)
    room = f"{folder}, {usage.free / _GIGABYTE:.1f} GB free"
    if usage.free < 0.5 * _GIGABYTE:
        yield bad("disk", room, "Free some space now: PostgreSQL stops when the disk is full.")
    elif usage.free < 3 * _GIGABYTE or usage.free / usage.total < 0.05:
        yield warning("disk", room, "Free some space soon.")
    else:
        yield good("disk", room)


def keys(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether the keys are private, and kept by somebody."""
    file = surroundings.home / "keys.json"
    if not file.exists():
        yield good("keys", "given by the environment")
    elif file.stat().st_mode & 0o077:
        yield bad("keys", f"other users may read {file}", f"chmod 600 {file}")
    else:
        yield good("keys", f"{file} (part of every full backup)")


def front_end(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether scripts, styles and translations were built."""
    import ponte

    package = Path(ponte.__file__).parent
    if not (package / "ui" / "static" / "ponte" / "manifest.json").exists():
        yield bad("front end", "not built", "Run `make run`, or npm ci && npm run build.")
    else:
        yield good("front end", "built")
    catalogues = list(package.glob("*/locale/*/LC_MESSAGES/django.po"))
    missing = [each for each in catalogues if not each.with_suffix(".mo").exists()]
    if missing:
        yield warning(
            "translations", f"{len(missing)} of {len(catalogues)} not compiled", "ponte manage messages"
        )
    else:
        yield good("translations", f"{len(catalogues)} compiled")


def storage(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether an attachment can be written, read and removed."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    name = default_storage.save("doctor/probe", ContentFile(b"probe"))
    try:
        with default_storage.open(name) as file:
            same = file.read() == b"probe"
    finally:
        default_storage.delete(name)
    where = "S3 " + read_settings().PONTE_S3_BUCKET if read_settings().PONTE_S3_BUCKET else "disk"
    if same:
        yield good("attachments", f"{where}: written, read, removed")
    else:
        yield bad("attachments", f"{where}: came back changed", "Check the storage.")


def mail(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether the mail server takes our log-in."""
    from django.core.mail import get_connection

    if not read_settings().EMAIL_URL:
        yield warning(
            "mail", "no server", "Invitations show a link to copy instead; set EMAIL_URL to send mail."
        )
        return
    try:
        connection = get_connection()
        connection.open()
        connection.close()
    except OSError as problem:  # smtplib's errors are among them
        yield bad("mail", f"the server refused: {problem}", "Check EMAIL_URL (host, port, user, tls or ssl).")
    else:
        yield good("mail", "the server takes our log-in")


def served(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether pages and live messages are served on this machine."""
    env = read_settings()
    for subject, port in (("web", env.PORT), ("live", env.live_port)):
        if answers("127.0.0.1", port):
            yield good(subject, f"answers on port {port}")
        else:
            yield warning(
                subject, f"nothing answers on port {port}", f"Start it: ponte up (or ponte {subject})."
            )


def backups(surroundings: Surroundings) -> Iterator[Finding]:
    """When everything was last backed up with `ponte backup`."""
    advice = "ponte backup FILE, every day, to another machine."
    try:
        note = json.loads((surroundings.home / LAST_BACKUP).read_text(encoding="utf-8"))
        made = datetime.fromisoformat(note["made_at"])
    except (OSError, ValueError, KeyError):
        yield warning("backup", "none made yet", advice)
        return
    if datetime.now(UTC) - made > timedelta(days=7):
        yield warning("backup", f"the last one is of {made:%Y-%m-%d}", advice)
    else:
        yield good("backup", f"{made:%Y-%m-%d %H:%M} UTC, {note['file']}")


CHECKS: tuple[Check, ...] = (settings, home, keys, front_end, storage, mail, served, backups)

"""The backup file: a tar with `manifest.json` first, then `database.dump`, `keys.json` and `files/…`."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ponte.cli.problems import Problem

FORMAT = 1
MANIFEST, DUMP, KEYS, FILES = "manifest.json", "database.dump", "keys.json", "files/"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds and what it needs to come back.

    Attributes:
        kind: "all" or "workspace".
        key_mark: tells whether another installation has the same encryption key, without telling the key.
        workspace: the workspace's row, with "users" who belong to it.
    """

    kind: str
    made_at: str
    ponte: str
    key_mark: str
    workspace: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT


def key_mark(encryption_key: str) -> str:
    """A mark of the encryption key that does not give it away."""
    return hmac.new(encryption_key.encode(), b"ponte backup", hashlib.sha256).hexdigest()[:24]


@contextmanager
def writing(target: Path, manifest: Manifest) -> Iterator[tarfile.TarFile]:
    """Write a backup; `target` appears complete or not at all, readable by its owner alone."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as raw:
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                add_bytes(tar, MANIFEST, json.dumps(asdict(manifest), indent=1, default=str).encode())
                yield tar
            raw.flush()
            os.fsync(raw.fileno())
        partial.rename(target)
    except OSError as problem:
        raise Problem(
            f"The backup cannot be written to {target}: {problem.strerror or problem}."
        ) from problem
    finally:
        partial.unlink(missing_ok=True)


def add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a small member."""
    add_stream(tar, name, io.BytesIO(content), len(content))


def add_stream(tar: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> None:
    """Add a member of `size` bytes read from `stream`."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    tar.addfile(info, stream)


@contextmanager
def reading(source: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """Open a backup.

    Raises:
        Problem: it is no backup of Ponte, or of a newer one.
    """
    try:
        tar = tarfile.open(source, mode="r:")  # noqa: SIM115 - closed below
    except tarfile.TarError as problem:
        raise Problem(f"{source} is not a backup made by Ponte.") from problem
    except OSError as problem:
        raise Problem(f"{source} cannot be read: {problem.strerror}.") from problem
    with tar:
        yield _manifest(tar, source), tar


def _manifest(tar: tarfile.TarFile, source: Path) -> Manifest:
    try:
        first = tar.next()
        if first is None or first.name != MANIFEST:
            raise ValueError("no manifest")
        raw = json.loads(member(tar, first).read())
        if raw.get("format", 0) > FORMAT:
            raise Problem(f"{source} was made by a newer Ponte ({raw.get('ponte')}). Upgrade first.")
        return Manifest(**raw)
    except (ValueError, TypeError, tarfile.TarError) as problem:
        raise Problem(f"{source} is not a backup made by Ponte.") from problem


def member(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    """The content of a member.

    Raises:
        Problem: it is no plain file.
    """
    content = tar.extractfile(info)
    if content is None:
        raise Problem(f"The backup is damaged: {info.name} is not a file.")
    return content


@contextmanager
def dump_of(tar: tarfile.TarFile) -> Iterator[Path]:
    """The database's dump as a temporary file, which pg_restore needs."""
    try:
        info = tar.getmember(DUMP)
    except KeyError as problem:
        raise Problem("The backup is damaged: it holds no database.") from problem
    with tempfile.NamedTemporaryFile(prefix="ponte-restore-") as copy:
        content = member(tar, info)
        while block := content.read(1 << 20):
            copy.write(block)
        copy.flush()
        yield Path(copy.name)


def keys_of(tar: tarfile.TarFile) -> dict[str, str] | None:
    """The installation's keys, where the backup holds them."""
    try:
        keys: dict[str, str] = json.loads(member(tar, tar.getmember(KEYS)).read())
    except KeyError:
        return None
    return keys


def files_of(tar: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """Storage keys of the attachments in the backup; names that lead outside are refused."""
    for info in tar:
        if info.name.startswith(FILES) and info.isfile():
            key = info.name.removeprefix(FILES)
            if ".." in PurePosixPath(key).parts or key.startswith("/"):
                raise Problem(f"The backup is damaged: the name {info.name} leads outside.")
            yield key, info

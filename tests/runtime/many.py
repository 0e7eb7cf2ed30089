"""Runs several `ponte` commands in one process, for tests that would else wait for one start each."""

from __future__ import annotations

import contextlib
import io
import json
import sys

from ponte.cli import application


def one(arguments: list[str]) -> tuple[int, str]:
    """Exit code and everything said by one command."""
    said = io.StringIO()
    code = 0
    sys.argv = ["ponte", *arguments]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            application.run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return code, said.getvalue()


if __name__ == "__main__":
    print(json.dumps([one(arguments) for arguments in json.loads(sys.argv[1])]))

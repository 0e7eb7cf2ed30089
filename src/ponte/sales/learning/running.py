"""Running a learning in a process of its own, so that its libraries (120 MB) leave memory with it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

log = logging.getLogger(__name__)
SECONDS = 900  # learning may take


def run_apart(module: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``python -m module`` answers to ``given``, both JSON; ``{"problem": "failed", …}`` where it fails or takes too long."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps(given).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        return dict(json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError) as error:
        detail = getattr(error, "stderr", b"") or b""
        log.error("%s failed: %s %s", module, error, detail[-500:].decode(errors="replace"))
        return {"problem": "failed", "numbers": {}}

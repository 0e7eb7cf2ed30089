"""``python -m bench.nightly --scale 1m``: what the night does for sales, on the data of ``bench.sales`` and ``bench.scoring``.

Scores of every lead, figures added up, what is learnt and the forecast kept: each piece once, in seconds, in this process.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.database import SLUG, make_workspace, prepare

AIM = 180.0  # seconds for all of it at a million people


def main() -> None:
    """Measure each piece and their sum."""
    options = argparse.ArgumentParser(prog="python -m bench.nightly")
    options.add_argument("--scale", choices=("20k", "100k", "1m"), default="100k", help="number of people")
    options.add_argument("--home", type=Path, help="where the data are kept between runs")
    options.add_argument("--only", help="measure only pieces whose name has this in it")
    chosen = options.parse_args()
    prepare(chosen.home or Path(tempfile.gettempdir()) / f"ponte-bench-{chosen.scale}")
    make_workspace()
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_context

    whole = 0.0
    with workspace_context(Workspace.objects.get(slug=SLUG)):
        for name, piece in _pieces():
            if chosen.only and chosen.only not in name:
                continue
            begun, worked = time.perf_counter(), time.process_time()
            told = piece()
            taken = time.perf_counter() - begun
            whole += taken
            print(
                f"{name:28} {taken:7.1f} s, of those {time.process_time() - worked:6.1f} s Python  {told}",
                flush=True,
            )
    print(f"{'all':28} {whole:7.1f} s, aim {AIM:.0f} s")


def _pieces() -> list[tuple[str, Callable[[], Any]]]:
    from ponte.core.actors import Actor
    from ponte.core.tenancy.scope import named_workspace, workspace_scope
    from ponte.sales.jobs.scoring import LANES
    from ponte.sales.selectors.metrics import LEARNT
    from ponte.sales.services.figures import add_up_figures, add_up_if_large
    from ponte.sales.services.forecast import learn_chances, learn_series, take_snapshot
    from ponte.sales.services.scores import rescore_all

    def inside(act: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            with workspace_scope(named_workspace()):
                return act()

        return run

    return [
        ("leads scored", lambda: f"{rescore_all(actor=Actor.system('bench'), lanes=LANES)} leads"),
        ("figures added up", inside(lambda: f"{len(add_up_figures())} kinds")),
        ("chances of deals learnt", inside(lambda: learn_chances().problem or "learnt")),
        ("series learnt", inside(lambda: learn_series().problem or "learnt")),
        ("chances added up", inside(lambda: add_up_if_large(LEARNT))),
        ("forecast kept", inside(lambda: f"{take_snapshot()} lines")),
    ]


if __name__ == "__main__":
    main()

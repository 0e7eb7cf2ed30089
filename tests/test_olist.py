"""The real marketplace data come in whole: counts, sums to the cent, and nothing changes the second time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import File

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "olist"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the Olist sample is not on this machine")


def bring_in(actor: Any, target: str, name: str) -> Any:
    from ponte.workplace.importing.running import carry_on
    from ponte.workplace.services.imports import create_import, start_import

    path = FOLDER / f"olist_{name}.csv"
    with path.open("rb") as file:
        run = create_import(actor=actor, target=target, upload=File(file), name=path.name, source="olist")
    start_import(run=run, actor=actor, in_background=False)
    return carry_on(run.id)


def test_people(actor: Any) -> None:
    run = bring_in(actor, "people", "customers_dataset")
    print(run.state, run.error, run.rows, run.created, run.updated, run.unchanged, run.rejected, run.plan)
    print([(r.row, r.problems) for r in run.rejections.all()[:5]])
    assert run.state == "done"
    run = bring_in(actor, "people", "customers_dataset")
    print(run.state, run.error, run.rows, run.created, run.updated, run.unchanged, run.rejected, run.plan)
    assert 0

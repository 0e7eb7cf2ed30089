"""The figures as a page: ``bench/RESULTS.md``."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.measure import Timing
from bench.workloads import Workload

PAGE = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Result:
    """One workload's figures: one client, eight clients (None: the product gave up on them), raw SQL."""

    workload: Workload
    one: Timing
    eight: Timing | None
    sql: Timing | None


def verdict(result: Result) -> str:
    """Return whether the aim was met, and by how much it was missed."""
    aim = result.workload.aim
    if aim is None:
        return ""
    misses = []
    for name, figure, wanted in (("median", result.one.median, aim[0]), ("p95", result.one.p95, aim[1])):
        if figure > wanted:
            misses.append(f"{name} missed by {figure - wanted:.1f} ms")
    return ", ".join(misses) or "met"


def write(
    scale: str,
    results: list[Result],
    memory: dict[str, float],
    weight: float,
    noise: float,
    command: str,
    unanswered: Sequence[str] = (),
) -> None:
    """Write the section of one scale, leaving other scales' sections as they are."""
    lines = [
        f"## {scale}",
        "",
        f"{date.today():%Y-%m-%d}, `{command}`, {platform.machine()}, two cores, Python {platform.python_version()}, "
        f"warm. Machine noise: a fixed piece of work varies by {noise:.0f} % (p95 over median).",
        "",
        "Times in ms over loopback, one client (median, p95); eight clients (median, requests/s); raw SQL: the same rows through "
        "psycopg in the same run.",
        "",
        "| work | median | p95 | aim | | 8 clients: median | requests/s | raw SQL median | kB |",
        "|---|--:|--:|--:|---|--:|--:|--:|--:|",
    ]
    for result in results:
        aim, eight = result.workload.aim, result.eight
        many = f"{eight.median:.1f} | {eight.rate:.0f}" if eight else "gave up |"
        lines.append(
            f"| {result.workload.name} | {result.one.median:.1f} | {result.one.p95:.1f} | "
            f"{f'{aim[0]:.0f} / {aim[1]:.0f}' if aim else ''} | {verdict(result)} | {many} | "
            f"{f'{result.sql.median:.2f}' if result.sql else ''} | {result.one.bytes / 1024:.0f} |"
        )
    if unanswered:
        lines += [
            "",
            f"Not measured, for the product answered something else than expected: {'; '.join(unanswered)}.",
        ]
    total = memory["all"]
    lines += [
        "",
        f"Memory of the whole product after warm-up (PSS): {total:.0f} MB (aim 500 MB): {memory['product']:.0f} MB its own processes, "
        f"{memory['postgresql']:.0f} MB PostgreSQL.",
        f"First load, compressed JS + CSS: {weight:.0f} kB (aim 200 kB).",
        "",
    ]
    PAGE.write_text(_replace(PAGE.read_text() if PAGE.exists() else "", scale, "\n".join(lines)))


def _replace(page: str, scale: str, section: str) -> str:
    head = "# Measured\n\nMade by `make bench`; never edited by hand except for the notes at the end.\n\n"
    parts = page.split("\n## ")[1:] if page else []
    kept = [f"## {part}".rstrip() + "\n" for part in parts if not part.startswith(f"{scale}\n")]
    numbers = sorted([*[k for k in kept if not k.startswith("## Notes")], section], key=len)
    notes = [k for k in kept if k.startswith("## Notes")]
    return head + "\n".join([*numbers, *notes])

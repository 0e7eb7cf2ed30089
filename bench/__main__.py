"""``make bench BENCH="--scale 1m"``: fill, start the product, measure, write the report."""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
from pathlib import Path

from bench.database import EMAIL, make_workspace, prepare

SCALES = {"20k": 20_000, "100k": 100_000, "1m": 1_000_000}
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run the benchmark; see ``--help``."""
    options = argparse.ArgumentParser(
        prog="python -m bench", description="Measure Ponte on made-up customers."
    )
    options.add_argument("--scale", choices=SCALES, default="100k", help="number of people")
    options.add_argument("--home", type=Path, help="where the data are kept between runs")
    options.add_argument("--port", type=int, default=8790)
    options.add_argument("--only", default="", help="measure only workloads whose name contains this")
    options.add_argument("--number", type=int, default=0, help="requests per workload")
    options.add_argument("--fill-only", action="store_true", help="make the data and stop")
    chosen = options.parse_args()
    home = chosen.home or Path(tempfile.gettempdir()) / f"ponte-bench-{chosen.scale}"

    installation = prepare(home)
    schema, token = make_workspace()
    from bench.fill import fill

    fill(installation.server.superuser_url, schema, SCALES[chosen.scale])
    if not chosen.fill_only:
        _measure(installation, schema, token, chosen)


def _measure(installation, schema: str, token: str, chosen: argparse.Namespace) -> None:  # type: ignore[no-untyped-def]
    from bench import product, report
    from bench.measure import Timing, WrongAnswer, http_timing, machine_noise, sql_timing
    from bench.workloads import all_workloads, read_facts

    noise = machine_noise()
    url = installation.server.owner_url
    facts, cookie = read_facts(url, schema), product.session_cookie(EMAIL)
    results, unanswered = [], []
    with product.running(installation, chosen.port) as supervisor:
        for workload in all_workloads(facts, cookie, token):
            if chosen.only not in workload.name:
                continue
            number = min(chosen.number or workload.number, workload.number)
            try:
                one = http_timing("127.0.0.1", chosen.port, workload.call, clients=1, number=number)
            except WrongAnswer as wrong:  # told in the report; the others are measured all the same
                unanswered.append(f"{workload.name} ({str(wrong)[:120]})")
                print(unanswered[-1], flush=True)
                continue
            eight: Timing | None
            try:
                eight = http_timing("127.0.0.1", chosen.port, workload.call, clients=8, number=2 * number)
            except WrongAnswer:  # as with exact counts, which are left after five seconds
                eight = None
            sql = sql_timing(url, schema, workload.sql, number=number) if workload.sql else None
            results.append(report.Result(workload, one, eight, sql))
            print(f"{workload.name:40} {one.median:7.1f} {one.p95:7.1f} | {eight.median if eight else 0:7.1f} {eight.rate if eight else 0:6.0f}/s | "
                  f"{sql.median if sql else 0:7.2f} | {report.verdict(results[-1])}", flush=True)  # fmt: skip
        memory = product.memory(supervisor, _postmaster(installation))
    print(memory)
    if not chosen.only:
        fewer = f" --number {chosen.number}" if chosen.number else ""
        command = f'make bench BENCH="--scale {chosen.scale}{fewer}"'
        report.write(chosen.scale, results, memory, first_load(), noise, command, unanswered)


def first_load() -> float:
    """Return the compressed size in kB of what every page loads: the entry script with its imports and styles."""
    folder = ROOT / "src/ponte/ui/static/ponte"
    manifest = json.loads((folder / "manifest.json").read_text())
    names: set[str] = set()
    for entry in manifest.values():
        if entry.get("isEntry"):
            names |= {entry["file"], *entry.get("css", ())}
    files = [folder / name for name in names if re.search(r"\.(js|css)$", name)]
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) / 1024


def _postmaster(installation) -> int:  # type: ignore[no-untyped-def]
    import psycopg

    with psycopg.connect(installation.server.superuser_url) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid', 0, 12)").fetchone()
    return int(str(row[0]).split()[0]) if row else 0


if __name__ == "__main__":
    main()

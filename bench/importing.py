"""How fast files come in: ``python -m bench.importing --rows 200k`` (``--again`` sends the same file a second time)."""

from __future__ import annotations

import argparse
import csv
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.database import SLUG, make_workspace, prepare
from bench.names import Generator

HEADERS = (
    "Código", "Nome completo", "CPF", "E-mail", "Celular", "Telefone fixo", "Data de nascimento", "Sexo", "CEP", "Endereço",
    "Número", "Complemento", "Bairro", "Cidade", "UF", "Etapa", "Origem", "Etiquetas", "Observações",
)  # fmt: skip
STREETS = (
    "Rua das Acácias",
    "Avenida Brasil",
    "Rua XV de Novembro",
    "Travessa São José",
    "Alameda dos Ipês",
    "Rua Sete",
)
DISTRICTS = ("Centro", "Jardim América", "Vila Mariana", "Boa Vista", "São João", "Bela Vista", "Santa Cruz")
STAGES = ("Lead", "Cliente", "Cliente", "Oportunidade", "Perdido", "")
SOURCES = ("Indicação", "Site", "Instagram", "Loja", "")
TAGS = ("vip", "atacado", "vip;newsletter", "feira 2025", "", "", "")
NOTES = (
    "",
    "",
    "Prefere ser atendido pela manhã; não ligar no almoço",
    "Pediu catálogo",
    "Cliente desde a loja antiga",
)


def write_file(path: Path, rows: int, first: int = 1) -> None:
    """Write a file as an old system exports it: Windows-1252, semicolons, one row in fifty about somebody seen before.

    ``first`` is the number of its first person: a file that begins where another ended brings other people.
    """
    makers = Generator(6 + first)
    pick = makers.random
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADERS)
        last: list[str] = []
        for number in range(first, first + rows):
            if last and pick.random() < 0.02:
                writer.writerow([str(number), *last[1:]])  # the same person under another code
                continue
            last = _row(makers, number)
            writer.writerow(last)


def _row(makers: Generator, number: int) -> list[str]:
    pick, one = makers.random, makers.person()
    area, local = one.phone[3:5], one.phone[5:]
    return [
        str(number),
        one.name.upper() if pick.random() < 0.3 else one.name,
        _cpf(number) if pick.random() < 0.9 else "",
        one.email if pick.random() < 0.95 else "",
        f"({area}) {local[:5]}-{local[5:]}",
        f"({area}) 3{pick.randrange(100, 999)}-{pick.randrange(1000, 9999)}" if pick.random() < 0.1 else "",
        f"{pick.randrange(1, 29):02}/{pick.randrange(1, 13):02}/{pick.randrange(1950, 2006)}",
        pick.choice("FM"),
        f"{pick.randrange(1000, 99999):05}-{pick.randrange(999):03}",
        pick.choice(STREETS),
        str(pick.randrange(1, 3000)),
        f"Apto {pick.randrange(1, 200)}" if pick.random() < 0.4 else "",
        pick.choice(DISTRICTS),
        one.city,
        one.state,
        pick.choice(STAGES),
        pick.choice(SOURCES),
        pick.choice(TAGS),
        pick.choice(NOTES),
    ]


def _cpf(number: int) -> str:
    """Return a valid CPF that no other number gives."""
    digits = [int(each) for each in f"{number * 7919 % 1_000_000_000:09}"]
    for size in (10, 11):
        rest = (
            sum(digit * weight for digit, weight in zip(digits, range(size, 1, -1), strict=False)) * 10 % 11
        )
        digits.append(rest % 10)
    text = "".join(map(str, digits))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


def main() -> None:
    """Run one import and print what it took."""
    options = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__)
    options.add_argument("--rows", default="100k", help="rows of the file: 20k, 200k, 1m …")
    options.add_argument(
        "--first", type=int, default=1, help="number of the first person: what comes on top of another file"
    )
    options.add_argument("--home", type=Path, help="where the data are kept between runs")
    options.add_argument("--policy", default="", help="update, fill, skip …")
    options.add_argument(
        "--again", action="store_true", help="send the file a second time: nothing should change"
    )
    options.add_argument("--profile", type=Path, help="write what Python did there (cProfile)")
    chosen = options.parse_args()
    rows = int(chosen.rows.lower().replace("k", "000").replace("m", "000000"))
    home = chosen.home or Path(tempfile.gettempdir()) / f"ponte-bench-import-{chosen.rows}"
    path = home / f"pessoas-{chosen.rows}-{chosen.first}.csv"
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_file(path, rows, chosen.first)
    prepare(home)
    make_workspace()
    print(f"{path.stat().st_size / 2**20:.0f} MB, load before {os.getloadavg()[0]:.1f}")
    for _time in range(2 if chosen.again else 1):
        _measure(path, chosen.policy, chosen.profile)


def _measure(path: Path, policy: str, profile: Path | None) -> None:
    import cProfile

    from ponte.core.actors import Actor
    from ponte.core.models import Member
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.workplace.importing.command import run_import_file

    profiler = cProfile.Profile() if profile else None
    with workspace_context(SLUG):
        with workspace_scope(SLUG):
            actor = Actor.for_member(Member.objects.select_related("role", "team").get())
        servers = _server_seconds()
        started, cpu = time.monotonic(), time.process_time()
        if profiler:
            profiler.enable()
        run = run_import_file(actor=actor, target="people", path=path, source="legado", policy=policy)
        if profiler and profile:
            profiler.disable()
            profiler.dump_stats(profile)
    took = time.monotonic() - started
    counts = ", ".join(
        f"{name} {getattr(run, name)}" for name in ("created", "updated", "unchanged", "skipped", "rejected")
    )
    own = time.process_time() - cpu
    print(
        f"{run.state}: {run.rows} rows in {took:.1f} s = {run.rows / took:.0f} rows/s; {counts}\n"
        f"CPU per row: Python {own / run.rows * 1e6:.0f} µs, PostgreSQL {(_server_seconds() - servers) / run.rows * 1e6:.0f} µs; "
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB; load {os.getloadavg()[0]:.1f}"
    )


def _server_seconds() -> float:
    """Return the processor seconds all processes of the embedded server have used."""
    ticks = 0.0
    for stat in _stats():
        ticks += float(stat[11]) + float(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stats() -> Iterator[list[Any]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    parent = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]
    for process in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = process.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == parent:
            yield fields


if __name__ == "__main__":
    main()

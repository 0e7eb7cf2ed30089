"""`ponte doctor`: looks at everything an installation needs and says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import typer

from ponte.cli.problems import Problem
from ponte.cli.surroundings import Surroundings, prepare, read_settings, start_django


class Verdict(StrEnum):
    """How a finding is meant."""

    GOOD = "ok"
    WARNING = "look"
    BAD = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        advice: what to do, where something is to be done.
    """

    verdict: Verdict
    subject: str
    found: str
    advice: str = ""


Check = Callable[[Surroundings], Iterator[Finding]]


def good(subject: str, found: str) -> Finding:
    """All is well."""
    return Finding(Verdict.GOOD, subject, found)


def warning(subject: str, found: str, advice: str) -> Finding:
    """It works, with a risk."""
    return Finding(Verdict.WARNING, subject, found, advice)


def bad(subject: str, found: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(Verdict.BAD, subject, found, advice)


def doctor() -> None:
    """Check settings, database, rights, mail, disk, workers and backups; say what to do.

    Exit code 1 when something is wrong, 0 when all is well or only worth a look.
    """
    findings = list(examine())
    _show(findings)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)


def examine() -> Iterator[Finding]:
    """Every finding; where settings or database are wrong, what depends on them is left out."""
    from ponte.cli.checks import database, environment

    try:
        surroundings = prepare()
        unsafe = read_settings().problems()
    except Problem as problem:
        yield bad("start", str(problem), "Ponte does not start before this is mended.")
        return
    if unsafe:
        for each in unsafe:
            yield bad("settings", each, "A production start is refused.")
        return
    start_django()
    checks: tuple[Check, ...] = (*environment.CHECKS, *database.CHECKS)
    for check in checks:
        try:
            yield from check(surroundings)
        except Exception as problem:  # one check that fails must not hide the others
            name = check.__name__.replace("_", " ")
            yield bad(
                name, f"{type(problem).__name__}: {str(problem).strip()}", "This check could not be made."
            )


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table

    colours = {Verdict.GOOD: "green", Verdict.WARNING: "yellow", Verdict.BAD: "bold red"}
    table = Table(box=None, show_header=False, padding=(0, 1))
    for finding in findings:
        text = f"{finding.found}\n→ {finding.advice}" if finding.advice else finding.found
        table.add_row(f"[{colours[finding.verdict]}]{finding.verdict}[/]", finding.subject, text)
    Console().print(table)

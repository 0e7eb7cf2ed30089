"""The file of refused rows: as they came, with the reason, ready to be mended and sent again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from ponte.workplace.exporting.neutral import neutral
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.targets import targets
from ponte.workplace.models import ImportRun

Problems = Iterable[Sequence[str]]  # of a row: field, code, message


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def rejected_csv(run: ImportRun) -> Iterator[str]:
    """Yield a CSV file of the refused rows of ``run``: its columns, then row number and reason.

    It has a byte-order mark and the separator of the original file, so that spreadsheets open it as they opened that.
    """
    rejections = run.rejections.order_by("row").iterator(chunk_size=500)
    yield from refused_csv(run, ((each.cells, each.problems) for each in rejections))


def refused_csv(run: ImportRun, rows: Iterable[tuple[Sequence[str], Problems]]) -> Iterator[str]:
    """Yield such a file of ``rows`` of an import: their cells, and what is wrong with them."""
    layout = Layout.from_json(run.layout)
    delimiter = layout.delimiter if layout.kind == "delimited" else ";"
    writer = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")
    yield "\ufeff"
    yield writer.writerow([*run.headers, _("Reason for refusal")])
    labels = labels_of(run)
    width = len(run.headers)
    for given, problems in rows:
        cells = [*given, *[""] * (width - len(given))]
        yield writer.writerow([*(neutral(cell) for cell in cells[:width]), neutral(reason(labels, problems))])


def labels_of(run: ImportRun) -> dict[str, str]:
    """Return the labels of the fields of an import's target by key."""
    target = targets.get(run.target)
    return {each.key: str(each.label) for each in extended(target, run.started_by).fields} if target else {}


def reason(labels: Mapping[str, str], problems: Problems) -> str:
    """Return the reasons of one refused row in one line: ``CPF: …; E-mail: …``."""
    told = (f"{labels[key]}: {message}" if key in labels else message for key, _code, message in problems)
    return "; ".join(told)

"""Charts: a table of figures and how each column of it is drawn. The script draws what the table says, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Unit = Literal["number", "money", "percent"]
Shape = Literal["standing", "lying"]


@dataclass(frozen=True)
class Column:
    """One column of figures. ``kind`` is how it is drawn, "" for not at all."""

    label: str
    unit: Unit = "number"
    kind: Literal["bar", "line", "band", ""] = "bar"


class Cell(NamedTuple):
    """One figure: ``value`` for the drawing (None: no data), ``text`` for the reader, ``href`` where its records are."""

    value: float | None
    text: str
    href: str = ""

    @property
    def raw(self) -> str:
        """The value as an attribute of the page: never in a language's own writing."""
        return "" if self.value is None else repr(round(self.value, 4))


class ChartRow(NamedTuple):
    """One line of the table: what it is about and its figures."""

    label: str
    cells: Sequence[Cell]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart with the table it is drawn from.

    Args:
        first: heading of the first column. shape: bars standing side by side, or lying one under the other.
        stacked: bars stand on one another. empty: what to say without rows. note: what to know to read it.
        source: where the table is to be had as a file, "" for nowhere.
    """

    key: str
    title: str
    first: str
    columns: Sequence[Column]
    rows: Sequence[ChartRow] = field(default_factory=list)
    shape: Shape = "standing"
    stacked: bool = False
    empty: str = ""
    note: str = ""
    source: str = ""

    @property
    def has_figures(self) -> bool:
        """Whether there is anything to draw."""
        return any(cell.value for row in self.rows for cell in row.cells)

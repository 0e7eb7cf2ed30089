"""Two texts compared: what was put in and taken out, word by word where a line changed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_WORDS = 4_000  # of one changed place; more than that is shown as taken out and put in whole
_WORDS = re.compile(r"\s+|[^\s\w]|\w+")


@dataclass(frozen=True)
class Piece:
    """A piece of text: "same", "in" (put in) or "out" (taken out)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """What two texts differ in: lines as pieces (unchanged stretches far from a change are folded into ``None``), and the counts."""

    lines: list[list[Piece] | None]
    put_in: int
    taken_out: int

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return not self.put_in and not self.taken_out


def compare_texts(before: str, after: str, *, around: int = 2) -> Comparison:
    """Compare two texts line by line, changed lines word by word.

    Args:
        around: how many unchanged lines are kept beside a change.
    """
    old, new = before.split("\n"), after.split("\n")
    lines: list[list[Piece] | None] = []
    put_in = taken_out = 0
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (tag, start, end, new_start, new_end) in enumerate(steps):
        if tag == "equal":
            lines += _folded(old[start:end], around, is_first=place == 0, is_last=place == len(steps) - 1)
            continue
        pieces = _changed("\n".join(old[start:end]), "\n".join(new[new_start:new_end]))
        put_in += sum(piece.kind == "in" for piece in pieces)
        taken_out += sum(piece.kind == "out" for piece in pieces)
        lines.append(pieces)
    return Comparison(lines, put_in, taken_out)


def _folded(lines: Sequence[str], around: int, *, is_first: bool, is_last: bool) -> list[list[Piece] | None]:
    shown: list[list[Piece] | None] = [[Piece("same", line)] for line in lines]
    before, after = (0 if is_first else around), (0 if is_last else around)
    if len(shown) <= before + after + 1:
        return shown
    return [*shown[:before], None, *shown[len(shown) - after :]]


def _changed(before: str, after: str) -> list[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return [Piece("out", before), Piece("in", after)]
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[start:end])))
            continue
        if end > start:
            pieces.append(Piece("out", "".join(old[start:end])))
        if new_end > new_start:
            pieces.append(Piece("in", "".join(new[new_start:new_end])))
    return pieces

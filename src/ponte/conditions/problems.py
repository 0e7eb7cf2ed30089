"""What is wrong with a condition, said at the node it is wrong at."""

from __future__ import annotations

from django.utils.functional import Promise

from ponte.core.errors import FieldProblem, Invalid


class Problems:
    """Collects the problems of one condition. Paths name nodes as a program would: ``where.all[1].value``."""

    def __init__(self) -> None:
        self.found: list[FieldProblem] = []

    def add(self, path: str, code: str, message: str | Promise) -> None:
        """Note a problem."""
        self.found.append(FieldProblem(path, code, message))

    def stop(self) -> None:
        """Raise ``Invalid`` with everything noted, if anything was."""
        if self.found:
            raise Invalid(self.found)

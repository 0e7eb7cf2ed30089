"""How all the files of a bundle went together, and the history with each bundle as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.workplace.importing.targets import ImportTarget, targets
from ponte.workplace.models import ImportRun
from ponte.workplace.selectors.import_undo import LeftRecord, left_records

KEPT_SHOWN = 100
_State = ImportRun.State
# the first of these that any part is in tells how the whole stands
_TELLING = (
    _State.RUNNING,
    _State.QUEUED,
    _State.UNDOING,
    _State.FAILED,
    _State.CANCELLED,
    _State.DRAFT,
    _State.DONE,
    _State.UNDONE,
)


@dataclass(frozen=True)
class Together:
    """One import, or those that came in one file; ``runs`` in the order they come in."""

    runs: Sequence[ImportRun]

    @property
    def first(self) -> ImportRun:
        """The part that comes in first."""
        return self.runs[0]

    @property
    def bundle(self) -> UUID | None:
        """What the parts came in, None of a single import."""
        return self.first.bundle

    @property
    def name(self) -> str:
        """What the file was called."""
        return self.first.bundle_name or self.first.file_name

    @property
    def target(self) -> ImportTarget | None:
        """What a single import became."""
        return targets.get(self.first.target)

    @property
    def state(self) -> str:
        """How the whole stands."""
        states = {run.state for run in self.runs}
        if states == {_State.UNDONE, _State.DONE}:
            return "partly_undone"
        return next((str(state) for state in _TELLING if state in states), str(_State.DONE))

    @property
    def state_label(self) -> str | Promise:
        """How the whole stands, in words."""
        return _("Undone in part") if self.state == "partly_undone" else _State(self.state).label

    def total(self, name: str) -> int:
        """Return the sum of a count over the parts."""
        return sum(getattr(run, name) for run in self.runs)

    @property
    def counts(self) -> dict[str, int]:
        """The counts of all parts, as the report of a single import names them."""
        names = (
            "rows",
            "created",
            "updated",
            "unchanged",
            "skipped",
            "asked",
            "rejected",
            "removed",
            "restored",
            "kept",
        )
        return {name: self.total(name) for name in names}


def together(runs: Iterable[ImportRun]) -> list[Together]:
    """Return imports newest first, with those that came in one file as one."""
    groups: dict[UUID, list[ImportRun]] = {}
    for run in runs:
        groups.setdefault(run.bundle or run.id, []).append(run)
    return [Together(sorted(group, key=lambda run: (run.place, run.id))) for group in groups.values()]


def kept_of(runs: Sequence[ImportRun], member: Member | None) -> list[tuple[ImportRun, list[LeftRecord]]]:
    """Return what undoing left alone, by file, ``KEPT_SHOWN`` records in all."""
    found, most = [], KEPT_SHOWN
    for run in sorted(runs, key=lambda run: -run.place):
        if run.kept and most > 0:
            left = left_records(run, member, limit=most)
            found.append((run, left))
            most -= len(left)
    return found

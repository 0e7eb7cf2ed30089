"""What can be imported: each module registers its targets from its ``registrations.py``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.rights import may, may_area
from ponte.workplace.registry import Registry

if TYPE_CHECKING:
    from ponte.workplace.custom_fields.objects import Named
    from ponte.workplace.importing.reversal import UndoChunk

MANY_ROWS = 20_000


class FieldType(StrEnum):
    """How a cell is read. Contact data and documents stay text: the module that keeps them normalises them."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    EMAIL = "email"
    PHONE = "phone"
    CPF = "cpf"
    CNPJ = "cnpj"
    CEP = "cep"
    STATE = "state"
    IDENTIFIER = "identifier"


class Policy(StrEnum):
    """What happens to a row whose record is there already."""

    UPDATE = "update"
    FILL = "fill"
    SKIP = "skip"
    ASK = "ask"
    CREATE = "create"


POLICY_LABELS: Mapping[Policy, Promise] = {
    Policy.UPDATE: _("Update it with the values of the file"),
    Policy.FILL: _("Only fill what is empty"),
    Policy.SKIP: _("Leave it as it is"),
    Policy.ASK: _("Ask me, row by row"),
    Policy.CREATE: _("Make a new one all the same"),
}


@dataclass(frozen=True)
class ImportField:
    """A place a column can go to.

    ``synonyms`` are headers it is guessed from (English and Portuguese, accents and case don't matter).
    ``choices`` maps each stored value to the words that mean it. A ``several`` field takes more than one column.
    ``identity`` fields say which record a row means; ``past`` dates lie behind us (birthdays).
    """

    key: str
    label: str | Promise
    type: FieldType = FieldType.TEXT
    synonyms: tuple[str, ...] = ()
    required: bool = False
    identity: bool = False
    several: bool = False
    past: bool = False
    max_length: int = 0
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    help: str | Promise = ""


@dataclass(frozen=True)
class ImportRow:
    """One row of a file after its cells were read; ``values`` has no entry for empty cells.

    A ``several`` field's value is a list. ``number`` is the row's number in the file as a spreadsheet shows it.
    """

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Why a row was refused: ``field`` is the target's field ("" for the row), ``message`` is for a person."""

    field: str
    code: str
    message: str


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row: "created", "updated", "unchanged", "skipped", "asked" or "rejected" (then with problems)."""

    outcome: str
    object_id: UUID | None = None
    problems: tuple[Problem, ...] = ()

    @classmethod
    def rejected(cls, field_key: str, code: str, message: str | Promise) -> RowOutcome:
        """Return the refusal of a row for one reason."""
        return cls("rejected", problems=(Problem(field_key, code, str(message)),))


@dataclass
class Journal:
    """What a chunk changed of records, so that the import can be undone.

    ``parts``: key of a target or extension → record → field → value before and after, as JSON can hold them.
    """

    parts: dict[str, dict[UUID, dict[str, tuple[Any, Any]]]] = field(default_factory=dict)

    def note(self, part: str, changes: Mapping[UUID, Mapping[str, tuple[Any, Any]]]) -> None:
        """Keep what ``part`` changed; of a field changed twice the first value before and the last after count."""
        if not changes:
            return
        noted = self.parts.setdefault(part, {})
        for record_id, fields in changes.items():
            mine = noted.setdefault(record_id, {})
            for name, (before, after) in fields.items():
                mine[name] = (mine[name][0] if name in mine else before, after)

    def take(self, other: Journal) -> None:
        """Add what ``other`` holds and empty it."""
        for part, changes in other.parts.items():
            self.note(part, changes)
        other.parts.clear()

    def to_json(self) -> dict[str, Any]:
        """Return the journal as it is stored with a chunk."""
        return {
            part: {
                str(record_id): {name: list(pair) for name, pair in fields.items()}
                for record_id, fields in changes.items()
            }
            for part, changes in self.parts.items()
        }


@dataclass(frozen=True)
class ImportContext:
    """What a target knows beyond the rows.

    ``source`` names the system the data come from and is the name space of external ids. ``memory`` lives as long
    as the run and holds what a target wants to look up once only. ``match`` are the keys of the target's ``match`` that tell a
    known record, in order; empty means all. ``journal`` takes what the chunk at hand changes.
    ``ahead`` is what the target's ``ahead`` made of the chunk's rows, by number; empty when rows are tried again.
    """

    actor: Actor
    source: str
    policy: Policy  # never ASK: such rows are told apart before
    zone: tzinfo
    currency: str
    match: tuple[str, ...] = ()
    memory: dict[str, Any] = field(default_factory=dict)
    journal: Journal = field(default_factory=lambda: Journal())
    ahead: dict[int, Any] = field(default_factory=dict)


Names = Callable[[Member | None, Collection[UUID]], Mapping[UUID, "Named"]]
Apply = Callable[[Sequence[ImportRow], ImportContext], Sequence[RowOutcome]]
Ahead = Callable[[Sequence[ImportRow]], Mapping[int, Any]]


@dataclass(frozen=True)
class ImportTarget:
    """Something rows can become.

    ``apply`` writes a whole chunk with set-based statements, inside the transaction that also moves the run's cursor,
    and answers each row in order. It must do nothing a second time for the same rows (external ids). ``rights`` is the
    object and act a member needs besides the area "import". ``after`` names targets whose files come first.
    ``ahead`` gives, for a run, what makes of a chunk's rows in advance whatever needs no database: it works in another thread
    while the chunk before is written, and ``apply`` finds it in the context.
    ``before_many`` is called, outside any transaction, when a file of ``MANY_ROWS`` or more begins or goes on; ``after_many``
    when an import ends and, should its process have died, by the sweep: it must be cheap when there is nothing to do.
    ``file_names`` are words files and sheets for it are named by.
    ``warn`` tells what of a row's values looks wrong without being refused; the preview shows it.
    ``undo`` takes a chunk back (``importing.reversal``); without, an import can't be undone. It needs the acts ``undo_rights`` on
    the object of ``rights``. ``match``: key → label of what can tell a known record, the surest first; empty where only one thing can. ``names`` tells label and page of records, those the member may see.
    """

    key: str
    label: str | Promise
    icon: str
    fields: tuple[ImportField, ...]
    apply: Apply
    rights: tuple[str, str]
    order: int = 100
    description: str | Promise = ""
    policies: tuple[Policy, ...] = (Policy.UPDATE, Policy.FILL, Policy.SKIP, Policy.ASK)
    match: Mapping[str, str | Promise] = field(default_factory=dict)
    list_url_name: str = ""
    after: tuple[str, ...] = ()
    chunk_rows: int = 1000
    before_many: Callable[[], None] | None = None
    after_many: Callable[[], None] | None = None
    file_names: tuple[str, ...] = ()
    undo: UndoChunk | None = None
    undo_rights: tuple[str, ...] = ("edit", "delete")
    names: Names | None = None
    ahead: Callable[[ImportContext], Ahead] | None = None
    warn: Callable[[Mapping[str, Any]], Sequence[Problem]] | None = None

    def field_of(self, key: str) -> ImportField | None:
        """Return the field of ``key`` or None."""
        return next((candidate for candidate in self.fields if candidate.key == key), None)


targets: Registry[ImportTarget] = Registry()


def register_target(target: ImportTarget) -> None:
    """Make a target known; raises ``ValueError`` when two of its fields share a key."""
    keys = [candidate.key for candidate in target.fields]
    if len(set(keys)) != len(keys):
        raise ValueError(f"import target {target.key} has a field twice")
    targets.register(target)


def targets_for(member: Member) -> list[ImportTarget]:
    """Return the targets ``member`` may import."""
    if not may_area(member, "import"):
        return []
    return [target for target in targets if may(member, *target.rights)]


def may_undo(member: Member, target: ImportTarget) -> bool:
    """Return whether ``member`` may take imports of a target back at all."""
    return target in targets_for(member) and all(
        may(member, target.rights[0], act) for act in target.undo_rights
    )

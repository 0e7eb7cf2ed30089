"""What the API of imports takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ponte.apikit.schemas import In, Line, Name, Out, Source
from ponte.workplace.importing import Policy
from ponte.workplace.importing.targets import FieldType
from ponte.workplace.models import ImportRun

Key = Annotated[str, StringConstraints(max_length=60)]


class ImportIn(In):
    """A file to import. Larger files come in by the page or the command line."""

    target: Key | None = Field(
        None,
        description="What the rows are; see /imports/targets. Told by the file's name and columns without.",
    )
    file_name: Name
    content: str = Field(min_length=1, max_length=4_900_000, description="The file, base64.")
    source: Source | None = Field(
        None, description="The system the data come from: name space of external ids."
    )
    kit: Key | None = Field(
        None,
        description="hubspot, pipedrive, rdstation, agendor, ploomes, salesforce, zoho or none; told from the headers without.",
    )
    policy: Policy | None = Field(None, description="What happens to records that are there already.")
    match: list[Key] = Field(
        [],
        max_length=10,
        description="What tells a known record, the surest first: keys of the target's match.",
    )
    mapping: dict[Line, Key] = Field(
        {},
        max_length=1000,
        description="Header → field, or new:text, new:number … to have a custom field made; the others are guessed.",
    )
    constants: dict[Key, Line] = Field({}, max_length=100, description="Field → value for every row.")
    start: bool = Field(True, description="False leaves a draft to be looked at on the page.")


class BundleIn(In):
    """A ZIP archive of tables, or a workbook whose every sheet is a table."""

    file_name: Name
    content: str = Field(min_length=1, max_length=4_900_000, description="The file, base64.")
    source: Source | None = Field(None, description="The system all of it comes from.")
    kit: Key | None = Field(None, description="As of an import.")
    start: bool = Field(False, description="Start at once with the guessed targets and columns.")


class ImportFieldOut(Out):
    """A field columns can go to."""

    key: str
    label: str
    type: FieldType
    required: bool
    identity: bool
    several: bool


class ImportTargetOut(Out):
    """Something rows can become."""

    key: str
    label: str
    policies: list[Policy]
    match: dict[str, str] = Field(description="What can tell a known record, in the usual order.")
    fields: list[ImportFieldOut]


class ImportOut(Out):
    """An import and how far it is."""

    id: UUID
    target: str
    bundle: UUID | None = Field(description="Files that came together and come in one after the other.")
    bundle_name: str = Field(description="The file they came in.")
    file_name: str
    state: ImportRun.State
    source: str
    policy: str
    match: list[str] = Field(description="Empty: the usual of the target.")
    headers: list[str]
    estimated_rows: int
    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int
    asked: int = Field(description="Rows that wait for a decision; see /imports/{id}/reviews.")
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    removed: int = Field(description="Records that undoing removed.")
    restored: int = Field(description="Records that undoing gave their values back.")
    kept: int = Field(description="Records that undoing left wholly or partly as they are.")
    undone_at: datetime | None


class SideOut(Out):
    """A field as it is stored and as the file has it."""

    field: str
    label: str
    stored: str
    given: str


class BundleOut(Out):
    """The tables of one file, in the order they come in, and the names of those that can't be imported."""

    id: UUID
    imports: list[ImportOut]
    left_out: list[str]


class TargetIn(In):
    """What the rows of a draft are."""

    target: Key


class ReviewOut(Out):
    """A row that waits for a decision, beside its record."""

    row: int
    record_id: UUID
    label: str
    sides: list[SideOut]


class RowDecisionIn(In):
    """What becomes of rows that wait."""

    decision: Policy = Field(description="update, fill, skip or, for people and companies, create.")
    rows: list[int] = Field([], max_length=10_000, description="Numbers of the rows.")
    every: bool = Field(False, description="All rows that wait, instead of ``rows``.")


class RowDecisionOut(Out):
    """How many rows were decided; more than 50 are written in the background."""

    decided: int


class UndoPreviewOut(Out):
    """What undoing an import would do, judged for the last ``looked`` of its ``records``."""

    records: int
    looked: int
    removed: int
    restored: int
    kept: int
    until: datetime


class PartUndoOut(Out):
    """What undoing would do to one table of a bundle, or why it can't be undone."""

    import_id: UUID
    reason: str = Field(description="Why it can't be undone; empty where it can.")
    records: int
    looked: int
    removed: int
    restored: int
    kept: int


class BundleUndoOut(Out):
    """What undoing all tables of a bundle would do, the last first."""

    id: UUID
    parts: list[PartUndoOut]


class KeptOut(Out):
    """A record that undoing left alone; ``fields`` names what of it, all of it when empty."""

    id: UUID
    label: str
    reason: str
    fields: list[str]


class RejectionOut(Out):
    """A refused row as it stood in the file; each problem is field, code, message."""

    id: int
    row: int
    cells: list[str]
    problems: list[list[str]]

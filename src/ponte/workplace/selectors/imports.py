"""Reading imports: the history, and what the mapping page shows of a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from ponte.core.models import Member
from ponte.core.rights import Scope, field_access, registered_objects, scope_of
from ponte.workplace.importing.files import Sample, local_file, take_sample
from ponte.workplace.importing.fresh import FRESH, guess_kind
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.rejected import labels_of, reason
from ponte.workplace.importing.targets import ImportField, ImportTarget, targets, targets_for
from ponte.workplace.importing.values import Plan
from ponte.workplace.models import ImportRun

SHOWN_CELLS = 3
SHOWN_LETTERS = 60


@dataclass(frozen=True)
class MappedColumn:
    """A column of the file as the mapping page shows it."""

    index: int
    header: str
    samples: list[str]
    field: str
    guess: str = ""  # type of the custom field that could be made for it


@dataclass(frozen=True)
class Refusal:
    """A refused row as the report shows it."""

    row: int
    cells: list[str]
    reason: str


@dataclass
class MappingPage:
    """What the mapping page needs beyond the run."""

    columns: list[MappedColumn]
    fields: list[ImportField]
    constants: list[tuple[str, str]]
    layout: Layout
    sheets: list[str]
    unmapped: list[ImportField] = field(default_factory=list)


def visible_imports(member: Member) -> QuerySet[ImportRun]:
    """Return the member's own imports and those whose files hold nothing he may not see, newest first."""
    usable = targets_for(member)
    shown = Q(started_by=member) | Q(
        target__in=[each.key for each in usable if _may_read_files(member, each)]
    )
    return (
        ImportRun.objects.filter(shown, target__in=[each.key for each in usable])
        .select_related("started_by", "undone_by")
        .order_by("-id")
    )


def _may_read_files(member: Member, target: ImportTarget) -> bool:
    """Return whether other people's files for a target are open to the member.

    A file is shown as it came, with columns nobody has mapped and records nobody has made yet. So he must see all
    records of its kind and of those it refers to (the files that come first), and no field may be hidden from him.
    """
    related = [target]
    for each in related:
        related += [found for key in each.after if (found := targets.get(key)) and found not in related]
    sees_all = all(scope_of(member, each.rights[0], "view") is Scope.ALL for each in related)
    return sees_all and not any(field_access(member, each.name).hidden for each in registered_objects())


def mapping_page(run: ImportRun, target: ImportTarget) -> MappingPage:
    """Return the columns of a draft's file with examples and where each goes now."""
    layout = Layout.from_json(run.layout)
    plan = Plan.from_json(run.plan)
    with local_file(run.storage_key) as path:
        sample = take_sample(path, layout, rows=200)
    columns = [
        MappedColumn(
            index, header, _examples(sample, index), _place(plan, index), guess_kind(sample.column(index))
        )
        for index, header in enumerate(sample.headers)
    ]
    given = {*plan.columns.values(), *plan.constants}
    return MappingPage(
        columns=columns,
        fields=list(target.fields),
        constants=list(plan.constants.items()),
        layout=layout,
        sheets=sample.sheets,
        unmapped=[each for each in target.fields if each.required and each.key not in given],
    )


def refusals(run: ImportRun, limit: int = 50) -> list[Refusal]:
    """Return the first refused rows of an import with their reasons."""
    rows, labels = run.rejections.order_by("row")[:limit], labels_of(run)
    return [
        Refusal(each.row, [_short(cell) for cell in each.cells if cell][:6], reason(labels, each.problems))
        for each in rows
    ]


def _place(plan: Plan, index: int) -> str:
    return f"{FRESH}{plan.fresh[index]}" if index in plan.fresh else plan.columns.get(index, "")


def _examples(sample: Sample, index: int) -> list[str]:
    return [_short(cell.strip()) for cell in dict.fromkeys(sample.column(index))][:SHOWN_CELLS]


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN_LETTERS else plain[: SHOWN_LETTERS - 1] + "…"

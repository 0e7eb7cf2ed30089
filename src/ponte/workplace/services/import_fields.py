"""Custom fields made for columns of an import that have no place yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.workplace.custom_fields.definitions import MOST_CHOICES, FieldData
from ponte.workplace.importing.files import Sample, data_rows, local_file
from ponte.workplace.importing.fresh import FRESH, OFFERED, customised_object, words_of
from ponte.workplace.importing.targets import ImportTarget
from ponte.workplace.models import FieldKind, ImportRun
from ponte.workplace.services.custom_fields import create_field

CHOICES_UP_TO = 20_000  # rows: the whole column is read for its choices


def may_make_fields(member: Member | None, target_key: str) -> bool:
    """Return whether the member may let an import to this target make custom fields."""
    return bool(customised_object(target_key)) and (member is None or may_area(member, "settings"))


def split_fresh(columns: Mapping[int, str]) -> tuple[dict[int, str], dict[int, str]]:
    """Return columns that go to fields there are, and those a field is to be made for: index → type."""
    known = {index: key for index, key in columns.items() if not key.startswith(FRESH)}
    fresh = {index: key.removeprefix(FRESH) for index, key in columns.items() if key.startswith(FRESH)}
    return known, fresh


def check_fresh(actor: Actor, target: ImportTarget, kinds: Iterable[str]) -> None:
    """Refuse types that aren't offered, and who may not manage custom fields.

    Raises:
        Invalid: on "mapping". Denied: the role has no right to the settings.
    """
    asked = list(kinds)
    if not asked:
        return
    if any(kind not in OFFERED for kind in asked):
        raise Invalid.on("mapping", "kind", _("Choose one of the types offered for the new field."))
    if not may_make_fields(actor.member, target.key):
        raise Denied("custom_field", "create")


def make_fields(run: ImportRun, actor: Actor, sample: Sample, fresh: Mapping[int, str]) -> dict[int, str]:
    """Make the fields asked for, named by the columns' headers; returns column index → key of the import field."""
    made = {}
    for index, kind in sorted(fresh.items()):
        data = FieldData(
            label=sample.headers[index][:80],
            kind=kind,
            choices=[{"label": word[:60]} for word in _choices(run, sample, index)]
            if kind == FieldKind.CHOICE
            else (),
        )
        field = create_field(actor=actor, object_name=customised_object(run.target), data=data)
        made[index] = field.right
    return made


def _choices(run: ImportRun, sample: Sample, index: int) -> list[str]:
    if run.estimated_rows > CHOICES_UP_TO:
        raise Invalid.on(
            "mapping",
            "choices",
            _("The file is too long to make choices of “%(header)s”: take a text.")
            % {"header": sample.headers[index]},
        )
    with local_file(run.storage_key) as path:
        cells = [row.cells[index] for row in data_rows(path, sample.layout) if len(row.cells) > index]
    words = words_of(cells)
    if len(words) > MOST_CHOICES:
        raise Invalid.on(
            "mapping",
            "choices",
            _("“%(header)s” has more than 200 different values: take a text.")
            % {"header": sample.headers[index]},
        )
    return words

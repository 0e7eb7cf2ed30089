"""How custom values stand in lists and in exported files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from ponte.core.models import Member
from ponte.workplace.custom_fields.expressions import value_expression
from ponte.workplace.custom_fields.kinds import from_json
from ponte.workplace.custom_fields.objects import HIDDEN_RECORD, Named
from ponte.workplace.custom_fields.showing import in_words, labels_of
from ponte.workplace.lists.cells import Cell, RowLink, Scalar
from ponte.workplace.models import CustomField, FieldKind

END = (FieldKind.NUMBER, FieldKind.MONEY)
LONGEST = 120  # letters of a long text that a cell shows


@dataclass(frozen=True)
class CustomCell(Cell):
    """The value of one custom field; ``prepared`` looks up what a page's references point at, in one query."""

    custom: CustomField | None = None
    member: Member | None = None
    references: Mapping[str, Mapping[UUID, Named]] = field(default_factory=dict)

    @classmethod
    def of(cls, custom: CustomField, member: Member) -> CustomCell:
        """Return the cell of a field as a member sees it."""
        align = "end" if custom.kind in END else "start"
        return cls(lambda row: row.custom.get(custom.slot), align=align, custom=custom, member=member)

    def figure(self) -> Any:
        """Return its typed value where it is a number or an amount."""
        assert self.custom is not None
        return value_expression(self.custom) if self.custom.kind in END else None

    @property
    def is_money(self) -> bool:
        """Whether it is an amount."""
        return self.custom is not None and self.custom.kind == FieldKind.MONEY

    def prepared(self, rows: Sequence[Any]) -> CustomCell:
        """Return the cell with the labels of what these rows point at."""
        assert self.custom is not None
        if self.custom.kind != FieldKind.REFERENCE:
            return self
        return replace(self, references=labels_of(self.member, [self.custom], [row.custom for row in rows]))

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        """Return the value as HTML; long texts are cut, references don't lead away from the row."""
        assert self.custom is not None
        text, html = in_words(self.custom, value, self.references)
        if self.custom.kind in (FieldKind.CHOICE, FieldKind.MULTI_CHOICE, FieldKind.LINK):
            return html
        short = text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
        return SafeString(escape(short))

    def plain(self, row: Any) -> Scalar:
        """Return the value for a file: typed where a spreadsheet has the type, otherwise in words."""
        assert self.custom is not None
        stored = self.value(row)
        typed = from_json(self.custom, stored)
        if typed is None or isinstance(typed, date | Decimal):
            return typed
        if isinstance(typed, UUID):
            named = self.references.get(self.custom.target, {}).get(typed)
            return named.label if named else str(HIDDEN_RECORD)
        if self.custom.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.LINK):
            return str(typed)
        return in_words(self.custom, stored, self.references)[0]

"""Cells of words: text, the main cell with its link, choices, people, tags, addresses and phones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from ponte.core.brazil.phones import format_phone
from ponte.core.rights import FieldAccess
from ponte.ui.templatetags.ponte import initials, tone_of
from ponte.workplace.lists.cells.base import Cell, RowLink, Scalar, Source, escaped, html, read
from ponte.workplace.lists.cells.reader import reader

AVATAR_SHAPES = {"person": "", "company": " avatar-square"}


@dataclass(frozen=True)
class Text(Cell):
    """Plain text, cut by the column's width, whole in the tip."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        text = escaped(value)
        return html(f'<span title="{text}">{text}</span>' if len(text) > 40 else text)


@dataclass(frozen=True)
class Main(Cell):
    """The cell that names the row and opens it. Exactly one column of a list has it.

    Args:
        avatar: "person" or "company" for initials, "" for none, or a function of the row giving either.
        second: source of a second line, shown on phones.
        second_fields: rights fields the second line shows; it is left out for members to whom one is hidden, and for
            members to whom anything is hidden where nothing is said.
    """

    avatar: str | Callable[[Any], str] = ""
    second: Source | None = None
    second_fields: tuple[str, ...] = ()

    def readable(self, access: FieldAccess) -> Main:
        """Return the cell as a member may see it: without its second line where that would show a hidden field."""
        hides = access.hidden.intersection(self.second_fields) if self.second_fields else access.hidden
        return replace(self, second=None) if hides else self

    def render(self, row: Any, link: RowLink) -> SafeString:
        name = str(self.value(row) or "–")
        text = escaped(name)
        panel = f' data-panel="{escaped(link.panel_url)}"' if link.panel_url else ""
        line = f'<span class="clip">{text}{self._second(row)}</span>'
        return html(
            f'<a class="cell-main" href="{escaped(link.url)}"{panel}>{self._avatar(row, name)}{line}</a>'
        )

    def _avatar(self, row: Any, name: str) -> str:
        shape = self.avatar(row) if callable(self.avatar) else self.avatar
        if shape not in AVATAR_SHAPES:
            return ""
        css = f"avatar{AVATAR_SHAPES[shape]} tone-{tone_of(name)} avatar-sm"
        return f'<span class="{css}" aria-hidden="true">{escaped(initials(name))}</span>'

    def _second(self, row: Any) -> str:
        second = read(row, self.second) if self.second is not None else None
        return f'<small class="cell-second only-phone">{escaped(second)}</small>' if second else ""


@dataclass(frozen=True)
class Badge(Cell):
    """One of a few choices, as a coloured badge: a stage, a state, a kind.

    Args:
        labels: the words for each stored value; a callable is asked anew each time (choices that people edit).
        tones: colour for each stored value, "neutral" where it says nothing.
    """

    labels: Mapping[Any, str | Promise] | Callable[[], Mapping[Any, str | Promise]] | None = None
    tones: Mapping[Any, str] | None = None

    def label_of(self, value: Any) -> str:
        labels = self.labels() if callable(self.labels) else self.labels
        return str((labels or {}).get(value, value))

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        known = reader().known
        shown = known.get((id(self), value))
        if shown is None:
            tone = escaped((self.tones or {}).get(value, "neutral"))
            shown = f'<span class="badge badge-dot tone-{tone}">{escaped(self.label_of(value))}</span>'
            known[id(self), value] = shown
        return html(shown)

    def plain(self, row: Any) -> Scalar:
        value = self.value(row)
        return None if value is None or value == "" else self.label_of(value)


@dataclass(frozen=True)
class Person(Cell):
    """A member (owner, assignee) with initials. The column ``needs`` the relation joined."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        name = escaped(value)
        mark = f'<span class="avatar avatar-xs tone-{tone_of(value)}" aria-hidden="true">{escaped(initials(value))}</span>'
        return html(f'<span class="cell-person">{mark}<span class="clip">{name}</span></span>')


@dataclass(frozen=True)
class Tags(Cell):
    """A few labels, the rest counted. ``source`` gives names, or records whose ``str`` is the name.

    Brought beforehand by ``attach``, which puts them onto all rows at once; never a query per row.
    """

    most: int = 3
    attach: Callable[[Sequence[Any]], None] | None = None

    def prepared(self, rows: Sequence[Any]) -> Tags:
        """Return the cell, after its labels were put onto the rows."""
        if self.attach is not None:
            self.attach(rows)
        return self

    def value(self, row: Any) -> list[str]:
        found = read(row, self.source)
        if found is None:
            return []
        items: Iterable[Any] = found.all() if hasattr(found, "all") else found
        return [str(item) for item in items]

    def render(self, row: Any, link: RowLink) -> SafeString:
        names = self.value(row)
        shown = " ".join(f'<span class="tag">{escaped(name)}</span>' for name in names[: self.most])
        more = len(names) - self.most
        return html(f'{shown} <span class="muted">+{more}</span>' if more > 0 else shown)

    def plain(self, row: Any) -> Scalar:
        return ", ".join(self.value(row))


@dataclass(frozen=True)
class Phone(Cell):
    """A phone stored as E.164, shown the Brazilian way, one tap to call."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(
            f'<a class="cell-link" href="tel:{escaped(value)}">{escaped(format_phone(str(value)))}</a>'
        )

    def plain(self, row: Any) -> Scalar:
        value = self.value(row)
        return format_phone(str(value)) if value else None


@dataclass(frozen=True)
class Email(Cell):
    """An e-mail address, one click to write to."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        address = escaped(value)
        return html(f'<a class="cell-link" href="mailto:{address}">{address}</a>')


@dataclass(frozen=True)
class Link(Cell):
    """Text that leads to another record; ``url`` is a function of the row, "" for no link."""

    url: Callable[[Any], str] = lambda row: ""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        url = self.url(row)
        text = escaped(value)
        return html(f'<a class="cell-link" href="{escaped(url)}">{text}</a>' if url else text)

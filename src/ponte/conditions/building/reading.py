"""The builder's form: reading it into a draft, and doing what a button asks (add, remove, group)."""

from __future__ import annotations

from django.http import QueryDict

from ponte.conditions.building.drafts import ROOT, Group, Row
from ponte.conditions.parsing import DEEPEST, MOST_NODES


class _Form:
    def __init__(self, given: QueryDict) -> None:
        self.given = given
        self.count = 0

    def text(self, name: str) -> str:
        return (self.given.get(name, "")).replace("\x00", "")[:300]

    def texts(self, name: str) -> list[str]:
        return [value.replace("\x00", "")[:300] for value in self.given.getlist(name)[:150]]

    def group(self, place: str, depth: int = 0) -> Group:
        joint = self.text(f"{place}.joint")
        made = Group(joint if joint in ("all", "any", "none") else "all")
        number = self.text(f"{place}.n")
        for at in range(min(int(number), MOST_NODES) if number.isdecimal() else 0):
            self.count += 1
            if self.count > MOST_NODES or depth > DEEPEST:
                break
            made.items.append(self.item(f"{place}.{at}", depth + 1))
        return made

    def item(self, place: str, depth: int) -> Row | Group:
        if self.text(f"{place}.kind") == "group":
            return self.group(place, depth)
        row = Row(
            what=self.text(f"{place}.what"), op=self.text(f"{place}.op"), values=self.texts(f"{place}.value"),
            measure=self.text(f"{place}.measure") or "any", of=self.text(f"{place}.of"),
            within_op=self.text(f"{place}.within.op"), within_values=self.texts(f"{place}.within.value"),
        )  # fmt: skip
        if (
            self.text(f"{place}.was") != row.what
        ):  # another question: what was chosen for the former one doesn't fit
            return Row(what=row.what)
        if self.text(f"{place}.w.n"):
            row.where = self.group(f"{place}.w", depth + 1)
        return row


def read_draft(given: QueryDict) -> Group:
    """Return the draft in a posted form."""
    return _Form(given).group(ROOT)


def apply_act(draft: Group, act: str) -> str:
    """Change a draft as a button asks, and return the place to put the cursor at.

    ``act`` is "add:<group>", "nest:<group>", "remove:<item>" or "where:<line>"; anything else changes nothing.
    """
    verb, _colon, place = act.partition(":")
    if verb == "remove":
        group_place, _dot, at = place.rpartition(".")
        group = find(draft, group_place)
        if isinstance(group, Group) and at.isdecimal() and int(at) < len(group.items):
            del group.items[int(at)]
            return f"{group_place}.{max(int(at) - 1, 0)}" if group.items else group_place
        return ROOT
    found = find(draft, place)
    if verb == "where" and isinstance(found, Row):
        found.where = Group("all", [Row()])
        return f"{place}.w.0"
    if isinstance(found, Group) and verb in ("add", "nest"):
        found.items.append(Row() if verb == "add" else Group("any", [Row()]))
        last = f"{place}.{len(found.items) - 1}"
        return last if verb == "add" else f"{last}.0"
    return ""


def find(draft: Group, place: str) -> Row | Group | None:
    """Return the line or group at a place of the form ("w.0.w.1"), None for none."""
    here: Row | Group | None = draft
    for part in place.split(".")[1:]:
        if part == "w":
            here = here.where if isinstance(here, Row) else None
        elif isinstance(here, Group) and part.isdecimal() and int(part) < len(here.items):
            here = here.items[int(part)]
        else:
            return None
    return here


def drop_empty(group: Group) -> bool:
    """Take out lines in which nothing was chosen and groups without lines; return whether anything is left."""
    kept: list[Row | Group] = []
    for item in group.items:
        if isinstance(item, Group):
            if drop_empty(item):
                kept.append(item)
        elif item.what:
            if item.where is not None and not drop_empty(item.where):
                item.where = None
            kept.append(item)
    group.items[:] = kept
    return bool(kept)

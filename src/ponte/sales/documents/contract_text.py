"""A contract's text: plain words with merge fields; a line that begins with "# " is a heading. Nothing else is special."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.sales.documents.contract_fields import known_fields, label_of

_FIELD = re.compile(r"\{\{\s*([a-z0-9_.]{1,80})\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph."""

    kind: str  # "heading" or "text"
    text: str


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its fields filled in; one nothing is known for is named in brackets."""
    return _FIELD.sub(lambda found: values.get(found[1]) or f"[{label_of(found[1])}]", text)


def missing_in(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the fields of a text that nothing is known for, each once."""
    return list(dict.fromkeys(name for name in _FIELD.findall(text) if not values.get(name)))


def wrong_fields(text: str, *, member: Member | None = None, kept: str = "") -> list[str]:
    """Return what stands between braces and is no field, each once; "{{" for braces that don't close.

    Args:
        member: whoever writes it; a custom field they may not see the values of is none to them. kept: a text whose fields may stay.
    """
    names = _FIELD.findall(text)
    known = known_fields(member).keys() | set(_FIELD.findall(kept)) if names else set()
    wrong = [name for name in names if name not in known]
    if _BRACES.search(_FIELD.sub("", text)):
        wrong.append("{{")
    return list(dict.fromkeys(wrong))


def blocks_of(text: str) -> list[Block]:
    """Return a text as headings and paragraphs."""
    blocks: list[Block] = []
    lines: list[str] = []

    def close() -> None:
        if paragraph := "\n".join(lines).strip():
            blocks.append(Block("text", paragraph))
        lines.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith("# "):
            close()
            blocks.append(Block("heading", line[2:].strip()))
        elif line.strip():
            lines.append(line.rstrip())
        else:
            close()
    close()
    return blocks


def composed(opening: str, clauses: Iterable[tuple[str, str]], closing: str, *, language: str) -> str:
    """Return the text of a new contract: opening, numbered clauses (title, text), closing."""
    with translation.override(language):
        numbered = [
            "# " + _("Clause %(number)s – %(title)s") % {"number": ordinal(number), "title": title} + f"\n\n{body}"
            for number, (title, body) in enumerate(clauses, 1)
        ]  # fmt: skip
    return "\n\n".join(part.strip() for part in (opening, *numbered, closing) if part.strip())


def ordinal(number: int) -> str:
    """Return a clause's number as the active language writes it: "1ª", "1"."""
    return f"{number}ª" if translation.get_language() != "en" else str(number)

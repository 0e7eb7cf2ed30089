"""Words a cadence's texts may hold, ``{{ primeiro_nome|cliente }}``: checked when saved, filled in when sent.

Nothing but a name and a fallback can stand between the braces: no expressions, no templates, nothing that runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.errors import FieldProblem

PLACE = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class Word:
    """One word: its name in texts, other names for it, what it means, and an example for previews."""

    name: str
    label: str | Promise
    example: str
    aliases: tuple[str, ...] = ()


WORDS = (
    Word("primeiro_nome", gettext_lazy("First name"), "Ana", ("first_name",)),
    Word("nome", gettext_lazy("Name"), "Ana Souza", ("name",)),
    Word("empresa", gettext_lazy("Company"), "Padaria Sol", ("company",)),
    Word("cargo", gettext_lazy("Job title"), "Gerente", ("job_title",)),
    Word("cidade", gettext_lazy("City"), "Campinas", ("city",)),
    Word("uf", gettext_lazy("State"), "SP", ("state",)),
    Word("negocio", gettext_lazy("Deal"), "Fornecimento 2027", ("deal",)),
    Word("vendedor", gettext_lazy("Sender's name"), "Rafael Lima", ("sender",)),
    Word("email_vendedor", gettext_lazy("Sender's e-mail"), "rafael@empresa.com.br", ("sender_email",)),
    Word("minha_empresa", gettext_lazy("Your company"), "Sua Empresa", ("own_company",)),
)
_BY_NAME: dict[str, Word] = {name: word for word in WORDS for name in (word.name, *word.aliases)}
EXAMPLES = {word.name: word.example for word in WORDS}


class NoValue(Exception):
    """A word has neither a value for this customer nor a fallback."""

    def __init__(self, word: Word) -> None:
        self.word = word
        super().__init__(word.name)


def check_words(field: str, text: str) -> list[FieldProblem]:
    """Return what is wrong with the words of a text: an unknown one, or braces that don't close."""
    problems = []
    for match in PLACE.finditer(text):
        if match.group(1) not in _BY_NAME:
            message = _("There is no word “%(word)s”. Use one of: %(known)s.") % {
                "word": match.group(1)[:40],
                "known": ", ".join(word.name for word in WORDS),
            }
            problems.append(FieldProblem(field, "unknown_word", message))
    if _BRACES.search(PLACE.sub("", text)):
        message = _("Write words as {{ primeiro_nome|cliente }}: two braces on each side.")
        problems.append(FieldProblem(field, "braces", message))
    return problems


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its words replaced by ``values`` (by the words' first names), or by their fallbacks.

    Raises:
        NoValue: a word has neither. A word nobody knows any more counts as one without a value.
    """

    def replaced(match: re.Match[str]) -> str:
        word = _BY_NAME.get(match.group(1)) or Word(match.group(1), match.group(1), "")
        value = " ".join(values.get(word.name, "").split()) or (match.group(2) or "").strip()
        if not value:
            raise NoValue(word)
        return value

    return PLACE.sub(replaced, text)


def words_in(text: str) -> set[str]:
    """Return the first names of the words a text uses."""
    return {word.name for match in PLACE.finditer(text) if (word := _BY_NAME.get(match.group(1)))}

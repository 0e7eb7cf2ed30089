"""The catalogue: what conditions can be about. Modules fill it from their ``registrations.py``.

A *subject* is a kind of record conditions select ("person", "order"). It has *fields* (values of the record itself or of
what belongs to it one to one) and *relations* (records that hang on it, many to one). Upper modules extend subjects of
lower ones; providers add fields that are known only at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.core.rights import field_access, may

Words = str | Promise
Choice = tuple[str, Words]
Choices = Sequence[Choice] | Callable[[Member | None], Sequence[Choice]]
FieldType = Literal["text", "choice", "number", "money", "date", "moment", "yesno", "member", "record"]
MEASURABLE = ("number", "money")
DATED = ("date", "moment")


@dataclass(frozen=True)
class Through:
    """Where the values of a field with several of them live: ``rows`` hang on the record by ``link``, hold ``value``."""

    rows: Callable[[], QuerySet[Any]]
    link: str
    value: str


@dataclass(frozen=True)
class Field:
    """One thing a condition can ask of a record.

    Exactly one of ``path``, ``expression``, ``through`` and ``by`` says where its value is.

    Attributes:
        key: stable name, kept in saved conditions.
        label: how a person reads it.
        type: decides operators and inputs.
        path: ORM path from the subject's rows; only relations to one.
        expression: gives an expression over the subject's rows instead (custom fields, computed values).
        through: several values per record; operators "any of", "all of", "none of".
        by: gives the condition for an operator's positive form itself, ``(operator, value, reader)``; it must never be NULL.
        rights: names of rights fields it reveals ("address", or "customer.address" of another object); hidden with any of
            them. Its own key where nothing is said.
        choices: of a "choice": pairs, or a function of the reader giving them.
        names: of a "record": labels of ids, ``(reader, ids)``; ids that are missing don't exist for that reader.
        find: of a "record": what typing offers, ``(reader, text)``.
        folded: path of a column that holds the text folded already (``sort_name``), by which it is compared.
        raw: the text is a code, compared as it is stored, so that its index serves (CPF, SKU). clean: makes what people type
            one of those codes.
        unit, places: of numbers: what stands beside, decimal places.
        yearly: the date comes back every year (birthdays): operators for anniversaries.
        operators: limits the operators offered; all of the type where nothing is said.
        beside: a condition that rows satisfying a positive test always satisfy, for the index to be used.
        section: under which heading the builder lists it.
    """

    key: str
    label: Words
    type: FieldType
    path: str = ""
    expression: Callable[[], Any] | None = None
    through: Through | None = None
    by: Callable[[str, Any, Member | None], Q] | None = None
    rights: tuple[str, ...] | None = None
    raw: bool = False
    clean: Callable[[str], str] | None = None
    choices: Choices = ()
    names: Callable[[Member | None, Sequence[str]], Mapping[str, str]] | None = None
    find: Callable[[Member | None, str], Sequence[Choice]] | None = None
    folded: str = ""
    unit: str = ""
    places: int = 0
    yearly: bool = False
    operators: tuple[str, ...] = ()
    beside: Q | None = None
    section: Words = ""

    def __post_init__(self) -> None:
        sources = [
            bool(self.path),
            self.expression is not None,
            self.through is not None,
            self.by is not None,
        ]
        if sum(sources) != 1:
            raise ValueError(f"field {self.key}: give one of path, expression, through and by")

    @property
    def is_multiple(self) -> bool:
        """Whether a record has several values of it."""
        return self.through is not None

    def options(self, reader: Member | None) -> list[Choice]:
        """Return the choices the reader is offered."""
        return list(self.choices(reader) if callable(self.choices) else self.choices)


@dataclass(frozen=True)
class Relation:
    """Records that hang on the subject's: orders of a person, people of a company.

    Attributes:
        key: stable name.
        label: how a person reads it, plural ("Orders").
        noun: as it stands inside a sentence, plural and lower case ("orders").
        subject: key of the subject its records are; conditions on them use that one's fields and relations.
        rows: the records a reader may see, ``(reader)``; no joins needed.
        link: ORM path from them to the subject's primary key ("party_id"); or
        forward: ORM path from the subject to their primary key, for the one record it belongs to ("party_id").
        only: a further condition on the same join (an affiliation that lasts).
        dated: key of the field of ``subject`` that periods mean; "" where there is none.
        rights: rights fields of the outer subject it reveals.
        any_words, none_words: sentences for "has some" and "has none" ("bought", "did not buy").
        section: under which heading the builder lists it.
    """

    key: str
    label: Words
    noun: Words
    subject: str
    rows: Callable[[Member | None], QuerySet[Any]]
    link: str = ""
    forward: str = ""
    only: Q | None = None
    dated: str = ""
    rights: tuple[str, ...] = ()
    any_words: Words = ""
    none_words: Words = ""
    section: Words = ""


Entry = Field | Relation
Provider = Callable[[Member | None], Iterable[Entry]]


@dataclass(frozen=True)
class Subject:
    """A kind of record.

    Attributes:
        key: stable name.
        label: plural, as a heading ("People").
        model: its rows' model.
        rights: the rights object that hides its fields and opens it.
        rows: the records a reader may see, ``(reader)``; None reads everything that isn't deleted.
        listed: whether conditions about it can stand alone; others only appear inside relations.
    """

    key: str
    label: Words
    model: type[Model]
    rights: str
    rows: Callable[[Member | None], QuerySet[Any]]
    entries: tuple[Entry, ...] = ()
    listed: bool = True


@dataclass(frozen=True)
class Catalogue:
    """One subject as one reader may use it."""

    subject: Subject
    reader: Member | None
    fields: Mapping[str, Field] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)


_subjects: dict[str, Subject] = {}
_additions: dict[str, list[Entry]] = {}
_providers: dict[str, list[Provider]] = {}


def register_subject(subject: Subject) -> Subject:
    """Make a kind of record known and return it.

    Raises:
        ValueError: another one has its key.
    """
    if subject.key in _subjects and _subjects[subject.key] != subject:
        raise ValueError(f"subject {subject.key!r} is registered twice")
    _subjects[subject.key] = subject
    return subject


def extend_subject(key: str, *entries: Entry) -> None:
    """Add fields and relations to a subject, which may be registered later."""
    _additions.setdefault(key, []).extend(entries)


def register_provider(key: str, provider: Provider) -> None:
    """Add a source of fields and relations known only at run time: asked each time a catalogue is made."""
    _providers.setdefault(key, []).append(provider)


def subject_named(key: str) -> Subject | None:
    """Return the subject of a key, None when there is none."""
    return _subjects.get(key)


def subjects() -> list[Subject]:
    """Return every subject."""
    return list(_subjects.values())


def may_use(reader: Member | None, subject: Subject) -> bool:
    """Return whether the reader sees this kind of record at all."""
    return reader is None or may(reader, subject.rights, "view")


def catalogue_of(subject: Subject, reader: Member | None) -> Catalogue:
    """Return what the reader may ask of a subject; nothing their role hides is in it."""
    hides = _Hiding(reader, subject.rights)
    fields: dict[str, Field] = {}
    relations: dict[str, Relation] = {}
    for entry in _entries(subject, reader):
        if isinstance(entry, Field):
            if not hides((entry.key,) if entry.rights is None else entry.rights):
                fields[entry.key] = entry
        elif not hides(entry.rights):
            target = _subjects.get(entry.subject)
            if target is not None and may_use(reader, target):
                relations[entry.key] = entry
    return Catalogue(subject, reader, fields, relations)


def _entries(subject: Subject, reader: Member | None) -> Iterable[Entry]:
    yield from subject.entries
    yield from _additions.get(subject.key, ())
    for provider in _providers.get(subject.key, ()):
        yield from provider(reader)


class _Hiding:
    """Whether a reader's role hides any of some rights fields, named ``field`` or ``object.field``."""

    def __init__(self, reader: Member | None, rights: str) -> None:
        self.reader = reader
        self.rights = rights
        self.known: dict[str, frozenset[str]] = {}

    def __call__(self, names: Iterable[str]) -> bool:
        if self.reader is None:
            return False
        for name in names:
            of, _dot, field_name = name.rpartition(".")
            of = of or self.rights
            if of not in self.known:
                self.known[of] = field_access(self.reader, of).hidden
            if field_name in self.known[of]:
                return True
        return False

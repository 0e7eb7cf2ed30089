"""What customers are found by: the text of ``PartySearch.lexemes`` and its upkeep.

Each lexeme carries a weight that tells its origin, so that a role from which a field is hidden can't find
customers by it: A names and everything public, B e-mails, C phones and places, D documents and custom fields. Under C
what begins with a digit is a phone and the rest a place, so that either can be hidden by itself; under D what begins with
a letter is of a custom field, and what begins with a digit may be of either (``policies.search_weights``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef
from django.db.models.functions import Coalesce

from ponte.core.arrays import array_text
from ponte.core.brazil.phones import ninth_digit_variants
from ponte.core.setbased import update_rows
from ponte.core.text import MAX_LEXEMES, number_lexemes, search_lexemes, sort_key, weighted_document, words
from ponte.directory.models import (
    Identity,
    IdentityKind,
    Party,
    PartyEmail,
    PartyPhone,
    PartySearch,
    PartyTag,
    SocialHandle,
)
from ponte.workplace.custom_fields.searching import searched_texts


@dataclass(frozen=True, kw_only=True)
class Findable:
    """Everything one customer is found by."""

    names: Sequence[str] = ()
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    documents: Sequence[str] = ()
    codes: Sequence[str] = ()
    handles: Sequence[str] = ()
    words: Sequence[str] = ()  # of the address: city and state
    custom: Sequence[str] = ()  # texts of custom fields


def sort_name(name: str, code: str) -> str:
    """Return the sorting key of a name; nameless customers come after all others."""
    return sort_key(name) or f"~{code}"


def search_text(findable: Findable) -> str:
    """Return the text of the ``tsvector`` of one customer."""
    phones = _phone_lexemes(findable.phones)
    for text in findable.words:
        phones.update(_place_words(text))
    parts = (
        (search_lexemes(names=findable.names, digits=findable.codes, extra=findable.handles), ":1A"),
        (search_lexemes(emails=findable.emails), ":2B"),
        (list(phones)[:MAX_LEXEMES], ":3C"),
        (search_lexemes(names=findable.custom, digits=findable.documents), ":4D"),
    )
    return " ".join(weighted_document(lexemes, mark) for lexemes, mark in parts if lexemes)


def refresh_search(party_ids: Iterable[UUID]) -> None:
    """Write the words and the ``sort_name`` of customers anew from what is stored about them. Three statements at most.

    Only what differs is written: entering words and moving a customer in every list is the dearest part of an edit.
    """
    texts: list[tuple[UUID, str]] = []
    moved: list[tuple[UUID, str]] = []
    for row in _sources(party_ids):
        (
            party_id,
            name,
            code,
            city,
            state,
            social_name,
            cpf,
            legal_name,
            cnpj,
            emails,
            phones,
            marks,
            tags,
            handles,
            kind,
            custom,
            sorted_as,
        ) = row
        findable = Findable(
            codes=[code, *(mark.partition(":")[2] for mark in marks)],
            names=[*(text for text in (name, social_name, legal_name) if text), *tags],
            emails=emails,
            phones=phones,
            documents=[text for text in (cpf, cnpj) if text],
            handles=handles,
            words=[city, state],
            custom=searched_texts(kind, custom),
        )
        texts.append((party_id, search_text(findable)))
        key = sort_name(name or legal_name or "", code)
        if key != sorted_as:
            moved.append((party_id, key))
    _write_texts(texts)
    update_rows(Party, ("sort_name",), moved)


def _write_texts(texts: Sequence[tuple[UUID, str]]) -> None:
    if not texts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {PartySearch._meta.db_table} AS old (party_id, lexemes)"
            " SELECT id, words::tsvector FROM unnest(%s::uuid[], %s::text[]) AS given (id, words)"
            " ON CONFLICT (party_id) DO UPDATE SET lexemes = excluded.lexemes"
            " WHERE old.lexemes IS DISTINCT FROM excluded.lexemes",
            [array_text(part) for part in zip(*texts, strict=True)],
        )


def _sources(party_ids: Iterable[UUID]) -> Iterable[tuple]:  # type: ignore[type-arg]
    mine = {"party_id": OuterRef("pk")}
    marks = Identity.objects.filter(**mine, kind=IdentityKind.EXTERNAL).order_by("id").values("value")[:50]
    return (
        Party.objects.filter(id__in=list(party_ids))
        .order_by("id")
        .values_list(
            "id",
            "name",
            "code",
            "city",
            "state",
            Coalesce(F("person__social_name"), F("name")),
            "person__cpf",
            "company__legal_name",
            "company__cnpj",
            ArraySubquery(PartyEmail.objects.filter(**mine).values("address")),
            ArraySubquery(PartyPhone.objects.filter(**mine).values("number")),
            ArraySubquery(marks),
            ArraySubquery(PartyTag.objects.filter(**mine).values("tag__name")),
            ArraySubquery(SocialHandle.objects.filter(**mine).values("handle")),
            "kind",
            "custom",
            "sort_name",
        )
    )


def _phone_lexemes(phones: Iterable[str]) -> dict[str, None]:
    lexemes: dict[str, None] = {}
    for phone in phones:
        for variant in ninth_digit_variants(phone):
            lexemes.update(dict.fromkeys(number_lexemes(variant.lstrip("+"))))
    return lexemes


@lru_cache(maxsize=4096)
def _place_words(text: str) -> dict[str, None]:
    """Leave out what begins with a digit: it would pass for a phone."""
    return dict.fromkeys(word for word in words(text) if not word[0].isdigit())

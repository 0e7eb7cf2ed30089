"""Making input fit for the database: one pass over named fields, one problem for each that can't be used."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from ponte.core.brazil.dates import parse_date
from ponte.core.brazil.documents import normalise_cnpj, normalise_cpf
from ponte.core.brazil.numbers import parse_decimal, parse_integer
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member, Team
from ponte.directory.models import Company, Party, Person

PARTY_FIELDS = (
    "name",
    "source",
    "source_detail",
    "preferred_channel",
    "language",
    "tone",
    "alert",
    "description",
)
PERSON_FIELDS = (
    "social_name",
    "salutation",
    "cpf",
    "birthday",
    "gender",
    "marital_status",
    "education",
    "occupation",
    "job_title",
    "income_band",
    "nationality",
    "children",
)
COMPANY_FIELDS = (
    "legal_name",
    "cnpj",
    "parent_id",
    "state_registration",
    "municipal_registration",
    "industry",
    "cnae",
    "legal_nature",
    "size",
    "employees",
    "annual_revenue",
    "founded_on",
    "website",
)
ASSIGNMENT_FIELDS = ("owner_id", "team_id")
EARLIEST = date(1850, 1, 1)


def clean_line(text: str, *, multiline: bool = False) -> str:
    """Return ``text`` without control characters, broken surrogates and outer white space; emoji stay."""
    if text.isprintable():  # no control characters, no broken surrogates: nearly all text
        return text.strip() if multiline else " ".join(text.split())
    sound = text.encode("utf-8", "ignore").decode()
    kept = "".join(
        letter if unicodedata.category(letter) != "Cc" or (multiline and letter in "\n\t") else " "
        for letter in sound.replace("\r\n", "\n")
    )
    return kept.strip() if multiline else " ".join(kept.split())


class Cleaner:
    """Cleans the fields of one record and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []

    def refuse(self, field: str, code: str, message: str) -> None:
        """Note a problem with one field."""
        self.problems.append(FieldProblem(field, code, message))

    def stop_if_wrong(self) -> None:
        """Raise ``Invalid`` with everything noted so far."""
        if self.problems:
            raise Invalid(self.problems)

    def values(self, model: type[models.Model], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``given`` cleaned for the columns of ``model``; offending fields are noted and left out."""
        clean: dict[str, Any] = {}
        for name, value in given.items():
            if value == "" or value is None:
                clean[name] = _nothing(model, name, value)
                continue
            try:
                clean[name] = self._value(model, name, value)
            except Unreadable as unreadable:
                self.refuse(name, unreadable.code, unreadable.message)
            except ValidationError as error:
                self.refuse(name, error.error_list[0].code or "invalid", error.messages[0])
        return clean

    def _value(self, model: type[models.Model], name: str, value: Any) -> Any:
        special = _SPECIAL.get(name)
        if special is not None:
            return special(value)
        limit = _plain_limit(model, name)
        if limit and isinstance(value, str):
            line = clean_line(value)
            if len(line) <= limit:
                return line
        field = model._meta.get_field(name)
        assert isinstance(field, models.Field)
        if isinstance(field, (models.CharField, models.TextField)):
            value = clean_line(
                "" if value is None else str(value), multiline=isinstance(field, models.TextField)
            )
        elif isinstance(value, str):
            value = _number(field, clean_line(value))
        return field.clean(value, None) if value not in (None, "") else value


@lru_cache(maxsize=512)
def _nothing(model: type[models.Model], name: str, value: str | None) -> Any:
    """Return what an empty value of a column becomes; none of them is refused."""
    return Cleaner()._value(model, name, value)


@lru_cache(maxsize=512)
def _plain_limit(model: type[models.Model], name: str) -> int:
    """Return the most letters of a one-line text column without choices or checks of its own; 0 for other columns."""
    field = model._meta.get_field(name)
    if type(field) is not models.CharField or field.choices:
        return 0
    return (field.max_length or 0) if len(field.validators) == 1 else 0


def _number(field: models.Field[Any, Any], text: str) -> Any:
    if not text:
        return None
    return parse_integer(text) if isinstance(field, models.IntegerField) else parse_decimal(text)


def _empty_or(read: Callable[[str], str]) -> Callable[[Any], str]:
    def clean(value: Any) -> str:
        text = clean_line("" if value is None else str(value))
        return read(text) if text else ""

    return clean


def _past_date(value: Any) -> date | None:
    if value in (None, ""):
        return None
    found = value if isinstance(value, date) else parse_date(clean_line(str(value)), past=True)
    if found is not None and found > date.today():
        raise ValidationError(_("This date is in the future. Give a past one."), code="future_date")
    if found is not None and found < EARLIEST:
        raise ValidationError(_("This date is too long ago. Check the year."), code="too_early")
    return found


def _cnae(text: str) -> str:
    digits = "".join(letter for letter in text if letter in "0123456789")
    if len(digits) != 7:
        raise ValidationError(_("A CNAE has 7 digits, such as 4711-3/02."), code="cnae_invalid")
    return digits


def _website(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    if not address.lower().startswith(("http://", "https://")) or " " in address or "." not in address:
        raise ValidationError(
            _("Write a web address such as https://padaria.com.br."), code="website_invalid"
        )
    if len(address) > 240:
        raise ValidationError(_("This address is too long (240 characters at most)."), code="max_length")
    return address


def _existing(
    model: type[models.Model], message: Callable[[], str], **conditions: Any
) -> Callable[[Any], UUID | None]:
    def clean(value: Any) -> UUID | None:
        if value in (None, ""):
            return None
        try:
            found = model._default_manager.filter(**conditions).values_list("pk", flat=True).get(pk=value)
        except (ObjectDoesNotExist, ValidationError, ValueError, TypeError):
            raise ValidationError(message(), code="unknown") from None
        return UUID(str(found))

    return clean


clean_owner = _existing(Member, lambda: _("Choose an active member of the workspace."), is_active=True)
clean_team = _existing(Team, lambda: _("Choose an existing team."))
clean_company = _existing(Company, lambda: _("Choose an existing company."), party__deleted_at=None)

_SPECIAL: dict[str, Callable[[Any], Any]] = {
    "cpf": _empty_or(normalise_cpf),
    "cnpj": _empty_or(normalise_cnpj),
    "cnae": _empty_or(_cnae),
    "website": _empty_or(_website),
    "birthday": _past_date,
    "founded_on": _past_date,
    "owner_id": clean_owner,
    "team_id": clean_team,
    "parent_id": clean_company,
    "company_id": clean_company,
}


def split_fields(changes: Mapping[str, Any], *, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return ``changes`` cleaned and parted into those of the party and those of the person or company.

    Raises:
        Invalid: a field is unknown for this kind of customer or its value can't be used.
    """
    own_model: type[models.Model] = Person if kind == "person" else Company
    own_fields = PERSON_FIELDS if kind == "person" else COMPANY_FIELDS
    cleaner = Cleaner()
    for name in changes:
        if name not in PARTY_FIELDS and name not in own_fields and name not in ASSIGNMENT_FIELDS:
            cleaner.refuse(
                name, "unknown_field", _("Customers have no such field, or it is changed elsewhere.")
            )
    party_names = (*PARTY_FIELDS, *ASSIGNMENT_FIELDS)
    party = cleaner.values(Party, {n: v for n, v in changes.items() if n in party_names})
    own = cleaner.values(own_model, {n: v for n, v in changes.items() if n in own_fields})
    cleaner.stop_if_wrong()
    return party, own

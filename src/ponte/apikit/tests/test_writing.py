"""What the API writes equals what pydantic would have written."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, field_validator

from ponte.apikit.schemas import Money, Out
from ponte.apikit.writing import write


class Part(Out):
    name: str
    amount: Decimal


class Whole(Out):
    id: Any
    label: str
    is_done: bool
    count: int | None
    price: Money | None
    ratio: float
    born: date | None
    at: datetime
    opens: time
    tags: list[str]
    parts: list[Part]
    first: Part | None
    custom: dict[str, str | bool | list[str] | None]
    other: str = Field(validation_alias="another_name")
    missing: str = "nothing"
    shout: str

    rights_object: ClassVar[str] = ""

    @staticmethod
    def resolve_shout(row: Any, context: Any) -> str:
        return f"{row.label.upper()}{context['mark']}"


CONTEXT = {"mark": "!"}
amounts = st.decimals(-(10**9), 10**9, places=2)
parts = st.builds(lambda name, amount: SimpleNamespace(name=name, amount=amount), st.text(), amounts)
zones = st.sampled_from([UTC, timezone(timedelta(hours=-3))])
wholes = st.builds(
    SimpleNamespace,
    id=st.builds(uuid4),
    label=st.text(),
    is_done=st.booleans(),
    count=st.none() | st.integers(-(2**31), 2**31),
    price=st.none() | amounts,
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    born=st.none() | st.dates(),
    at=st.datetimes(timezones=zones),
    opens=st.times(),
    tags=st.lists(st.text(), max_size=3),
    parts=st.lists(parts, max_size=3),
    first=st.none() | parts,
    custom=st.dictionaries(
        st.text(), st.none() | st.text() | st.booleans() | st.lists(st.text(), max_size=2), max_size=3
    ),
    another_name=st.text(),
)


@given(wholes, st.sets(st.sampled_from(sorted(Whole.model_fields))))
def test_equals_pydantic(row: Any, fields: set[str]) -> None:
    slow = Whole.model_validate(row, from_attributes=True, context=CONTEXT).model_dump(
        mode="json", include=fields
    )
    assert write(row, Whole, fields, CONTEXT) == slow


def test_a_schema_with_rules_of_its_own_goes_through_pydantic() -> None:
    class Strict(Out):
        name: str

        @field_validator("name")
        @classmethod
        def upper(cls, value: str) -> str:
            return value.upper()

    assert write({"name": "ana"}, Strict, {"name"}, {}) == {"name": "ANA"}


def test_what_is_not_there_and_what_is_no_json() -> None:
    with pytest.raises(AttributeError):
        write(SimpleNamespace(name="x"), Part, {"amount"}, {})
    with pytest.raises(TypeError, match="object"):
        write({"id": object()}, Whole, {"id"}, {})

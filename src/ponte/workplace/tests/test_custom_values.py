"""What custom fields take in, store and refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ponte.workplace.custom_fields.kinds import Refused, from_json, to_json
from ponte.workplace.models import CustomField

CHOICES = [
    {"value": "dog", "label": "Cão", "tone": "blue", "archived": False},
    {"value": "cat", "label": "Gato, siamês", "tone": "red", "archived": False},
    {"value": "fish", "label": "Peixe", "tone": "green", "archived": True},
]


def field(kind: str) -> CustomField:
    return CustomField(object="person", key="x", slot="x", label="X", kind=kind, choices=CHOICES)


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("text", "  Ana \x00 🌻  ", "Ana 🌻"),
        ("text", 12, "12"),
        ("text", "   ", None),
        ("long_text", " a\r\nb ", "a\nb"),
        ("number", "1.234,50", "1234.5"),
        ("number", 10, "10"),
        ("number", 10.1, "10.1"),
        ("number", "-0", "0"),
        ("number", "1e3", "1000"),
        ("money", "R$ 1.234,5", "1234.50"),
        ("money", "0", "0.00"),
        ("date", "22/11/2026", "2026-11-22"),
        ("date", "2026-11-22", "2026-11-22"),
        ("choice", "cão", "dog"),
        ("choice", "cat", "cat"),
        ("choice", "fish", "fish"),
        ("multi_choice", ["cat", "dog", "cat"], ["dog", "cat"]),
        ("multi_choice", "Cão; peixe", ["dog", "fish"]),
        ("multi_choice", "Gato, siamês", ["cat"]),
        ("multi_choice", "dog, peixe", ["dog", "fish"]),
        ("boolean", "sim", True),
        ("boolean", False, False),
        ("link", "padaria.com.br/a?b=1", "https://padaria.com.br/a?b=1"),
        ("reference", "018F0000-0000-7000-8000-000000000000", "018f0000-0000-7000-8000-000000000000"),
    ],
)
def test_values_become_json(kind: str, raw: Any, stored: Any) -> None:
    assert to_json(field(kind), raw) == stored


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("text", "x" * 501, "max_length"),
        ("text", ["a"], "type"),
        ("text", True, "type"),
        ("number", "abc", "number_invalid"),
        ("number", float("inf"), "range"),
        ("number", "1" * 16, "range"),
        ("number", "0,1234567", "places"),
        ("money", "1,005", "places"),
        ("date", "31/02/2026", "date_invalid"),
        ("date", "1500-01-01", "range"),
        ("date", 5, "date_invalid"),
        ("choice", "bird", "invalid_choice"),
        ("multi_choice", 5, "type"),
        ("multi_choice", ["dog", "bird"], "invalid_choice"),
        ("boolean", "maybe", "boolean_invalid"),
        ("link", "javascript:alert(1)", "link_invalid"),
        ("link", "http://[", "link_invalid"),
        ("reference", "Ana", "unknown"),
    ],
)
def test_nonsense_is_refused_with_a_code(kind: str, raw: Any, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        to_json(field(kind), raw)
    assert refusal.value.code == code


def test_stored_nonsense_reads_as_nothing() -> None:
    assert from_json(field("number"), "12,5") is None
    assert from_json(field("date"), 5) is None
    assert from_json(field("money"), "12.50") == Decimal("12.50")

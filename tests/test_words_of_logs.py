"""What the audit log and the page of background work say is said in words, also about modules that come later."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from procrastinate.contrib.django import app

from ponte.workplace.admin.audit_words import VERBS, field_of, thing_of, value_of
from ponte.workplace.admin.job_words import NAMES

SOURCES = Path(__file__).resolve().parents[1] / "src" / "ponte"
ACT = re.compile(r"\bact=\"[a-z_]+\.([a-z_]+)\"|\brecord\(\s*[\w.]+,\s*\"[a-z_]+\.([a-z_]+)\"")


def test_every_act_of_the_code_has_a_verb():
    texts = (path.read_text() for path in SOURCES.rglob("*.py") if "tests" not in path.parts)
    acts = {one or other for text in texts for one, other in ACT.findall(text)}
    assert len(acts) > 80
    assert sorted(acts - set(VERBS)) == []


def test_every_background_job_has_a_name():
    ours = {name.removesuffix(".schedule") for name in app.tasks if "procrastinate" not in name}
    assert len(ours) > 60
    assert sorted(ours - set(NAMES)) == []


@pytest.mark.parametrize(
    ("name", "word"),
    [("quote", "proposta"), ("commissionplan", "plano de comissão"), ("price_list", "tabela de preços")],
)
def test_records_are_called_what_they_are_called_elsewhere(name, word):
    with translation.override("pt-br"):
        assert thing_of(name) == word


@pytest.mark.usefixtures("workspace")
def test_fields_are_called_as_where_they_are_stored():
    with translation.override("pt-br"):
        assert field_of("opportunity", "opportunity", "amount") == "Valor"
        assert field_of("contract", "contract", "unknown_field") == "Unknown field"


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("thing", "field", "value", "told"),
    [
        ("opportunity", "amount", "6310.00", "R$\xa06.310,00"),
        ("quote", "one_off", "6310.00", "6.310,00"),  # in its own currency
        ("product", "billing", "one_off", "Avulsa"),
        ("opportunity", "expected_close", "2026-11-26", "26/11/2026"),
        ("orderline", "quantity", "2.500", "2,5"),
        ("opportunity", "title", "one_off", "one_off"),
    ],
)
def test_values_are_written_as_people_write_them(thing, field, value, told):
    with translation.override("pt-br"):
        assert value_of(thing, field, value) == told

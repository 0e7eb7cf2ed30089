"""Cells become values, columns find their fields."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ponte.workplace.importing.files import Sample, SourceRow
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.mapping import fingerprint, guess_mapping
from ponte.workplace.importing.targets import FieldType, ImportField, ImportRow, ImportTarget
from ponte.workplace.importing.values import Plan, Reader, clean_cell, make_plan

ZONE = ZoneInfo("America/Sao_Paulo")
TARGET = ImportTarget(
    key="things",
    label="Things",
    icon="box",
    rights=("customer", "create"),
    apply=lambda rows, context: [],
    fields=(
        ImportField(
            "external_id",
            "External id",
            FieldType.IDENTIFIER,
            ("customer unique id", "código"),
            identity=True,
        ),
        ImportField(
            "name", "Name", synonyms=("nome", "nome completo", "razão social"), required=True, max_length=20
        ),
        ImportField("email", "E-mail", FieldType.EMAIL, ("e-mail", "correio"), several=True),
        ImportField("phone", "Phone", FieldType.PHONE, ("telefone", "celular"), several=True),
        ImportField("cpf", "CPF", FieldType.CPF),
        ImportField("birthday", "Birthday", FieldType.DATE, ("data de nascimento", "nascimento"), past=True),
        ImportField("bought_at", "Bought at", FieldType.MOMENT, ("comprado em",)),
        ImportField("value", "Value", FieldType.NUMBER, ("valor",)),
        ImportField("pieces", "Pieces", FieldType.INTEGER, ("peças",)),
        ImportField("active", "Active", FieldType.BOOLEAN, ("ativo",)),
        ImportField("state", "State", FieldType.STATE, ("UF", "estado")),
        ImportField(
            "stage",
            "Stage",
            FieldType.CHOICE,
            ("etapa",),
            choices={"lead": ("Potencial",), "won": ("Ganho",)},
        ),
    ),
)


def sample(headers: list[str], *rows: list[str]) -> Sample:
    return Sample(Layout(), headers, [SourceRow(n, row) for n, row in enumerate(rows, start=2)], len(rows))


def read(headers: list[str], *rows: list[str], **constants: str) -> list[Any]:
    found = sample(headers, *rows)
    plan = make_plan(TARGET, found, guess_mapping(TARGET, found), constants)
    assert Plan.from_json(plan.to_json()) == plan
    reader = Reader(TARGET, plan, width=found.width, zone=ZONE)
    return [reader.read(row) for row in found.rows]


def test_headers_in_both_languages() -> None:
    headers = ["Customer_Unique_ID", "NOME COMPLETO", "E-mail", "e-mail 2", "Telefone Celular", "Data de Nascimento",
               "Comprado em", "Valor (R$)", "Ativo?", "UF", "Etapa", "Observações"]  # fmt: skip
    mapping = guess_mapping(TARGET, sample(headers, [""] * 12))
    assert list(mapping.values()) == [
        "external_id", "name", "email", "email", "phone", "birthday", "bought_at", "value", "active", "state", "stage",
    ]  # fmt: skip
    assert 11 not in mapping


def test_values_tell_where_headers_do_not() -> None:
    found = sample(
        ["Coluna 1", "Coluna 2", "Coluna 3", "Coluna 4"],
        ["a@x.com", "529.982.247-25", "(11) 98765-4321", "SP"],
        ["b@x.com", "529.982.247-25", "(11) 3333-4321", "MG"],
    )
    assert guess_mapping(TARGET, found) == {0: "email", 1: "cpf", 2: "phone", 3: "state"}


def test_reason_column_of_a_mended_file_is_left_out() -> None:
    assert guess_mapping(TARGET, sample(["Nome", "Motivo da recusa"], ["Ana", "x"])) == {0: "name"}


def test_what_a_customer_declared_is_not_our_value() -> None:
    found = sample(["declared_value_monthly", "Value (BRL)"], ["1", "2"])
    assert guess_mapping(TARGET, found) == {1: "value"}


def test_same_headers_same_fingerprint() -> None:
    one, two = sample(["Nome", "E-mail"], ["a", "b"]), sample([" nome", "E_MAIL"], ["c", "d"])
    assert fingerprint(TARGET, one) == fingerprint(TARGET, two)
    assert fingerprint(TARGET, one) != fingerprint(TARGET, sample(["Nome"], ["a"]))


def test_values() -> None:
    headers = [
        "nome",
        "email",
        "email",
        "nascimento",
        "comprado em",
        "valor",
        "peças",
        "ativo",
        "etapa",
        "código",
    ]
    (row,) = read(
        headers,
        [
            "  Ana  ",
            "a@x.com",
            "b@x.com",
            "02/03/85",
            "02/03/2024 14:30",
            "R$ 1.234,56",
            "3,0",
            "sim",
            "POTENCIAL",
            "12345.0",
        ],
    )
    assert isinstance(row, ImportRow)
    assert row.number == 2
    assert row.values == {
        "name": "Ana",
        "email": ["a@x.com", "b@x.com"],
        "birthday": date(1985, 3, 2),
        "bought_at": datetime(2024, 3, 2, 14, 30, tzinfo=ZONE),
        "value": Decimal("1234.56"),
        "pieces": 3,
        "active": True,
        "stage": "lead",
        "external_id": "12345",
    }


def test_a_column_is_read_as_its_other_values_are() -> None:
    rows = read(["nome", "valor", "nascimento"], ["a", "10.900", "01/02/1990"], ["b", "99.9", "01/25/1990"])
    assert [row.values["value"] for row in rows] == [Decimal("10.9"), Decimal("99.9")]
    assert rows[0].values["birthday"] == date(1990, 1, 2)


def test_excel_days() -> None:
    (row,) = read(["nome", "comprado em"], ["a", "44927.5"])
    assert row.values["bought_at"] == datetime(2023, 1, 1, 12, tzinfo=ZONE)


def test_everything_wrong_with_a_row_is_said() -> None:
    (problems,) = read(["nome", "valor", "ativo", "etapa"], ["", "muito", "talvez", "Perdido"])
    assert [(each.field, each.code) for each in problems] == [
        ("value", "number_invalid"),
        ("active", "boolean_invalid"),
        ("stage", "unknown_choice"),
        ("name", "required"),
    ]
    assert all(each.message for each in problems)
    assert "Potencial" in problems[2].message


def test_more_cells_than_columns() -> None:
    (problems,) = read(["nome", "valor"], ["a", "1", "2"])
    assert [each.code for each in problems] == ["too_many_cells"]
    (row,) = read(["nome", "valor"], ["a", "1", ""])
    assert row.values["name"] == "a"


def test_huge_cell() -> None:
    (problems,) = read(["nome", "etapa"], ["x" * 10_000_000, ""])
    assert ("name", "too_long") in [(each.field, each.code) for each in problems]


def test_constants_fill_in() -> None:
    rows = read(["nome", "etapa"], ["a", ""], ["b", "ganho"], stage="potencial")
    assert [row.values["stage"] for row in rows] == ["lead", "won"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(" x ", "x"), ("NULL", ""), ("\\N", ""), ("#N/D", ""), ("-", ""), ("'=1+1", "=1+1"), ("'aspas'", "'aspas'"),
     ("a\x00b", "ab"), ("0000-00-00", ""), ("Nada", "Nada")],
)  # fmt: skip
def test_clean_cell(cell: str, text: str) -> None:
    assert clean_cell(cell) == text

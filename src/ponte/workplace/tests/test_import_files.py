"""Files as they really are: encodings, separators, headers or none, spreadsheets, and what is no table at all."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.utils import translation

from ponte.core.errors import Invalid
from ponte.workplace.importing.files import Sample, data_rows, detect_layout, take_sample

ROWS = "Nome;Cidade;Valor\nJoão;São Paulo;1.234,56\nConceição;Maringá;7,00\n"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def write(tmp_path: Path, content: bytes | str, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def sample_of(path: Path) -> Sample:
    return take_sample(path, detect_layout(path))


def cells(path: Path) -> list[list[str]]:
    return [row.cells for row in data_rows(path, detect_layout(path))]


def refusal(path: Path) -> str:
    with pytest.raises(Invalid) as refused:
        sample = sample_of(path)
        list(data_rows(path, sample.layout))
    assert str(refused.value.problems[0].message)
    return refused.value.problems[0].code


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("latin-1", "cp1252"), ("cp1252", "cp1252"), ("utf-16", "utf-16"),
     ("utf-16-le", "utf-16-le")],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, found: str) -> None:
    path = write(tmp_path, ROWS.encode(encoding))
    sample = sample_of(path)
    assert sample.layout.encoding == found
    assert sample.headers == ["Nome", "Cidade", "Valor"]
    assert cells(path)[0] == ["João", "São Paulo", "1.234,56"]


def test_accents_late_in_a_long_file(tmp_path: Path) -> None:
    path = write(tmp_path, ("Nome;Cidade\n" + "Ana;Rio\n" * 400_000 + "João;Belém\n").encode("cp1252"))
    sample = sample_of(path)
    assert sample.layout.encoding == "cp1252"
    assert abs(sample.estimated_rows - 400_001) < 10
    assert cells(path)[-1] == ["João", "Belém"]


def test_windows_characters(tmp_path: Path) -> None:
    path = write(tmp_path, "Nome;Nota\nAna;“ótimo” – 5€\n".encode("cp1252"))
    assert cells(path) == [["Ana", "“ótimo” – 5€"]]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_separators(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path, ROWS.replace(",56", "").replace(",00", "").replace(";", delimiter))
    assert sample_of(path).layout.delimiter == delimiter
    assert len(cells(path)[0]) == 3


def test_separator_that_excel_announces(tmp_path: Path) -> None:
    path = write(tmp_path, "sep=;\r\n" + ROWS)
    assert sample_of(path).headers == ["Nome", "Cidade", "Valor"]
    assert len(cells(path)) == 2


def test_decimal_commas_do_not_separate(tmp_path: Path) -> None:
    path = write(tmp_path, "Nome;Valor\nAna;1,5\nBia;2,5\nCaio;3,5\n")
    assert sample_of(path).layout.delimiter == ";"


def test_quotes_lines_and_mixed_line_ends(tmp_path: Path) -> None:
    path = write(tmp_path, 'a,b\r\n"um ""dois""","linha 1\nlinha 2"\n"x, y",z\r"fim",\n')
    assert cells(path) == [['um "dois"', "linha 1\nlinha 2"], ["x, y", "z"], ["fim", ""]]


def test_backslash_escapes(tmp_path: Path) -> None:
    path = write(tmp_path, 'a,b\n"diz \\"oi\\"",1\n"x",2\n')
    assert cells(path)[0] == ['diz "oi"', "1"]


def test_single_quotes(tmp_path: Path) -> None:
    path = write(tmp_path, "a;b\n'x; y';'1'\n'z';'2'\n")
    assert cells(path)[0] == ["x; y", "1"]


def test_no_header(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "dac32acd4db4c29c,2018-02-01 00:00:00,social\n8c18d1de7f67e60d,2017-10-20 00:00:00,email\n" * 3,
    )
    sample = sample_of(path)
    assert not sample.layout.has_header
    assert sample.headers == ["Column 1", "Column 2", "Column 3"]
    assert len(cells(path)) == 6


def test_single_column(tmp_path: Path) -> None:
    path = write(tmp_path, "email\na@x.com\nb@x.com\n")
    assert sample_of(path).headers == ["email"]
    assert cells(path) == [["a@x.com"], ["b@x.com"]]


def test_duplicate_and_missing_headers(tmp_path: Path) -> None:
    path = write(tmp_path, "Telefone;Telefone;;Nome\n1;2;3;Ana\n")
    assert sample_of(path).headers == ["Telefone", "Telefone (2)", "Column 3", "Nome"]


def test_row_numbers_are_those_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = write(tmp_path, 'a;b\n"x\ny";1\n\n;\nz;2\n')
    assert [row.number for row in data_rows(path, detect_layout(path))] == [2, 5]


def test_going_on_behind_a_row(tmp_path: Path) -> None:
    path = write(tmp_path, "a;b\n" + "".join(f"{n};x\n" for n in range(10)))
    layout = detect_layout(path)
    assert [row.cells[0] for row in data_rows(path, layout, after=6)] == ["5", "6", "7", "8", "9"]


def test_300_columns(tmp_path: Path) -> None:
    path = write(tmp_path, ";".join(f"c{n}" for n in range(300)) + "\n" + ";".join(["x"] * 300) + "\n")
    assert sample_of(path).width == 300


def test_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Vazia")
    sheet = book.add_worksheet("Clientes")
    sheet.write_row(1, 0, ["Nome", "CPF", "Nascimento", "Valor", "Ativo"])
    sheet.write_row(2, 0, ["João", 1234567890])
    sheet.write_datetime(2, 2, date(1985, 3, 2), book.add_format({"num_format": "dd/mm/yyyy"}))  # type: ignore[arg-type]
    sheet.write_number(2, 3, 1234.5)
    sheet.write_boolean(2, 4, True)
    sheet.write_formula(3, 0, "=1/0", value="#DIV/0!")
    sheet.write(3, 1, "x")
    book.close()
    sample = sample_of(path)
    assert (sample.layout.kind, sample.layout.sheet) == ("sheet", "Clientes")
    assert sample.sheets == ["Vazia", "Clientes"]
    assert sample.headers == ["Nome", "CPF", "Nascimento", "Valor", "Ativo"]
    assert [row.number for row in sample.rows] == [3, 4]
    assert sample.rows[0].cells == ["João", "1234567890", "1985-03-02", "1234.5", "true"]
    assert sample.rows[1].cells[:2] == ["", "x"]


def test_no_tables(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, b"")) == "empty"
    assert refusal(write(tmp_path, "Nome;Cidade\n")) == "no_rows"
    assert refusal(write(tmp_path, b"%PDF-1.7 ...")) == "no_table"
    assert refusal(write(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(range(256)))) == "no_table"
    assert refusal(write(tmp_path, bytes(range(256)) * 50)) == "no_table"
    assert refusal(write(tmp_path, b"PK\x03\x04garbage")) == "broken"
    assert refusal(write(tmp_path, b"\xd0\xcf\x11\xe0" + b"x" * 600)) == "broken"


def test_archive_and_bomb(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a;b")
    assert refusal(path) == "zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry:
            for _block in range(1100):
                entry.write(bytes(1 << 20))
    assert path.stat().st_size < 3 << 20
    assert refusal(path) == "bomb"


def test_quote_that_is_never_closed(tmp_path: Path) -> None:
    path = write(tmp_path, 'a;b\n1;2\n3;4\n5;6\n"x;' + "y" * (33 << 20))
    assert refusal(path) == "unreadable"

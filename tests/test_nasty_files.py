"""Files as people really send them: each comes in right, or its sender is told what to do."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.directory.models import Company, Party, PartyAddress, Person
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.models import ImportRun

HEADER = "Código;Nome;CPF;Celular;Nascimento;CEP\n"
ANA = "1;Ana Conceição;529.982.247-25;(11) 98765-4321;22/11/85;01310-100\n"
Bring = Callable[..., ImportRun]


@pytest.fixture
def bring(workspace: Any, admin: Any, tmp_path: Path) -> Bring:
    """Return what imports content, whatever it is, in the administrator's name."""

    def run(
        content: str | bytes, *, target: str = "people", name: str = "arquivo.csv", **more: Any
    ) -> ImportRun:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run_import_file(actor=Actor.for_member(admin), target=target, path=path, source="erp", **more)

    return run


def ana() -> tuple[str, str, str, str, str]:
    person = Person.objects.select_related("party").get()
    address = PartyAddress.objects.get()
    return person.party.name, person.cpf, person.party.phone, str(person.birthday), address.postal_code


RIGHT = ("Ana Conceição", "52998224725", "+5511987654321", "1985-11-22", "01310100")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_latin_1_windows_1252_and_byte_order_marks(bring: Bring, encoding: str) -> None:
    assert bring((HEADER + ANA).encode(encoding)).created == 1
    assert ana() == RIGHT


def test_characters_that_only_windows_1252_has(bring: Bring) -> None:
    bring("Nome;E-mail\nAna – “Nina” €;ana@exemplo.com.br\n".encode("cp1252"))
    assert Party.objects.get().name == "Ana – “Nina” €"


def test_mixed_line_ends(bring: Bring) -> None:
    run = bring("Código;Nome\r\n1;Ana\n2;Bia\r\n3;Caio\r4;Davi".encode())
    assert run.created == 4


def test_quotes_inside_quotes(bring: Bring) -> None:
    bring('Código;Nome;Observações\n1;"Ana ""Nina"" Souza";"disse: ""ligo; depois""\nsegunda linha"\n')
    party = Party.objects.get()
    assert party.name == 'Ana "Nina" Souza'
    assert party.description == 'disse: "ligo; depois"\nsegunda linha'


def test_money_as_brazilians_write_it(bring: Bring) -> None:
    bring(
        "Nome;Faturamento\nPadaria A;R$ 1.234,56\nPadaria B;1.234,56\nPadaria C;R$1.234.567,89\n",
        target="companies",
    )
    assert {str(each) for each in Company.objects.values_list("annual_revenue", flat=True)} == {
        "1234.56",
        "1234567.89",
    }


def test_two_digit_years_and_days_of_excel(bring: Bring) -> None:
    bring("Nome;CPF;Nascimento\nAna;529.982.247-25;05/03/31\n")
    assert str(Person.objects.get().birthday) == "1931-03-05"
    bring("Código;Nome;Nascimento\n7;Bia;31373\n8;Caio;29221\n", name="dias.csv")
    assert str(Person.objects.get(party__name="Bia").birthday) == "1985-11-22"


def test_lost_leading_zeros(bring: Bring) -> None:
    bring("Código;Nome;CPF;CEP\n1;Ana;1234567890;1310100\n", name="a.csv")
    assert ana()[1:5:3] == ("01234567890", "01310100")
    bring("Nome;CNPJ\nPadaria;191\nBanco;000000000191\n", target="companies", name="b.csv")
    assert set(Company.objects.values_list("cnpj", flat=True)) == {"00000000000191"}


def test_phones_in_scientific_notation(bring: Bring) -> None:
    run = bring("Código;Nome;Celular\n1;Ana;1,1987654321E+10\n2;Bia;1,19877E+10\n")
    assert Party.objects.get().phone == "+5511987654321"
    (refused,) = run.rejections.all()
    assert refused.problems[0][:2] == ["phone", "scientific"]


def test_merged_cells_and_several_sheets(bring: Bring) -> None:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    book.add_worksheet("Capa")
    sheet = book.add_worksheet("Clientes")
    sheet.write_row(0, 0, ["Código", "Nome", "Cidade"])
    sheet.write_row(1, 0, [1, "Ana"])
    sheet.write_row(2, 0, [2, "Bia"])
    sheet.merge_range(1, 2, 2, 2, "Campinas")
    book.close()
    assert bring(content.getvalue(), name="clientes.xlsx").created == 2
    assert dict(Party.objects.values_list("name", "city")) == {"Ana": "Campinas", "Bia": ""}


def test_300_columns(bring: Bring) -> None:
    extra = [f"Coluna {number}" for number in range(298)]
    text = ";".join(["Código", "Nome", *extra]) + "\n" + ";".join(["1", "Ana", *extra]) + "\n"
    run = bring(text)
    assert (run.created, run.rejected, len(run.headers)) == (1, 0, 300)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"Nome;CPF\n", "no_rows"),
        (bytes(range(256)) * 40, "no_table"),
        (b"%PDF-1.7\n", "no_table"),
        (b"PK\x03\x04 half an archive", "broken"),
    ],
)
def test_what_is_no_table(bring: Bring, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        bring(content)
    assert refusal.value.problems[0].code == code
    assert str(refusal.value.problems[0].message)


def test_a_bomb(bring: Bring) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _block in range(1040):
                sheet.write(b"0" * 2**20)
    assert len(content.getvalue()) < 2 * 2**20
    with pytest.raises(Invalid) as refusal:
        bring(content.getvalue(), name="bomba.xlsx")
    assert refusal.value.problems[0].code == "bomb"


def test_formulas_are_text_and_go_out_harmless(bring: Bring, admin: Any, client_for: Any) -> None:
    run = bring('Código;Nome;CPF\n1;"=HYPERLINK(""http://x"")";\n2;"=1+1";111.111.111-11\n')
    assert Party.objects.get().name == '=HYPERLINK("http://x")'
    answer = client_for(admin).get(f"/teste/import/{run.id}/refused.csv")
    rows = list(
        csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";")
    )
    assert rows[1][1] == "'=1+1"


def test_a_cell_of_10_mb(bring: Bring) -> None:
    run = bring(f"Código;Nome;Observações\n1;Ana;{'x' * 10_000_000}\n2;Bia;curta\n")
    assert (run.created, run.rejected) == (1, 1)
    (refused,) = run.rejections.all()
    assert refused.problems[0][:2] == ["description", "too_long"]
    assert len(refused.cells[2]) <= 10_000


def test_duplicate_headers(bring: Bring) -> None:
    run = bring("Código;Nome;Telefone;Telefone\n1;Ana;(11) 98765-4321;(11) 3333-4444\n")
    assert run.headers[3] == "Telefone (2)"
    assert sorted(Party.objects.get().phones.values_list("number", flat=True)) == [
        "+551133334444",
        "+5511987654321",
    ]


def test_no_header(bring: Bring) -> None:
    run = bring(
        "Ana;529.982.247-25;ana@exemplo.com.br\nBia;111.444.777-35;bia@exemplo.com.br\n", constants={}
    )
    assert (run.layout["has_header"], run.created) == (False, 2)
    assert set(Person.objects.values_list("cpf", flat=True)) == {"52998224725", "11144477735"}

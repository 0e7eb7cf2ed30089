"""Pix codes against the Central Bank's own examples and the published check values of the checksum."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ponte.sales.pix import crc16, is_pix_code, pix_code, read_pix_key

# Manual do BR Code / Manual de Padrões para Iniciação do Pix: the static example
MANUAL = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal"
    "6008BRASILIA62070503***63041D3D"
)


def test_the_checksums_published_values():
    assert crc16(b"123456789") == 0x29B1
    assert crc16(b"") == 0xFFFF
    assert crc16(MANUAL[:-4].encode()) == 0x1D3D


def test_the_manuals_example_is_made_letter_by_letter():
    made = pix_code(key="123e4567-e12b-12d1-a456-426655440000", name="Fulano de Tal", city="BRASILIA")
    assert made == MANUAL
    assert is_pix_code(made)
    assert not is_pix_code(made[:-1] + "E")
    assert not is_pix_code("x")


def test_amount_reference_and_folded_names():
    made = pix_code(
        key="+5511912345678", name="Café São João & Filhos Importação Ltda", city="São José dos Campos",
        amount=Decimal("1234.5"), reference="PROPOSTA-12/ã",
    )  # fmt: skip
    assert "54071234.50" in made
    assert "5925Cafe Sao Joao & Filhos Im" in made
    assert "6015Sao Jose dos Ca" in made
    assert "62140510PROPOSTA12" in made
    assert is_pix_code(made)


def test_every_length_is_told_right():
    made = pix_code(key="a" * 70 + "@x.com", name="😀", city="", amount=Decimal("0.01"), note="x" * 80)
    position, seen = 0, []
    while position < len(made):
        size = int(made[position + 2 : position + 4])
        seen.append(made[position : position + 2])
        position += 4 + size
    assert position == len(made)
    assert seen == ["00", "26", "52", "53", "54", "58", "59", "60", "62", "63"]


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "10000000000"])
def test_wrong_amounts_are_refused(amount):
    with pytest.raises(ValueError, match="amount"):
        pix_code(key="x@y.com", name="A", city="B", amount=Decimal(amount))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("529.982.247-25", "cpf", "52998224725"),
        ("11.222.333/0001-81", "cnpj", "11222333000181"),
        ("(11) 91234-5678", "phone", "+5511912345678"),
        ("+55 11 91234-5678", "phone", "+5511912345678"),
        ("Loja@Exemplo.com.br", "email", "loja@exemplo.com.br"),
        ("123E4567-E12B-12D1-A456-426655440000", "random", "123e4567-e12b-12d1-a456-426655440000"),
    ],
)
def test_keys_as_people_write_them(text, kind, value):
    found = read_pix_key(text)
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize("text", ["", "abc", "123", "a@b", "529.982.247-26"])
def test_what_is_no_key(text):
    with pytest.raises(ValueError, match="Pix"):
        read_pix_key(text)

"""BrasilAPI (https://brasilapi.com.br): companies by CNPJ, addresses by CEP."""

from __future__ import annotations

from ponte.directory.adapters.registers.federal import read_company
from ponte.directory.adapters.registers.shapes import Found, Json, Shape, cep, place, text


def read_cep(answer: Json) -> Found | None:
    """Return an address of ``/cep/v2``; None when there is none."""
    found = {
        "postal_code": cep(text(answer, "cep")),
        "street": place(text(answer, "street", most=200)),
        "district": place(text(answer, "neighborhood", most=120)),
        "city": place(text(answer, "city", most=120)),
        "state": text(answer, "state", most=2).upper(),
    }
    if not found["city"]:
        return None
    return Found(address={name: value for name, value in found.items() if value})


CNPJ = Shape(
    "brasilapi", "cnpj", "BrasilAPI", "https://brasilapi.com.br/api", "/cnpj/v1/{code}", read_company
)
CEP = Shape(
    "brasilapi_cep", "cep", "BrasilAPI (CEP)", "https://brasilapi.com.br/api", "/cep/v2/{code}", read_cep
)

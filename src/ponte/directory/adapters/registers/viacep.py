"""ViaCEP (https://viacep.com.br): addresses by CEP. A CEP that isn't one is answered with ``{"erro": true}``, status 200."""

from __future__ import annotations

from ponte.directory.adapters.registers.shapes import Found, Json, Shape, cep, place, text


def read_cep(answer: Json) -> Found | None:
    """Return an address; None when there is none."""
    found = {
        "postal_code": cep(text(answer, "cep")),
        "street": place(text(answer, "logradouro", most=200)),
        "district": place(text(answer, "bairro", most=120)),
        "city": place(text(answer, "localidade", most=120)),
        "city_code": text(answer, "ibge"),
        "state": text(answer, "uf", most=2).upper(),
    }
    if "erro" in answer or not found["city"]:
        return None
    return Found(address={name: value for name, value in found.items() if value})


CEP = Shape("viacep", "cep", "ViaCEP", "https://viacep.com.br/ws", "/{code}/json/", read_cep)

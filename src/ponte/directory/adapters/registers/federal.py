"""The register of companies of the Receita Federal, as BrasilAPI and Minha Receita both pass it on."""

from __future__ import annotations

from ponte.directory.adapters.registers.shapes import Found, Json, cep, company, day, phones, place, text

# what the register calls the size of a company → ours; "DEMAIS" says only that it is none of the two
SIZES = {"MICRO EMPRESA": "micro", "ME": "micro", "EMPRESA DE PEQUENO PORTE": "small", "EPP": "small"}


def read_company(answer: Json) -> Found | None:
    """Return what the answer says of a company; None when it says nothing of one."""
    legal_name = text(answer, "razao_social", "nome_empresarial")
    if not legal_name:
        return None
    code = text(answer, "cnae_fiscal")
    size = SIZES.get(text(answer, "porte", "descricao_porte").upper(), "")
    is_mei = answer.get("opcao_pelo_mei") is True
    founded = day(text(answer, "data_inicio_atividade"))
    fields = {
        "legal_name": company(legal_name),
        "name": company(text(answer, "nome_fantasia")),
        "industry": text(answer, "cnae_fiscal_descricao", most=120),
        "cnae": code.zfill(7) if code.isdigit() and len(code) <= 7 and int(code) else "",
        "legal_nature": text(answer, "natureza_juridica", most=120),
        "size": "mei" if is_mei else size,
        "founded_on": founded,
    }
    email = text(answer, "email").lower()
    return Found(
        fields={name: value for name, value in fields.items() if value},
        emails=(email,) if "@" in email else (),
        phones=phones(text(answer, "ddd_telefone_1"), text(answer, "ddd_telefone_2")),
        address=_address(answer),
        status=text(answer, "descricao_situacao_cadastral", "situacao_cadastral"),
    )


def _address(answer: Json) -> dict[str, str]:
    kind, street = text(answer, "descricao_tipo_de_logradouro"), text(answer, "logradouro", most=180)
    found = {
        "postal_code": cep(text(answer, "cep")),
        "street": place(f"{kind} {street}".strip())[:200] if street else "",
        "number": text(answer, "numero", most=20),
        "complement": text(answer, "complemento", most=120),
        "district": place(text(answer, "bairro", most=120)),
        "city": place(text(answer, "municipio", most=120)),
        "city_code": text(answer, "codigo_municipio_ibge"),
        "state": text(answer, "uf", most=2).upper(),
    }
    if len(found["city_code"]) != 7:
        found["city_code"] = ""
    return {name: value for name, value in found.items() if value} if found["city"] else {}

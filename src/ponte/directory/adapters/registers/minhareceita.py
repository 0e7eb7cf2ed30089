"""Minha Receita (https://minhareceita.org, or one's own installation of it): companies by CNPJ."""

from __future__ import annotations

from ponte.directory.adapters.registers.federal import read_company
from ponte.directory.adapters.registers.shapes import Shape

CNPJ = Shape("minha_receita", "cnpj", "Minha Receita", "https://minhareceita.org", "/{code}", read_company)

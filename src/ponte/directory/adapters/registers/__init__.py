"""Public registers of companies (CNPJ) and addresses (CEP), a module for each provider's way of answering."""

from __future__ import annotations

from ponte.directory.adapters.registers import brasilapi, minhareceita, viacep
from ponte.directory.adapters.registers.shapes import Shape

SHAPES: dict[str, Shape] = {
    shape.key: shape for shape in (brasilapi.CNPJ, minhareceita.CNPJ, viacep.CEP, brasilapi.CEP)
}

__all__ = ["SHAPES", "Shape"]

"""The business as its documents show it: name, CNPJ, contact, colour, logo, and where deposits go."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, fields
from typing import Any

from ponte.core.brazil.documents import format_cnpj
from ponte.core.services.preferences import get_preference
from ponte.core.tenancy.scope import current_workspace

KEY, LOGO_KEY = "sales.brand", "sales.brand.logo"
COLOUR = "#0c3b38"


@dataclass(frozen=True)
class Brand:
    """What the workspace says about itself on paper. ``pix_key`` is in the banks' form; empty: no Pix codes."""

    name: str = ""
    cnpj: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    site: str = ""
    colour: str = COLOUR
    pix_key: str = ""
    pix_name: str = ""
    pix_city: str = ""

    @property
    def cnpj_text(self) -> str:
        return format_cnpj(self.cnpj)


def load_brand() -> Brand:
    """Return the open workspace's brand; its name is the workspace's until another is given. One query."""
    stored: dict[str, Any] = get_preference(KEY, {})
    known = {one.name: str(stored[one.name]) for one in fields(Brand) if stored.get(one.name)}
    return Brand(**{"name": current_workspace().name, **known})


def load_logo() -> tuple[str, bytes] | None:
    """Return the logo's content type and bytes; None without one."""
    stored = get_preference(LOGO_KEY)
    return (stored["type"], base64.b64decode(stored["data"])) if stored else None


def plain_brand(brand: Brand) -> dict[str, str]:
    """Return a brand as plain values."""
    return asdict(brand)

"""PDFs through Typst, in this process. What people wrote goes in as data; templates and fonts are files of the program."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ponte.sales.documents.pictures import as_svg

PLACE = Path(__file__).parent
FONTS = PLACE / "fonts"
PARTS = "parts.typ"
MAX_DATA = 2_000_000  # bytes; a quote has at most 200 lines and texts of some thousand letters
# no font here has them; the page shows them, paper would show empty boxes
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")


def typeset(
    template: str, data: Mapping[str, Any], *, at: datetime, logo: tuple[str, bytes] | None = None
) -> bytes:
    """Return the PDF of ``template`` (a file of this folder) with ``data``.

    The same data, logo and moment give the same bytes. Nothing outside the given files can be read.

    Args:
        at: the moment written into the file as its creation.
        logo: content type and bytes of an image.

    Raises:
        ValueError: more data than a document may have.
    """
    import typst  # 40 MB of code: only who makes a PDF pays for it

    name = "logo.svg" if logo else ""
    raw = _PICTURES.sub("", json.dumps({**data, "logo": name}, ensure_ascii=False)).encode()
    if len(raw) > MAX_DATA:
        raise ValueError("too much text for one document")
    files: dict[str, bytes] = {"main.typ": _source(template), PARTS: _source(PARTS), "data.json": raw}
    if logo:
        files[name] = as_svg(*logo)
    # its types don't know files in memory yet
    compiled: Any = typst.compile
    made = compiled(
        files,
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=at.replace(microsecond=0),
        format="pdf",
    )
    return bytes(made)


@lru_cache(maxsize=8)
def _source(template: str) -> bytes:
    return (PLACE / template).read_bytes()

"""What the routes of imports share: who may ask, and the content of a file."""

from __future__ import annotations

import base64

from django.utils.translation import gettext as _

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.core.errors import Denied, Invalid
from ponte.core.rights import may_area

IMPORT = scope("admin")


def require_import(request: ApiRequest) -> None:
    """Raise ``Denied`` unless the member may import."""
    if not may_area(request.member, "import"):
        raise Denied("import", "open")


def content_of(encoded: str) -> bytes:
    """Return the bytes of a base64 text; raises ``Invalid`` on "content"."""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise Invalid.on("content", "base64", _("The content is not base64.")) from error

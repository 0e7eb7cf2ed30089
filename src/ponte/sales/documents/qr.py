"""QR codes as pictures a page can show."""

from __future__ import annotations

import base64
import io


def qr_image(text: str) -> str:
    """Return ``text`` as a QR code: an SVG in a ``data:`` address."""
    import qrcode
    from qrcode.image.svg import SvgPathImage

    made = qrcode.make(text, image_factory=SvgPathImage, box_size=10, border=2)
    stream = io.BytesIO()
    made.save(stream)
    return "data:image/svg+xml;base64," + base64.b64encode(stream.getvalue()).decode()

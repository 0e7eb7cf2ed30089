"""QR codes as SVG, drawn without any service."""

from __future__ import annotations

from django.utils.safestring import SafeString

BORDER = 4  # modules of quiet zone that readers need


def qr_svg(text: str, *, size: int = 220) -> SafeString:
    """Return the QR code of ``text`` as an SVG of ``size`` pixels, dark on light whatever the page's theme is."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    side = len(matrix) + 2 * BORDER
    path = "".join(
        f"M{x + BORDER} {y + BORDER}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark
    )
    return SafeString(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges" role="img" aria-label="QR"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )

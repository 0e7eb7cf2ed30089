"""Logos for the typesetter: their size, and the one form in which it takes pictures from memory."""

from __future__ import annotations

import base64
import struct

PNG, JPEG = "image/png", "image/jpeg"
MAX_SIDE = 6000  # pixels; a small file may hold a picture of gigabytes
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


def picture_size(kind: str, data: bytes) -> tuple[int, int]:
    """Return width and height in pixels.

    Raises:
        ValueError: it isn't such a picture, or too large a one.
    """
    width, height = _png_size(data) if kind == PNG else _jpeg_size(data)
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        raise ValueError("a picture's sides have 1 to 6000 pixels")
    return width, height


def as_svg(kind: str, data: bytes) -> bytes:
    """Return the picture inside an SVG: files from memory must be text for the typesetter."""
    width, height = picture_size(kind, data)
    inner = base64.b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:{kind};base64,{inner}"/></svg>'
    ).encode()


def _png_size(data: bytes) -> tuple[int, int]:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 24:
        raise ValueError("not a PNG")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int]:
    place = 2
    while data[:2] == b"\xff\xd8" and place + 9 <= len(data) and data[place] == 0xFF:
        if data[place + 1] in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    raise ValueError("not a JPEG")

"""QR codes drawn while the tests run, as the bytes of image files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image


def drawn(text: str, scale: int = 4, *, quiet: bool = True) -> Image.Image:
    """A QR code in black on white."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    made = zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=quiet)
    height, width = made.shape
    pixels: Any = made
    return Image.frombytes("L", (width, height), bytes(memoryview(pixels)))


def saved(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    """The image as a file."""
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def qr(text: str, scale: int = 4, kind: str = "PNG", *, quiet: bool = True) -> bytes:
    """A file with one QR code."""
    return saved(drawn(text, scale, quiet=quiet), kind)

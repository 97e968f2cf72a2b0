"""Write a grey picture as PNG, for symbols in Word files: forty bytes of format do not need an imaging library."""

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_GREY = b"\x08\x00\x00\x00\x00"


def write_png(pixels: bytes, *, width: int, height: int) -> bytes:
    """Return a PNG of one byte a pixel, row by row from the top, 0 black and 255 white."""
    rows = b"".join(b"\x00" + pixels[start : start + width] for start in range(0, width * height, width))
    header = struct.pack(">II", width, height) + _EIGHT_BIT_GREY
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

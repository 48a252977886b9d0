"""Small generated pictures in place of the photo of a house and of a signature: nothing real is shown."""

import math
import random
import struct
import zlib

PHOTO_WIDTH, PHOTO_HEIGHT = 96, 64
SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 120, 40
RGB, GREY = 2, 0
SIGNATURE_BYTES = b"\x89PNG\r\n\x1a\n"


def draw_photo(chance: random.Random) -> bytes:
    """Return a PNG of a house of random colours: sky, a wall, a roof."""
    sky, wall, roof = ([chance.randrange(90, 250) for _ in range(3)] for _ in range(3))
    ridge = chance.randrange(14, 26)
    rows = []
    for y in range(PHOTO_HEIGHT):
        half = min(max(y - ridge, 0) * 3, 36)
        edge = PHOTO_WIDTH // 2 - half
        inside = bytes(roof if y < ridge + 12 else wall) * (2 * half)
        rows.append(bytes(sky) * edge + inside + bytes(sky) * (PHOTO_WIDTH - edge - 2 * half))
    return _png(PHOTO_WIDTH, PHOTO_HEIGHT, RGB, rows)


def draw_signature(chance: random.Random) -> bytes:
    """Return a PNG of a wavy line, as a finger leaves it on a screen."""
    rows = [bytearray(b"\xff" * SIGNATURE_WIDTH) for _ in range(SIGNATURE_HEIGHT)]
    pace, height, start = chance.uniform(0.08, 0.22), chance.uniform(8, 16), chance.uniform(0, 6)
    for x in range(8, SIGNATURE_WIDTH - 8):
        y = round(SIGNATURE_HEIGHT / 2 + height * math.sin(start + x * pace) * (1 - x / SIGNATURE_WIDTH))
        for thick in range(2):
            rows[y + thick][x] = 0
    return _png(SIGNATURE_WIDTH, SIGNATURE_HEIGHT, GREY, [bytes(row) for row in rows])


def _png(width: int, height: int, colour: int, rows: list[bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return SIGNATURE_BYTES + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

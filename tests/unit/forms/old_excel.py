"""A workbook of old Excel (.xls), written byte by byte: BIFF8 records in a compound file, no library writes them."""

import struct

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def beginning(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def text_cell(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def sheet_of(rows: list[list[str | float | None]]) -> bytes:
    cells = b""
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                cells += text_cell(number, column, value)
            elif value is not None:
                cells += record(0x0203, struct.pack("<HHHd", number, column, 0, value))
    return beginning(0x0010) + cells + record(0x000A, b"")


def stream_of(sheets: dict[str, list[list[str | float | None]]]) -> bytes:
    """Write the book's records; the place of every sheet stands before the sheets."""
    bodies = {name: sheet_of(rows) for name, rows in sheets.items()}
    formats = record(0x0042, struct.pack("<H", 1200)) + record(0x00E0, struct.pack("<HHHBBBBIIH", *[0] * 10))
    length = len(beginning(5)) + len(formats) + sum(12 + 2 * len(name) for name in bodies) + 4
    head, place = beginning(5) + formats, length
    for name, body in bodies.items():
        head += record(0x0085, struct.pack("<IHBB", place, 0, len(name), 1) + name.encode("utf-16-le"))
        place += len(body)
    return head + record(0x000A, b"") + b"".join(bodies.values())


def entry(name: str, kind: int, first: int, size: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child) if name else bytes(16)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<III", first, size, 0)


def old_workbook(**sheets: list[list[str | float | None]]) -> bytes:
    """Pack the records into a compound file: header, one sector of the table, one of the folder, the stream."""
    stream = stream_of(sheets).ljust(4096, b"\0")
    sectors = -(-len(stream) // SECTOR)
    chain = [TABLE, END, *range(3, 2 + sectors), END]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    folder = entry("Root Entry", 5, END, 0, child=1) + entry("Workbook", 2, 2, len(stream)) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0)
    return header.ljust(SECTOR, b"\xff") + table + folder + stream.ljust(sectors * SECTOR, b"\0")

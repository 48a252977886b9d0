"""The bundle: one ZIP with everything that an outsider needs; the same files give the same bytes."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from importlib.resources import files as resources

from evalsvc.editions.facts import About

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can name: the bundle's own times say nothing, those inside its files do."""
PACKED_ALREADY = (".parquet",)


def write_bundle(content: Iterable[tuple[str, bytes]]) -> bytes:
    """Write the files in the order of their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in sorted(content):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED_ALREADY) else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def readme(about: About) -> bytes:
    """Write the README inside the bundle: what is in it, and how to check it step by step."""
    text = resources("evalsvc.editions").joinpath("bundle_readme.md").read_text(encoding="utf-8")
    simulated = "数据为模拟数据。The data are simulated.\n" if about.simulated else ""
    for name, value in (("name", about.name), ("code", about.code), ("simulated", simulated)):
        text = text.replace(f"{{{name}}}", value)
    return text.encode("utf-8")


def hash_list(content: Mapping[str, bytes]) -> bytes:
    """Write the hash of every file as `sha256sum --check` reads it, in the order of their names."""
    return "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(content.items())).encode("utf-8")


def sha256(data: bytes) -> str:
    """Return the hash under which an edition names a file."""
    return hashlib.sha256(data).hexdigest()

"""Make a file of unsent interviews as the application on a phone does (docs/formats.md, Unsent interviews)."""

import hashlib
import io
import json
import os
import zipfile
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key


@dataclass(frozen=True)
class Unsent:
    """An interview that was not sent, with its files by name."""

    instance_id: str
    xml: bytes
    files: tuple[tuple[str, bytes], ...] = ()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def manifest_of(interviews):
    return [
        {
            "folder": f"{number:04d}",
            "instance_id": each.instance_id,
            "form_id": "household",
            "version": "1",
            "sha256": sha256(each.xml),
            "files": [{"name": name, "sha256": sha256(content)} for name, content in each.files],
        }
        for number, each in enumerate(interviews, start=1)
    ]


def zip_of(interviews, manifest=None, extra=(), compression=zipfile.ZIP_STORED):
    """Pack interviews; `manifest` takes the place of their own list, `extra` entries stand beside them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("manifest.json", json.dumps(manifest_of(interviews) if manifest is None else manifest))
        for number, each in enumerate(interviews, start=1):
            archive.writestr(f"{number:04d}/submission.xml", each.xml)
            for name, content in each.files:
                archive.writestr(f"{number:04d}/files/{name}", content)
        for name, content in extra:
            archive.writestr(name, content)
    return buffer.getvalue()


def header_of(key, person_id, evaluation_id, wrapped, iv):
    return {
        "format": "evalsvc-unsent-1",
        "key_id": key["id"],
        "wrapped_key": b64encode(wrapped).decode(),
        "iv": b64encode(iv).decode(),
        "person_id": person_id,
        "evaluation_id": evaluation_id,
        "made_at": "2026-03-01T08:00:00Z",
    }


def sealed(key, person_id, evaluation_id, archive, **changed):
    """Seal an archive for the key that the service told the device."""
    secret, iv = os.urandom(32), os.urandom(12)
    wrapped = load_der_public_key(b64decode(key["spki"])).encrypt(secret, OAEP(MGF1(SHA256()), SHA256(), None))
    line = json.dumps(header_of(key, person_id, evaluation_id, wrapped, iv) | changed).encode()
    return line + b"\n" + AESGCM(secret).encrypt(iv, archive, line)

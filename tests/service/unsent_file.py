"""Make a file of unsent interviews as the application on a phone does (docs/formats.md, Unsent interviews)."""

import hashlib
import io
import json
import os
import zipfile
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import NamedTuple

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


class Record(NamedTuple):
    """A record of a vault, sealed with its key."""

    store: str
    key: str
    sealed: bytes


def records_of(key, owner, interviews, *, state="finished", summary=None, head=None):
    """Seal interviews as the records of a vault; `summary` and `head` take the place of what the phone writes."""

    def record(store, name, content):
        iv = os.urandom(12)
        identity = f"evalsvc-vault-1\n{store}\n{owner}\n{name}".encode()
        return Record(store, name, iv + AESGCM(key).encrypt(iv, content, identity))

    records = []
    for each in interviews:
        identifier = f"id of {each.instance_id}"
        told = {"id": identifier, "state": state, "instanceId": each.instance_id, "formId": "household", "version": "1"}
        told |= {"fileNames": [name for name, _content in each.files]}
        records.append(record("summaries", identifier, summary or json.dumps(told, ensure_ascii=False).encode()))
        kept = {"xml": each.xml.decode(), "audit": [], "comments": []}
        records.append(record("contents", identifier, json.dumps(kept, ensure_ascii=False).encode()))
        for name, content in each.files:
            lies = sha256(json.dumps([identifier, name], ensure_ascii=False, separators=(",", ":")).encode())
            first = head or json.dumps({"name": name, "type": "image/jpeg"}).encode()
            records.append(record("files", lies, first + b"\n" + content))
    return records


def zip_of_records(records, listed=None):
    """Pack records; `listed` are those that the list names, in place of all."""
    entries = {each: f"records/{number:06d}" for number, each in enumerate(listed or records, start=1)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        rows = [{"entry": entries[each], "store": each.store, "key": each.key} for each in listed or records]
        archive.writestr("records.json", json.dumps(rows))
        for each in records:
            archive.writestr(entries.get(each, "records/other"), each.sealed)
    return buffer.getvalue()


def sealed_locked(key, person_id, evaluation_id, interviews, **changed):
    """Hand over a locked vault for the key that the service told the device."""
    secret, owner = os.urandom(32), "vault-1"
    wrapped = load_der_public_key(b64decode(key["spki"])).encrypt(secret, OAEP(MGF1(SHA256()), SHA256(), None))
    header = header_of(key, person_id, evaluation_id, wrapped, b"") | {
        "format": "evalsvc-unsent-locked-1",
        "owner": owner,
    }
    del header["iv"]
    return json.dumps(header).encode() + b"\n" + zip_of_records(records_of(secret, owner, interviews, **changed))


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

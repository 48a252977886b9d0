"""The tables a form looks values up in: those inside the form, and attached CSV, GeoJSON and XML files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.errors import DefinitionError
from forms.markup import FORM_LIMITS, read_xml, without_namespaces
from forms.scope import Tables
from forms.texts import translations_of

MAX_CELLS = 5_000_000
_NOT_IN_NAMES = re.compile(r"[^\w.\-]")


def tables_of(definition: FormDefinition, data: Mapping[str, bytes]) -> tuple[Tables, tuple[Complaint, ...]]:
    """Read all tables; a file that is not there is missed only when something is looked up in it."""
    complaints: list[Complaint] = []
    instances = {name: _parsed(text) for name, text in definition.secondary.items()}
    for name, filename in _wanted(definition).items():
        if filename not in data:
            continue
        try:
            instances[name] = _read(filename, data[filename])
        except (ValueError, KeyError, TypeError, csv.Error, DefinitionError) as problem:
            details: dict[str, str | int] = {"filename": filename, "reason": str(problem)}
            complaints.append(Complaint("form", "form.table_unreadable", details=details))
    for name in fleeting_tables(definition):
        instances[name] = _without_answers(definition)
    texts = translations_of(_model(definition))[0]
    return Tables(instances, _wanted(definition), texts=texts), tuple(complaints)


def fleeting_tables(definition: FormDefinition) -> frozenset[str]:
    """Give the tables that only the device has: the answers that were saved last."""
    return frozenset(name for name, source in definition.external.items() if source.startswith("jr://instance/"))


def _without_answers(definition: FormDefinition) -> etree._Element:
    instance = etree.Element("instance")
    instance.append(_parsed(definition.template))
    return instance


def _wanted(definition: FormDefinition) -> dict[str, str]:
    """Give file names by the names under which the form looks them up."""
    wanted = {name: source.rpartition("/")[2] for name, source in definition.external.items()}
    for attachment in definition.attachments:
        if attachment.kind == "data":
            wanted.setdefault(attachment.filename.rpartition(".")[0], attachment.filename)
    return wanted


def _model(definition: FormDefinition) -> etree._Element:
    model = read_xml(definition.xform, FORM_LIMITS, DefinitionError).find("{*}head/{*}model")
    assert model is not None  # noqa: S101  (the form was parsed before)
    return model


def _parsed(text: bytes) -> etree._Element:
    return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))


def _read(filename: str, content: bytes) -> etree._Element:
    ending = filename.rpartition(".")[2].lower()
    if ending == "csv":
        return _from_rows(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    if ending in ("geojson", "json"):
        return _from_rows(_feature(feature) for feature in json.loads(content)["features"])
    instance = etree.Element("instance")
    instance.append(without_namespaces(read_xml(content, FORM_LIMITS, DefinitionError)))
    return instance


def column_name(header: str) -> str:
    """Give the name under which expressions find a column: what a name cannot hold becomes `_`."""
    name = _NOT_IN_NAMES.sub("_", header.strip())
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"


def _from_rows(rows: Iterable[Mapping[str, Any]]) -> etree._Element:
    instance = etree.Element("instance")
    root = etree.SubElement(instance, "root")
    cells = 0
    for row in rows:
        item = etree.SubElement(root, "item")
        for name, value in row.items():
            cells += 1
            if cells > MAX_CELLS:
                raise ValueError(f"more than {MAX_CELLS} cells")
            if isinstance(name, str) and name.strip():
                etree.SubElement(item, column_name(name)).text = "" if value is None else str(value)
    return instance


def _feature(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a feature as a row: its properties, its id, and its geometry as forms write places."""
    geometry = feature.get("geometry") or {"type": "", "coordinates": []}
    points = geometry["coordinates"]
    if geometry["type"] == "Point":
        points = [points]
    elif geometry["type"] == "Polygon":
        points = points[0]
    written = ";".join(f"{p[1]} {p[0]} {p[2] if len(p) > 2 else 0} 0" for p in points)
    return {
        **({"id": feature["id"]} if "id" in feature else {}),
        **(feature.get("properties") or {}),
        "geometry": written,
    }

"""One submission, as the device sent it."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from forms.complaint import Complaint
from forms.errors import InstanceError
from forms.markup import SUBMISSION_LIMITS, Limits, form_id_of, read_xml, version_of, without_namespaces

ENCRYPTED = "http://opendatakit.org/submissions"
MAX_ID_LENGTH = 249


@dataclass(frozen=True, eq=False)
class Instance:
    """A submission: what it says it is, and its answers as an element tree without namespaces."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str | None
    root: etree._Element


def parse_instance(data: bytes, limits: Limits = SUBMISSION_LIMITS) -> Instance:
    """Read a submission; raise InstanceError with all reasons when it cannot be taken in."""
    root = read_xml(data, limits, InstanceError)
    namespace = etree.QName(root).namespace or ""
    if namespace == ENCRYPTED or root.get("encrypted") == "yes":
        raise InstanceError(Complaint("structure", "instance.encrypted"))
    without_namespaces(root)
    form_id = form_id_of(root, namespace)
    instance_id = _meta(root, "instanceID")
    complaints = _id_complaints(root, instance_id)
    if complaints:
        raise InstanceError(*complaints)
    return Instance(form_id, version_of(root), instance_id, _meta(root, "deprecatedID") or None, root)


def _meta(root: etree._Element, name: str) -> str:
    return (root.findtext(f"meta/{name}") or "").strip()


def _id_complaints(root: etree._Element, instance_id: str) -> list[Complaint]:
    path = f"/{root.tag}/meta/instanceID"
    if not instance_id:
        return [Complaint("structure", "instance.id_missing", path)]
    complaints = []
    if len(instance_id) > MAX_ID_LENGTH:
        complaints.append(Complaint("structure", "instance.id_too_long", path, {"limit": MAX_ID_LENGTH}))
    if not instance_id.isprintable():
        complaints.append(Complaint("structure", "instance.id_unprintable", path))
    if len(root.findall("meta/instanceID")) > 1:
        complaints.append(Complaint("structure", "instance.id_twice", path))
    return complaints

"""What a form asks: the XForm as plain values."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from lxml import etree

from forms.attachments import attachments_of
from forms.complaint import Complaint
from forms.controls import controls_of, declared_repeats
from forms.errors import DefinitionError
from forms.markup import FORM_LIMITS, form_id_of, local_name, read_xml, version_of, without_namespaces
from forms.nodes import Sources, nodes_of
from forms.structure import Attachment, Choice, Node
from forms.texts import translations_of

MAX_NODES = 20_000


@dataclass(frozen=True, eq=False)
class FormDefinition:
    """One version of a form: its nodes in document order, its texts' languages, its files, and the XML it came from.

    `listed` are the lists of choices that were read from files beside the form; without its files a form has none.
    """

    form_id: str
    version: str
    title: str
    root: str
    namespace: str
    nodes: tuple[Node, ...]
    languages: Mapping[str, str]
    default_language: str
    attachments: tuple[Attachment, ...]
    template: bytes
    secondary: Mapping[str, bytes]
    external: Mapping[str, str]
    primary_instance: str | None
    public_key: str | None
    xform: bytes = field(repr=False)
    sha256: str
    complaints: tuple[Complaint, ...]
    listed: Mapping[tuple[str, ...], tuple[Choice, ...]] = field(default_factory=dict, repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FormDefinition) and other.sha256 == self.sha256 and other.listed == self.listed

    def __hash__(self) -> int:
        return hash(self.sha256)

    @cached_property
    def by_path(self) -> Mapping[str, Node]:
        """Give the nodes by their path."""
        return {node.path: node for node in self.nodes}

    @cached_property
    def questions(self) -> tuple[Node, ...]:
        """Give the nodes that can hold an answer, the form's own metadata left out."""
        return tuple(node for node in self.nodes if node.kind == "question" and not node.is_meta)

    @cached_property
    def repeats(self) -> tuple[Node, ...]:
        """Give the repeats, outer before inner."""
        return tuple(node for node in self.nodes if node.kind == "repeat")


@lru_cache(maxsize=32)
def parse_definition(xform: bytes) -> FormDefinition:
    """Read an XForm; raise DefinitionError when it is none."""
    document = read_xml(xform, FORM_LIMITS, DefinitionError)
    model = _required(document, "{*}head/{*}model", "form.model_missing")
    body = document.find("{*}body")
    instances = list(model.iterfind("{*}instance"))
    if not instances or not len(instances[0]):
        raise DefinitionError(Complaint("form", "form.primary_instance_missing"))
    primary = instances[0][0]
    namespace = (etree.QName(primary).namespace or "").replace("http://www.w3.org/2002/xforms", "")
    translations, languages, default_language = translations_of(model)
    root = without_namespaces(primary)
    _refuse_size(root)
    secondary = _secondary(instances[1:])
    controls = controls_of(body, root.tag, translations, secondary)
    nodes, complaints = nodes_of(model, root, Sources(controls, declared_repeats(body, root.tag), translations))
    title = document.find("{*}head/{*}title")
    return FormDefinition(
        form_id=form_id_of(primary, namespace),
        version=version_of(primary),
        title=((title.text if title is not None else None) or primary.get("id") or "").strip(),
        root=root.tag,
        namespace=namespace,
        nodes=nodes,
        languages=languages,
        default_language=default_language,
        attachments=attachments_of(document, nodes),
        template=_written(root),
        secondary={name: _written(element) for name, element in secondary.items()},
        external={i.get("id", ""): i.get("src", "") for i in instances[1:] if i.get("src")},
        primary_instance=instances[0].get("id"),
        public_key=_public_key(model),
        xform=xform,
        sha256=hashlib.sha256(xform).hexdigest(),
        complaints=complaints,
    )


def _required(document: etree._Element, path: str, code: str) -> etree._Element:
    found = document.find(path)
    if local_name(document) != "html" or found is None:
        raise DefinitionError(Complaint("form", code))
    return found


def _refuse_size(root: etree._Element) -> None:
    nodes = sum(1 for _ in root.iter())
    if nodes > MAX_NODES:
        raise DefinitionError(
            Complaint("form", "form.too_many_questions", details={"found": nodes, "limit": MAX_NODES})
        )


def _secondary(instances: list[etree._Element]) -> dict[str, etree._Element]:
    """Take the instances whose rows stand in the form itself."""
    return {i.get("id", ""): without_namespaces(i) for i in instances if len(i) and not i.get("src")}


def _written(element: etree._Element) -> bytes:
    """Write an element that has lost its namespaces; the declarations that it inherited would bring them back."""
    alone = copy.deepcopy(element)
    alone.tail = None
    etree.cleanup_namespaces(alone)
    return etree.tostring(alone, encoding="utf-8")


def _public_key(model: etree._Element) -> str | None:
    submission = model.find("{*}submission")
    return submission.get("base64RsaPublicKey") if submission is not None else None

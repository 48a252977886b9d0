"""Ways to touch what was issued: bytes of the signed report, lines of the manifest, answers of an interview."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")
PAIR = re.compile(r'"(?P<name>\w+)": (?P<value>"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|null|true|false)')
LEAF = re.compile(rb"<(?P<name>[\w.-]+)>(?P<value>[^<]+)</(?P=name)>")
FOURTH = 3
SIGNATURE, COVERED = "the signature itself", "what it covers"
CHANGED, LEFT_OUT = "a value changed", "left out"
KINDS = {
    "bracket": "a bracket",
    "head": "a line of the head",
    "frames": "a frame's hash",
    "strata": "a stratum",
    "units": "a unit",
}


@dataclass(frozen=True)
class Flip:
    """One bit of the report."""

    group: str
    place: int
    bit: int

    def apply(self, data: bytes) -> bytes:
        """Return the file with this bit flipped."""
        changed = bytearray(data)
        changed[self.place] ^= 1 << self.bit
        return bytes(changed)


@dataclass(frozen=True)
class LineEdit:
    """One line of the manifest that became another, or was left out."""

    group: str
    number: int
    text: str | None
    names: tuple[str, ...]
    """Words of which one has to stand in what a check says, so that the line can be found."""

    def apply(self, lines: Sequence[str]) -> bytes:
        """Return the file with this line changed."""
        instead = [] if self.text is None else [self.text]
        return "\n".join([*lines[: self.number], *instead, *lines[self.number + 1 :]]).encode("utf-8")


@dataclass(frozen=True)
class AnswerEdit:
    """One answer of one interview that became another."""

    group: str
    file: str
    question: str
    content: bytes


def container_of(pdf: bytes) -> range:
    """Return where the hexadecimal digits of the signature stand, which it cannot cover itself."""
    found = re.search(rb"/ByteRange *\[\d+ (\d+) (\d+) \d+", pdf)
    if found is None:
        raise ValueError("the report carries no signature")
    return range(int(found[1]) + 1, int(found[2]) - 1)


def flips_of(pdf: bytes, every: int, *, all_bits: bool) -> list[Flip]:
    """Flip one bit of every so-many-th byte that the signature covers, and digits of the signature into other digits.

    A digit that became something else would be found by its look alone; what matters is the digit that became another.
    """
    inside = container_of(pdf)
    found = [
        Flip(COVERED, place, _chance(place).randrange(8)) for place in range(0, len(pdf), every) if place not in inside
    ]
    for place in inside:
        bits = [bit for bit in range(8) if pdf[place] ^ (1 << bit) in HEX_DIGITS]
        found += [Flip(SIGNATURE, place, bit) for bit in (bits if all_bits else [_chance(place).choice(bits)])]
    return found


def _chance(place: int) -> random.Random:
    return random.Random(f"flip {place}")


def line_edits(text: str) -> Iterator[LineEdit]:
    """Change a value of each line of a manifest, every value of the lines that stand by themselves; leave each out."""
    for number, (line, (kind, place)) in enumerate(places_of(text.split("\n"))):
        pairs = list(PAIR.finditer(line))
        chosen = pairs if kind == "head" else pairs[number % len(pairs) :][:1] if pairs else []
        for pair in chosen:
            changed = line[: pair.start("value")] + other_value(pair["value"]) + line[pair.end("value") :]
            yield LineEdit(f"{KINDS[kind]}: {CHANGED}", number, changed, _names(place, line, changed))
        if line.strip():
            yield LineEdit(f"{KINDS[kind]}: {LEFT_OUT}", number, None, _names(place, line))


def _names(place: str, *lines: str) -> tuple[str, ...]:
    """Name a line by its place, and by the unit, the group or the branch that it tells of."""
    names = [place] if place else []
    for line in lines:
        pairs = {pair["name"]: pair["value"].strip('"').replace("null", "") for pair in PAIR.finditer(line)}
        if "[" not in place:
            continue
        if "id" in pairs:
            names.append(pairs["id"])
        elif "stratum" in pairs:
            names.append(f"{pairs['parent']}:{pairs['stratum']}")
        elif pairs.get("parent"):
            names.append(f"frames {pairs['parent']}")
    return tuple(dict.fromkeys(names))


def places_of(lines: Sequence[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Return each line of a manifest with its kind and its place as a check writes it: `stages[1].units[3]`."""
    stage, name, entry = -1, "", 0
    for line in lines:
        began = re.match(r'\s*(?P<item>\{?)"(?P<key>\w+)":(?P<list> \[$)?', line)
        if began is None:
            yield line, ("bracket", "")
        elif began["list"]:
            name, entry = began["key"], 0
            yield line, ("bracket", name)
        elif not began["item"]:
            yield line, ("head", began["key"])
        elif began["key"] == "name":
            stage += 1
            yield line, ("head", f"stages[{stage}].name")
        else:
            yield line, (name, f"{'' if name == 'frames' else f'stages[{stage}].'}{name}[{entry}]")
            entry += 1


def other_value(value: str) -> str:
    """Return another JSON value of the same kind: a digit replaced, else a letter more; something in place of null."""
    if value in ("null", "true", "false"):
        return {"null": "1", "true": "false", "false": "true"}[value]
    digits = [place for place, letter in enumerate(value) if letter.isascii() and letter.isdigit()]
    if not digits:
        return f'{value[:-1]}x"'
    # The last digits of a fraction may lie beyond what a computer keeps of it.
    place = digits[-1] if value.startswith('"') else digits[min(FOURTH, len(digits) - 1)]
    return value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :]


def answer_edit(group: str, file: str, content: bytes, number: int) -> AnswerEdit:
    """Change one answer of an interview, another one in each."""
    leaves = [leaf for leaf in LEAF.finditer(content) if leaf["name"] != b"instanceID"]
    leaf = leaves[number % len(leaves)]
    new = other_answer(leaf["value"].decode("utf-8")).encode("utf-8")
    changed = content[: leaf.start("value")] + new + content[leaf.end("value") :]
    return AnswerEdit(group, file, leaf["name"].decode(), changed)


def other_answer(value: str) -> str:
    """Return another answer of the same kind."""
    plain = {"yes": "no", "no": "yes"}
    return plain.get(value) or other_value(f'"{value}"')[1:-1]

"""Expressions of forms turned into expressions of libxml2 that mean the same.

Three things differ. Functions: OpenRosa has more of them, and some of the same name with other arguments. Paths: an
absolute path inside a repeat means the row the expression stands in, and a question is a single value, empty when it is
not there, never an empty node set. Types: dates count as days where a number is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

from forms.complaint import Complaint
from forms.dates import days_since_epoch
from forms.functions.registry import FUNCTIONS, Function, Type
from forms.paths import is_within, parent_of
from forms.pattern import compiled_pattern
from forms.scope import EvaluationError
from forms.translation import Context, Translation, result_type
from forms.xpath import Binary, Call, Expr, Literal, Negation, Number, Path, Step, Variable

_ALIKE = {"or": "or", "and": "and", "|": "|", "+": "+", "-": "+", "*": "*", "div": "*", "mod": "*"}
_HERE = Path("", (Step("self", "node()", ()),))


@dataclass(frozen=True)
class _Place:
    """Where a path has come to: the node's path if it is known, and whether it can be several nodes."""

    text: str
    path: str | None
    many: bool


def translate(tree: Expr, context: Context) -> Translation:
    """Translate an expression that stands at a node."""
    translator = _Translator(context)
    translator.out.text = translator.plain(tree, None)
    translator.out.result = translator.type_of(tree)
    return translator.out


class _Translator:
    """`base`: path of the context node inside a predicate, '' where that is unknown, None outside of predicates."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.out = Translation()

    def type_of(self, tree: Expr) -> Type:
        """Tell what an expression gives; current() is a path."""
        return result_type(tree)

    def plain(self, tree: Expr, base: str | None) -> str:
        """Write an expression as it is."""
        match tree:
            case Negation(operand=operand):
                return f"(-{self._number(operand, base)})"
            case Binary():
                return self._binary(tree, base)
            case Call():
                return self._call(tree, base)
            case Path():
                return self._path(tree, base).text
            case _:
                return self._atom(tree)

    def _atom(self, tree: Number | Literal | Variable) -> str:
        if isinstance(tree, Variable):
            return self._complain("form.variable", name=tree.name)
        if isinstance(tree, Number):
            return tree.text
        return f'"{tree.text}"' if "'" in tree.text else f"'{tree.text}'"

    def _complain(self, code: str, **details: str | int) -> str:
        self.out.complaints.append(Complaint("form", code, self._context.path, details))
        return "''"

    # ---- what is wanted

    def _number(self, tree: Expr, base: str | None) -> str:
        kind = self.type_of(tree)
        if isinstance(tree, Literal):
            days = days_since_epoch(tree.text)
            return str(days) if days is not None else self.plain(tree, base)
        if kind in ("number", "boolean"):
            return self.plain(tree, base)
        if kind == "nodeset":
            place = self._place(tree, base)
            if place.many or self._is_numeric(place):
                return place.text
            return self._use("number", place.text)
        return self._use("number", self.plain(tree, base))

    def _boolean(self, tree: Expr, base: str | None) -> str:
        if self.type_of(tree) != "nodeset":
            return self.plain(tree, base)
        place = self._place(tree, base)
        if not self._is_answer(place):
            return place.text
        return f"boolean({'number' if self._is_numeric(place) else 'string'}({place.text}))"

    def _use(self, name: str, *arguments: str) -> str:
        self.out.functions.add(name)
        return f"{FUNCTIONS[name].alias}({', '.join(arguments)})"

    # ---- operators

    def _binary(self, tree: Binary, base: str | None) -> str:
        if tree.operator in ("=", "!="):
            return self._equality(tree, base)
        write = self._number
        if tree.operator in ("and", "or"):
            write = self._boolean
        elif tree.operator == "|":
            write = self.plain
        # A chain is written operand by operand: forms add up hundreds of questions.
        first, others = chain(tree)
        tail = "".join(f" {operator} {write(operand, base)}" for operator, operand in others)
        return f"({write(first, base)}{tail})"

    def _equality(self, tree: Binary, base: str | None) -> str:
        kinds = {self.type_of(tree.left), self.type_of(tree.right)}
        if "boolean" in kinds:
            left, right = self._boolean(tree.left, base), self._boolean(tree.right, base)
            return f"(boolean({left}) {tree.operator} boolean({right}))"
        if "number" in kinds:
            return f"({self._comparable(tree.left, base)} {tree.operator} {self._comparable(tree.right, base)})"
        if kinds == {"nodeset"}:
            return self._equal_answers(self._place(tree.left, base), self._place(tree.right, base), tree.operator)
        return f"({self._single_text(tree.left, base)} {tree.operator} {self._single_text(tree.right, base)})"

    def _comparable(self, tree: Expr, base: str | None) -> str:
        kind = self.type_of(tree)
        return self.plain(tree, base) if kind == "string" else self._number(tree, base)

    def _single_text(self, tree: Expr, base: str | None) -> str:
        kind = self.type_of(tree)
        if kind == "nodeset":
            place = self._place(tree, base)
            return f"string({place.text})" if self._is_answer(place) else place.text
        text = self.plain(tree, base)
        return self._use("string", text) if kind == "any" else text

    def _equal_answers(self, left: _Place, right: _Place, operator: str) -> str:
        if not (self._is_answer(left) and self._is_answer(right)):
            return f"({left.text} {operator} {right.text})"
        if not (self._is_numeric(left) or self._is_numeric(right)):
            return f"(string({left.text}) {operator} string({right.text}))"
        # 3 and 3.0 are the same answer, and two blanks are equal.
        same = f"string({left.text}) = string({right.text}) or number({left.text}) = number({right.text})"
        return f"({same})" if operator == "=" else f"not({same})"

    def _is_answer(self, place: _Place) -> bool:
        """Tell whether a path gives one question; a path into a table that is filtered does too."""
        if place.many:
            return False
        node = self._context.nodes.get(place.path or "")
        return node.kind == "question" if node is not None else place.path is None

    def _is_numeric(self, place: _Place) -> bool:
        return place.path is not None and place.path in self._context.numeric

    # ---- functions

    def _call(self, call: Call, base: str | None) -> str:
        known = FUNCTIONS.get(call.name)
        if known is None or call.name == "primary":
            for argument in call.arguments:
                self.plain(argument, base)
            return self._complain("form.unknown_function", name=call.name)
        if not known.takes(len(call.arguments)):
            return self._complain("form.wrong_arguments", name=call.name, found=len(call.arguments))
        if call.name == "current":
            return self._path(_HERE, None).text if base is None else self._use("current")
        if call.name == "position" and not call.arguments:
            # Outside of predicates it is the place of the expression's own node among its kind.
            return "position()" if base is not None else self._use("position", ".")
        self._note_table(call)
        self._try_pattern(call)
        arguments = [self._argument(known, call, index, base) for index in range(len(call.arguments))]
        if known.call is not None:
            return self._use(call.name, *arguments)
        return f"{call.name}({', '.join(arguments)})"

    def _note_table(self, call: Call) -> None:
        first = call.arguments[0] if call.arguments else None
        if call.name in ("instance", "pulldata") and isinstance(first, Literal):
            name = first.text.removesuffix(".csv") if call.name == "pulldata" else first.text
            self.out.tables.add(name)
            self.out.fleeting = self.out.fleeting or name in self._context.fleeting

    def _try_pattern(self, call: Call) -> None:
        pattern = call.arguments[1] if call.name == "regex" else None
        if isinstance(pattern, Literal):
            try:
                compiled_pattern(pattern.text)
            except EvaluationError as problem:
                self._complain(problem.code, **problem.details)

    def _argument(self, known: Function, call: Call, index: int, base: str | None) -> str:
        argument = call.arguments[index]
        if call.name == "indexed-repeat" and (index == 0 or index % 2 == 1) and isinstance(argument, Path):
            # Here the path means all rows, wherever the expression stands.
            return self._path(argument, base, all_rows=True).text
        kind = known.parameter(index)
        if kind == "nodeset" and self.type_of(argument) not in ("nodeset", "any"):
            return self._complain("form.path_wanted", name=call.name)
        if call.name == "position":
            return self._counted(argument, base)
        if kind == "number":
            return self._number(argument, base)
        if kind == "boolean":
            return self._boolean(argument, base)
        return self.plain(argument, base)

    def _counted(self, tree: Expr, base: str | None) -> str:
        """Write the argument of position(): the place of a row does not hang on what stands in it."""
        before = dict(self.out.references)
        text = self._path(tree, base, own_row=True).text if isinstance(tree, Path) else self.plain(tree, base)
        self.out.references = before
        return text

    # ---- paths

    def _place(self, tree: Expr, base: str | None) -> _Place:
        if isinstance(tree, Path):
            return self._path(tree, base)
        if isinstance(tree, Call) and tree.name == "current":
            return _Place(self.plain(tree, base), self._context.path, False)
        if isinstance(tree, Call) and tree.name == "indexed-repeat" and tree.arguments:
            return _Place(self.plain(tree, base), self._target(tree.arguments[0]), False)
        return _Place(self.plain(tree, base), None, True)

    def _target(self, tree: Expr) -> str | None:
        if not isinstance(tree, Path):
            return None
        # Written once more into the void: only where it leads is wanted.
        return _Translator(self._context)._path(tree, None, all_rows=True).path

    def _path(self, path: Path, base: str | None, *, all_rows: bool = False, own_row: bool = False) -> _Place:
        bound = set(self._context.repeats)
        steps = path.steps
        if isinstance(path.start, str) and path.start == "/":
            plain = _plain_path(steps)
            row = None if all_rows else self._row_of(plain, own_row)
            if row is None:
                start = _Place("/" if base is None else "", "", False)
                return self._absolute(start, steps, base, all_rows)
            text = self._up_to(row, base)
            known = {r for r in bound if is_within(row, r)}
            return self._walk(_Place(text, row, False), steps[row.count("/") :], base, known)
        start, steps = self._start(path, base)
        if start.path == "" and start.text == "/":
            return self._absolute(_Place("/" if base is None else "", "", False), steps, base)
        return self._walk(start, steps, base, bound if base is None or start.path == self._context.path else set())

    def _start(self, path: Path, base: str | None) -> tuple[_Place, tuple[Step, ...]]:
        start = path.start
        if isinstance(start, str):
            here = self._context.path if base is None else base or None
            return _Place("", here, False), path.steps
        predicates = "".join(f"[{self._boolean_or_number(p, '')}]" for p in path.predicates)
        if isinstance(start, Call) and start.name == "current" and not predicates:
            return _Place("." if base is None else self._use("current"), self._context.path, False), path.steps
        if (
            isinstance(start, Call)
            and start.name == "instance"
            and start.arguments == (Literal(self._context.primary_instance or ""),)
        ):
            return _Place("/", "", False), path.steps
        where = self._place(start, base)
        return _Place(
            f"({where.text}){predicates}", where.path, where.many and not predicates and not path.steps
        ), path.steps

    def _absolute(self, start: _Place, steps: tuple[Step, ...], base: str | None, soft: bool = False) -> _Place:
        if base is None:
            walked = self._walk(_Place("", "", False), steps, base, set(), soft=soft)
            return _Place("/" + walked.text.removeprefix("/"), walked.path, walked.many)
        # Inside a predicate the context node may belong to a table, whose document has another root.
        if not steps or steps[0].axis or steps[0].predicates:
            return self._walk(_Place(self._use("primary"), None, True), steps, base, set())
        return self._walk(_Place(self._use("primary"), f"/{steps[0].test}", False), steps[1:], base, set(), soft=soft)

    def _row_of(self, path: str, own_row: bool) -> str | None:
        """Give the innermost repeat around the expression that an absolute path leads through."""
        inside = [r for r in self._context.repeats if path.startswith(r + "/") or (own_row and path == r)]
        return inside[-1] if inside else None

    def _up_to(self, row: str, base: str | None) -> str:
        levels = self._context.path.count("/") - row.count("/")
        up = "/".join([".."] * levels)
        if base is None:
            return up or "."
        here = self._use("current")
        return f"{here}/{up}" if up else here

    def _walk(
        self, start: _Place, steps: tuple[Step, ...], base: str | None, bound: set[str], *, soft: bool = False
    ) -> _Place:
        """Follow the steps; a soft path means other rows than that of the expression, or may."""
        text, path, many = start.text, start.path, start.many
        for step in steps:
            below = _after(path, step)
            if step.axis == "parent" and path in bound:
                bound.discard(path or "")
            row_unknown = below is not None and below != path and self._is_repeat(below) and below not in bound
            many = (many or row_unknown or step.test == "*") and not step.predicates
            predicates = "".join(f"[{self._boolean_or_number(p, below or '')}]" for p in step.predicates)
            text = f"{text}/{_written(step)}{predicates}" if text else f"{_written(step)}{predicates}"
            if step.axis != "parent" and row_unknown and step.predicates:
                self._refer(below, soft=True)
            path = below
        self._refer(path, soft=soft or any(step.predicates for step in steps))
        return _Place(text, path, many)

    def _is_repeat(self, path: str) -> bool:
        node = self._context.nodes.get(path)
        return node is not None and node.kind == "repeat"

    def _boolean_or_number(self, predicate: Expr, base: str) -> str:
        """Write a predicate: a number is a place in the row of nodes, anything else is true or false."""
        return self.plain(predicate, base) if self.type_of(predicate) == "number" else self._boolean(predicate, base)

    def _refer(self, path: str | None, soft: bool) -> None:
        if path:
            self.out.references[path] = self.out.references.get(path, True) and soft


def chain(tree: Binary) -> tuple[Expr, list[tuple[str, Expr]]]:
    """Take apart what is joined from left to right by operators that bind alike."""
    others = [(tree.operator, tree.right)]
    left = tree.left
    while isinstance(left, Binary) and _ALIKE.get(left.operator) == _ALIKE.get(tree.operator, ""):
        others.append((left.operator, left.right))
        left = left.left
    return left, others[::-1]


def _plain_path(steps: tuple[Step, ...]) -> str:
    """Give the path up to the first step that is more than a name."""
    names: list[str] = []
    for step in steps:
        if step.axis not in ("", "child") or step.test == "*" or "(" in step.test:
            break
        names.append(step.test)
        if step.predicates:
            # The row is chosen here; what follows is not the row of the expression.
            return "/" + "/".join(names)
    return "/" + "/".join(names)


def _after(path: str | None, step: Step) -> str | None:
    if path is None:
        return None
    if step.axis == "self" and step.test == "node()":
        return path
    if step.axis == "parent" and step.test == "node()":
        return parent_of(path)
    if step.axis in ("", "child") and step.test != "*" and "(" not in step.test:
        return f"{path}/{step.test}"
    return None


def _written(step: Step) -> str:
    if step.axis == "self" and step.test == "node()":
        # The short form takes no predicate.
        return "self::node()" if step.predicates else "."
    if step.axis == "parent" and step.test == "node()":
        return "parent::node()" if step.predicates else ".."
    if step.axis == "attribute":
        return f"@{step.test}"
    return f"{step.axis}::{step.test}" if step.axis else step.test

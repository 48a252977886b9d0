"""Names that programs take: letters, digits and `_`, unlike whatever their case, no longer than the program allows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 64
"""As SPSS takes them, and databases."""
LONGEST_IN_STATA = 27
"""Stata takes 32; its tables of value labels are called after their variable, with a number of up to five digits."""
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_]+")
RESERVED = frozenset({
    # Words of SPSS and Stata that no variable may be called.
    "all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with",
    "_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_pi", "_pred", "_rc",
    "_skip", "str", "strl", "using",
})  # fmt: skip


class Names:
    """Give names, each only once; the same wishes in the same order get the same names."""

    def __init__(self, taken: Iterable[str] = (), longest: int = LONGEST) -> None:
        self._taken = {name.lower() for name in taken}
        self._longest = longest

    def give(self, wished: str, otherwise: str = "q") -> str:
        """Give the valid name nearest to the wished one that is still free."""
        return self._free(valid_name(wished, otherwise, self._longest))

    def give_part(self, whole: str, part: str) -> str:
        """Name a part of an answer: what it is stays readable, the question's name gives way."""
        tail = valid_name(part, "c").removeprefix("c_")[: self._longest // 2 - 1]
        return self._free(f"{valid_name(whole)[: self._longest - 1 - len(tail)].rstrip('_')}_{tail}")

    def _free(self, plain: str) -> str:
        name, number = plain, 1
        while name.lower() in self._taken:
            number += 1
            ending = f"_{number}"
            name = plain[: self._longest - len(ending)] + ending
        self._taken.add(name.lower())
        return name


def valid_name(wished: str, otherwise: str = "q", longest: int = LONGEST) -> str:
    """Make a name valid; one with nothing to keep (all Chinese, say) becomes `otherwise`."""
    signs = unicodedata.normalize("NFKD", wished)
    plain = _NOT_ALLOWED.sub("_", signs.encode("ascii", "ignore").decode("ascii")).strip("_")
    if not plain:
        return otherwise
    if not plain[0].isalpha() or plain.lower() in RESERVED or re.fullmatch(r"str\d+", plain, re.IGNORECASE):
        plain = f"{otherwise}_{plain}"
    return plain[:longest].rstrip("_")

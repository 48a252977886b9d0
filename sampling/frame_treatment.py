"""What an import makes of some columns: codes of the frame's year, words for committees, hashes of identity numbers."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sampling.code_changes import Changes
from sampling.codes import committee_of
from sampling.frame_tidy import CODED, coded, recoded
from sampling.identity import IdentityKey, identity_problem
from sampling.mapping_codes import CodeRule


@dataclass(frozen=True)
class Treatment:
    """Hold what is made of which columns.

    Parameters
    ----------
    changes : mapping
        Column of codes: the changes that lead to the frame's year.
    identities : frozenset of str
        Columns of identity numbers; ``key`` must be there if there are any.
    """

    rules: tuple[CodeRule, ...] = ()
    changes: Mapping[str, Changes] = field(default_factory=dict)
    identities: frozenset[str] = frozenset()
    key: IdentityKey | None = None

    def codes(self, columns: Mapping[str, pa.Array], own: Set[str], rows: int) -> dict[str, pa.Array]:
        """Give the columns that the rules make of some rows, among those that the list has of its own."""
        made: dict[str, pa.Array] = {}
        for rule in self.rules:
            if rule.column not in columns:
                continue
            listed = coded(columns[rule.column])
            values = listed.dictionary.to_pylist()
            if rule.column in self.changes:
                changed = [None if each is None else self.changes[rule.column].changed(each) for each in values]
                made[rule.column] = recoded(listed, pa.array(changed, pa.string()))
                if rule.old in own:
                    kept = [old if old != new else None for old, new in zip(values, changed, strict=True)]
                    made[str(rule.old)] = recoded(listed, pa.array(kept, pa.string()))
                values = changed
            elif rule.old in own:
                made[str(rule.old)] = pa.nulls(rows, CODED)
            if rule.committee in own and rule.committee not in columns:
                words = [None if each is None else committee_of(each) for each in values]
                made[str(rule.committee)] = recoded(listed, pa.array(words, pa.string()))
        return made

    def hashed(self, numbers: pa.DictionaryArray) -> tuple[pa.Array, NDArray[np.int8]]:
        """Hash identity numbers; null and the number of a problem where one is none."""
        if self.key is None:
            raise ValueError("there is no key")
        values = numbers.dictionary.to_pylist()
        wrong = [0 if each is None else identity_problem(each) for each in values]
        hashes = [
            None if each is None or problem else self.key.hashed(each)
            for each, problem in zip(values, wrong, strict=True)
        ]
        positions: NDArray[np.int64] = numbers.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
        return pa.array(hashes, pa.string()).take(numbers.indices), np.array([*wrong, 0], dtype=np.int8)[positions]

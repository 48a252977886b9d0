"""Bring the columns of a list to what frames hold: tidy text, and numbers as their columns declare them."""

import re
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.levels import Column

MAXIMUM_DIGITS = 12
"""Digits of an integer or of a decimal's whole part: sums over millions of units stay exact in 64 bits."""

CODED = pa.dictionary(pa.int32(), pa.string())
"""Text that repeats, each value once and a number for it in every row."""

_INTEGER = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)

MISSING_NUMBER = 4
NUMBER_CODES = {
    1: "frame.not_an_integer",
    2: "frame.number_too_large",
    3: "frame.negative_number",
    MISSING_NUMBER: "frame.missing_number",
    5: "frame.not_a_number",
    6: "frame.too_many_decimals",
}
"""What can be wrong with a number."""


@dataclass(frozen=True)
class TypedNumbers:
    """Hold a number column, null where a text is no such number; the number of each row's problem, 0 for none."""

    values: pa.Array
    problems: NDArray[np.int8]


def tidy_column(column: pa.Array) -> pa.Array:
    """Bring text to NFC without surrounding spaces, empty text to null; of a dictionary only the distinct values."""
    if not pa.types.is_dictionary(column.type):
        return _tidy_texts(column)
    return recoded(column, _tidy_texts(column.dictionary))


def recoded(column: pa.DictionaryArray, values: pa.Array) -> pa.DictionaryArray:
    """Give a dictionary column other values, of which some may be equal now and some null."""
    distinct = values.dictionary_encode()
    indices = distinct.indices.take(column.indices)
    return pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), distinct.dictionary)


def _tidy_texts(texts: pa.Array) -> pa.Array:
    """Trim spaces (also ideographic and no-break ones), normalise, and make empty text null."""
    trimmed = pc.utf8_trim(texts, characters=" \u3000\u00a0")
    ascii_only = pc.all(pc.string_is_ascii(trimmed)).as_py() is not False
    normal = trimmed if ascii_only else pc.utf8_normalize(trimmed, form="NFC")
    return pc.if_else(pc.equal(normal, ""), pa.scalar(None, pa.string()), normal)


def coded(texts: pa.Array) -> pa.DictionaryArray:
    """Write text as a dictionary, if it is none."""
    if pa.types.is_dictionary(texts.type):
        return texts
    encoded = texts.dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), encoded.dictionary)


def typed_numbers(texts: pa.DictionaryArray, own: Column) -> TypedNumbers:
    """Type a number column and give each row the number of its problem; only distinct texts are read."""
    parsed = [parse_number(text, own) for text in texts.dictionary.to_pylist()]
    missing = parse_number(None, own)[1]
    values = pa.array([value for value, _ in parsed], arrow_type(own))
    problems = np.array([problem for _, problem in parsed] + [missing], dtype=np.int8)
    positions: NDArray[np.int64] = texts.indices.fill_null(len(parsed)).to_numpy(zero_copy_only=False)
    return TypedNumbers(values.take(texts.indices), problems[positions])


def parse_number(text: str | None, column: Column) -> tuple[int | Decimal | None, int]:
    """Read a number as its column declares it: the value and the number of a problem, 0 for none."""
    if text is None:
        return None, MISSING_NUMBER if column.kind == "integer" else 0
    pattern = _INTEGER if column.kind == "integer" else _DECIMAL
    if not pattern.fullmatch(text):
        return None, 1 if column.kind == "integer" else 5
    value = Decimal(text)
    if abs(value) >= 10**MAXIMUM_DIGITS or abs(value).scaleb(column.decimals) >= 10**18:
        return None, 2
    if column.kind == "integer":
        return int(value), 3 if value < 0 else 0
    places = value.quantize(Decimal(1).scaleb(-column.decimals))
    return (places, 0) if places == value else (None, 6)


def arrow_type(column: Column) -> pa.DataType:
    """Give the type that a column has in Parquet."""
    if column.kind == "text":
        return pa.string()
    return pa.int64() if column.kind == "integer" else pa.decimal128(18, column.decimals)

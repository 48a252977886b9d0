"""The explanation tells how far a sample of random size may be from its mean, and which groups may come out empty."""

from itertools import product
from math import prod, sqrt

import pyarrow as pa
import pytest

from evalsvc.draws.explaining import _percent, in_words
from sampling.design import Design, load_design
from sampling.explain import Explanation, explain
from sampling.frame import Frame
from sampling.levels import Column, Level

VILLAGES = 7
HOUSEHOLDS = [(f"v{v}", f"v{v}h{h}") for v in range(VILLAGES) for h in range(v + 2)]
SIZES = {f"v{v}": v + 1 for v in range(VILLAGES)}
FRAME = Frame(
    (Level("village", "village_code", (Column("size", "integer"),)), Level("household", "household_code", ())),
    pa.table(
        {
            "village_code": [village for village, _ in HOUSEHOLDS],
            "size": [SIZES[village] for village, _ in HOUSEHOLDS],
            "household_code": [household for _, household in HOUSEHOLDS],
        }
    ),
)


def told(stages: str) -> tuple[Design, Explanation]:
    design = load_design(
        "version: 1\nevaluation: x\ndraw: 1\nframe: {levels: [{name: village, id: village_code, columns: "
        "{size: integer}}, {name: household, id: household_code}]}\nstages:\n" + stages
    ).design
    assert design is not None
    return design, explain(design, FRAME)


def test_poisson_sizes_by_all_samples() -> None:
    design, found = told("- {name: village, method: poisson, size: {column: size}, take: 3}\n")
    chances = [3 * size / 28 for size in SIZES.values()]
    numbers = {
        sample: prod(p if taken else 1 - p for p, taken in zip(chances, sample, strict=True))
        for sample in product((0, 1), repeat=VILLAGES)
    }
    mean = sum(sum(sample) * chance for sample, chance in numbers.items())
    spread = sqrt(sum((sum(sample) - mean) ** 2 * chance for sample, chance in numbers.items()))
    random = found.stages[0].strata[0].random
    assert random is not None
    (size,) = random.worst
    assert (size.parent, random.groups) == (None, 1)
    assert (size.expected, size.deviation) == pytest.approx((mean, spread), rel=1e-12)
    assert size.empty == pytest.approx(numbers[(0,) * VILLAGES], rel=1e-12)
    assert random.expected_empty == size.empty
    for language, words in (("zh", "标准差 1.2"), ("en", "standard deviation of 1.2")):
        assert words in "\n".join(in_words(design, found, language))


def test_the_groups_likeliest_to_be_empty_come_first() -> None:
    design, found = told(
        "- {name: village, method: equal, take: 2}\n- {name: household, method: bernoulli, take: 20%}\n"
    )
    random = found.stages[1].strata[0].random
    assert random is not None
    assert random.groups == VILLAGES
    assert [size.parent for size in random.worst] == ["v0", "v1", "v2", "v3", "v4"]
    assert [size.empty for size in random.worst] == pytest.approx([0.8 ** (v + 2) for v in range(5)])
    assert random.worst[1].deviation == pytest.approx(sqrt(3 * 0.2 * 0.8))
    assert random.expected_empty == pytest.approx(sum(2 / 7 * 0.8 ** (v + 2) for v in range(VILLAGES)))
    words = "\n".join(in_words(design, found, "zh"))
    assert "共 7 个上级单位" in words
    assert "在 v0 里抽到的个数平均 0.4、标准差 0.6，一个也抽不到的机会 64%" in words


def test_few_groups_are_all_told_and_certainties_are_never_empty() -> None:
    _, found = told("- {name: village, method: poisson, size: {column: size}, take: 6}\n")
    (size,) = found.stages[0].strata[0].random.worst  # type: ignore[union-attr]
    assert size.empty == 0.0
    _, found = told("- {name: village, method: equal, take: 2}\n- {name: household, method: equal, take: 1}\n")
    assert [stratum.random for stage in found.stages for stratum in stage.strata] == [None, None]


def test_below_repeated_parents_sizes_are_said_to_be_those_of_a_single_draw() -> None:
    households = "- {name: household, method: bernoulli, take: 30%}\n"
    once = "- {name: village, method: pps_systematic, size: {count: household}, take: 2}\n"
    for stage, said in ((once.replace("pps_systematic", "with_replacement"), True), (once, False)):
        design, found = told(stage + households)
        for language, words in (("zh", "只抽中一次"), ("en", "drawn once")):
            assert (words in "\n".join(in_words(design, found, language))) == said


def test_a_draw_in_frame_order_says_when_its_error_misleads() -> None:
    stage = "- {name: village, method: systematic, take: 3}\n"
    for text, said in ((stage.replace("}", ", order: frame}"), True), (stage, False)):
        design, found = told(text)
        for language, words in (("zh", "名单有周期"), ("en", "the list is periodic")):
            assert (words in "\n".join(in_words(design, found, language))) == said


@pytest.mark.parametrize(
    ("chance", "text"),
    [
        (0.0, "0%"),
        (1e-9, "<0.1%"),
        (0.0123, "1.2%"),
        (0.5, "50%"),
        (0.9949, "99.5%"),
        (0.997, "99.7%"),
        (0.9999, ">99.9%"),
        (1.0, "100%"),
    ],
)
def test_chances_are_told_in_plain_digits(chance: float, text: str) -> None:
    assert _percent(chance) == text

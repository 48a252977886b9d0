"""Units of the next stage count for the degrees of freedom in certainty clusters: the rows say so."""

import pytest

from sampling.estimate import load_plan, run_plan

PLAN = """
version: 1
data: answers.csv
design:
  stages:
    - {cluster: village, strata: county, probability: pi}
    - {population: households}
  weights: weight
  nested: true
  unequal: {method: brewer}
estimates:
  - {id: share, statistic: proportion, variables: [yes], by: [county]}
"""


FEW = ("unreliable_rate", "few_degrees_of_freedom")  # a few rows in a few villages


@pytest.mark.parametrize(("first", "flags"), [("1.0", ("certainty_clusters",)), ("0.5", ())])
def test_a_domain_with_certainty_clusters_is_flagged(first, flags):
    plan = load_plan(PLAN.replace("[yes]", "['answer']")).plan
    columns = {name: [] for name in ("county", "village", "pi", "households", "weight", "answer")}
    for county in ("a", "b"):
        for village in range(4):
            for household in range(3):
                chance = first if (county, village) == ("a", 0) else "0.5"
                cells = (county, f"{county}{village}", chance, "9", "6", str((village + household) % 2))
                for name, value in zip(columns, cells, strict=True):
                    columns[name].append(value)
    rows = {row.domain["county"]: row for row in run_plan(plan, columns).rows}
    assert rows["a"].flags == (*flags, *FEW)
    assert rows["b"].flags == FEW

"""Plan clusters: what the likeness of a village's households costs, and how many households a village should have."""

from dataclasses import dataclass
from math import sqrt

from sampling.errors import SamplingError
from sampling.size.effective import effective_size
from sampling.size.ranges import LARGEST_SIZE, check_least, check_open_unit, check_positive


def cluster_effect(size: float, icc: float, *, variation: float = 0.0, weights_variation: float = 0.0) -> float:
    """Give the design effect of clusters: 1 + (m' - 1) icc, times that of unequal weights; Kish (1965, 1987).

    Parameters
    ----------
    size : float
        Mean interviews m in a cluster, at least 1.
    icc : float
        Intra-class correlation, in [0, 1]; 1 where a cluster's units all agree (the persons of a judged household).
    variation : float
        Coefficient of variation of the clusters' sizes: m' = m (1 + variation**2).
    weights_variation : float
        Coefficient of variation of the weights; the effect is multiplied by 1 + its square (Kish 1992).

    Raises
    ------
    SamplingError
        ``size.out_of_range``
    """
    check_least(1, cluster_size=size)
    check_least(0, variation=variation, weights_variation=weights_variation)
    _check_correlation(icc)
    return (1 + (size * (1 + variation**2) - 1) * icc) * (1 + weights_variation**2)


def _check_correlation(icc: float) -> None:
    """Refuse a correlation outside [0, 1]."""
    if not 0 <= icc <= 1:
        raise SamplingError("size.out_of_range", name="icc", value=icc, rule="0 ≤ … ≤ 1")


@dataclass(frozen=True)
class ClusterPlan:
    """Hold what a budget buys with clusters of one size.

    Parameters
    ----------
    size : int
        Households interviewed in a village.
    clusters : int
        Villages that the budget pays for.
    interviews, cost
        Households in all, and what they cost.
    deff, effective : float
        Design effect, and what the interviews are worth of a simple random sample.
    optimum : bool
        True for the plan that is worth most.
    """

    size: int
    clusters: int
    interviews: int
    cost: float
    deff: float
    effective: float
    optimum: bool


def optimum_clusters(
    cluster_cost: float, unit_cost: float, icc: float, budget: float, *, sizes: tuple[int, ...] = ()
) -> tuple[float, tuple[ClusterPlan, ...]]:
    """Give the optimum households a village by cost, and what the budget buys with it and with other numbers.

    The optimum sqrt(c_village / c_household * (1 - icc) / icc) is that of Cochran (1977), section 10.6, in the form of
    Kish (1965), formula 8.3.7, with a linear cost. The whole number beside it that the budget makes worth more is the
    plan marked as the optimum.

    Parameters
    ----------
    cluster_cost, unit_cost : float
        Cost of reaching a village, and of one interview in it.
    icc : float
        Intra-class correlation, in (0, 1).
    budget : float
        To be spent on villages and interviews.
    sizes : tuple of int
        Other numbers of households to be shown beside the optimum.

    Raises
    ------
    SamplingError
        ``size.out_of_range``; ``size.budget_too_small``: it does not pay for a single village.
    """
    check_positive(cluster_cost=cluster_cost, unit_cost=unit_cost, budget=budget)
    check_open_unit(icc=icc)
    best = sqrt(cluster_cost / unit_cost * (1 - icc) / icc)
    beside = sorted({max(1, int(best)), max(1, int(best)) + 1})
    plans = {size: _plan(size, cluster_cost, unit_cost, icc, budget) for size in {*beside, *sizes}}
    if all(plans[size].clusters == 0 for size in beside):
        raise SamplingError("size.budget_too_small", budget=budget, least=cluster_cost + beside[0] * unit_cost)
    # Budgets pay for whole villages only: what a size is worth is compared by what it is worth for each unit of money.
    chosen = max(beside, key=lambda size: size / cluster_effect(size, icc) / (cluster_cost + size * unit_cost))
    return best, tuple(ClusterPlan(**{**vars(plan), "optimum": size == chosen}) for size, plan in sorted(plans.items()))


def _plan(size: int, cluster_cost: float, unit_cost: float, icc: float, budget: float) -> ClusterPlan:
    """Spend a budget on whole villages of one size."""
    each, effect = cluster_cost + size * unit_cost, cluster_effect(size, icc)
    clusters = int(budget / each + 1e-9)
    interviews = clusters * size
    return ClusterPlan(size, clusters, interviews, clusters * each, effect, interviews / effect, optimum=False)


@dataclass(frozen=True)
class VillagesNeeded:
    """Hold the villages that are worth so many effective interviews, with the degrees of freedom they leave."""

    villages: int
    interviews: int
    deff: float
    df: int
    effective: float


def villages_needed(
    effective: float,
    per_village: int,
    icc: float,
    *,
    strata: int = 1,
    variation: float = 0.0,
    weights_variation: float = 0.0,
    level: float = 0.95,
) -> VillagesNeeded:
    """Give the fewest villages whose interviews are worth enough, after the design effect and their own t.

    The degrees of freedom are villages less strata, so few villages cost twice: by the likeness of their households
    and by a t that is far from z.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.beyond_all``
    """
    check_positive(effective=effective)
    check_least(1, strata=strata)
    effect = cluster_effect(per_village, icc, variation=variation, weights_variation=weights_variation)

    def worth(villages: int) -> float:
        return effective_size(villages * per_village, deff=effect, df=villages - strata, level=level)

    low, high = strata, strata + 1
    while worth(high) < effective:
        if high > LARGEST_SIZE:
            raise SamplingError("size.beyond_all", largest=LARGEST_SIZE)
        low, high = high, 2 * high
    while high - low > 1:  # more villages are worth more
        middle = (low + high) // 2
        low, high = (low, middle) if worth(middle) >= effective else (middle, high)
    return VillagesNeeded(high, high * per_village, effect, high - strata, worth(high))

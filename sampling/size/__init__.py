"""Size a sample: for a precision, a demonstration or a comparison, by clusters; judge a rule by its errors."""

from sampling.size.clusters import ClusterPlan, VillagesNeeded, cluster_effect, optimum_clusters, villages_needed
from sampling.size.comparison import Comparison, ComparisonTest, compare_power, compare_size, detectable_rates
from sampling.size.counties import CountyVerdicts, beta_rates, county_verdicts
from sampling.size.curve import CurvePoint, OperatingCurve, Side, largest_below, operating_curve
from sampling.size.demonstration import (
    Method,
    demonstration_size,
    errors_allowed,
    errors_failing,
    lower_bound,
    pass_probability,
    power_size,
    upper_bound,
)
from sampling.size.effective import effective_size, interviews_needed
from sampling.size.power import PowerInterviews, power_interviews
from sampling.size.precision import PrecisionReached, PrecisionSize, precision_reached, precision_size
from sampling.size.ranges import LARGEST_SAMPLE, LARGEST_SIZE

__all__ = [
    "LARGEST_SAMPLE",
    "LARGEST_SIZE",
    "ClusterPlan",
    "Comparison",
    "ComparisonTest",
    "CountyVerdicts",
    "CurvePoint",
    "Method",
    "OperatingCurve",
    "PowerInterviews",
    "PrecisionReached",
    "PrecisionSize",
    "Side",
    "VillagesNeeded",
    "beta_rates",
    "cluster_effect",
    "compare_power",
    "compare_size",
    "county_verdicts",
    "demonstration_size",
    "detectable_rates",
    "effective_size",
    "errors_allowed",
    "errors_failing",
    "interviews_needed",
    "largest_below",
    "lower_bound",
    "operating_curve",
    "optimum_clusters",
    "pass_probability",
    "power_interviews",
    "power_size",
    "precision_reached",
    "precision_size",
    "upper_bound",
    "villages_needed",
]

"""Apply the form of a stage to unit totals: M A, where sampling.estimate.variance gives z'Mz."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from sampling.estimate.stages.stage import Stage
from sampling.estimate.table import FloatArray
from sampling.estimate.weights.auxiliary import dense


def applied(stage: Stage, totals: FloatArray) -> FloatArray:
    """Give M A of one stage for unit totals A (units, p) over all its units: the form of sampling.estimate.variance."""
    stratum, strata = stage.unit_stratum, stage.size.size
    gather = sparse.csr_matrix((np.ones(stratum.size), (stratum, np.arange(stratum.size))), (strata, stratum.size))
    counted, alpha = stage.counted[:, None], stage.alpha[:, None]
    draws = 1.0 if stage.draws is None else stage.draws[:, None]
    share = (stage.centre / np.maximum(stage.size, 1.0))[:, None]
    mean = share * dense(gather @ (counted * totals))
    each = totals / draws
    left = each - mean[stratum]
    found = alpha * left / draws - counted * (share * dense(gather @ (alpha * left)))[stratum]
    if stage.row_sum is not None:
        row_sum = stage.row_sum[:, None]
        found += counted * (share * dense(gather @ (row_sum * left)))[stratum] + row_sum / draws * mean[stratum]
    if stage.pairs is not None:
        found += stage.pairs.of_columns(each) / draws
    return np.asarray(found, dtype=np.float64)

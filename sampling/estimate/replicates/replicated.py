"""Put replicates in the place of a design's stages: read from a file, or made of the drawn units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sampling.estimate.design import Design, DesignSpec
from sampling.estimate.progress import Progress, silent
from sampling.estimate.replicates.file import given_replicates
from sampling.estimate.replicates.make import make_replicates
from sampling.estimate.table import Table


def with_replicates(
    spec: DesignSpec, table: Table, files: Mapping[str, Table], design: Design, progress: Progress = silent
) -> Design:
    """Give the design with the replicates that its plan asks for; variances then come from them, not from the stages.

    Raises
    ------
    DataRefusedError
        When file or design are not what the method needs, with every complaint.
    """
    asked = spec.replicates
    if asked is None:
        return design
    progress("replicates", 0, 1)
    if asked.file is None:
        made = make_replicates(asked, spec, table, design)
    else:
        made = given_replicates(asked, spec, files[asked.file], table, design)
    progress("replicates", 1, 1)
    return replace(design, stages=(), replicates=made)

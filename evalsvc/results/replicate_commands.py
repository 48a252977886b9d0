"""Write replicate weights for other programs: `evalsvc replicates plan.yaml --out repw.csv.gz`."""

import gzip
import io
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import yaml

from evalsvc.durable import write_whole
from evalsvc.errors import InvalidError
from evalsvc.given_paths import existing, force_option, new, refuse_existing
from evalsvc.results.activity import telling
from evalsvc.results.plan_files import data_path, read_files, read_plan, refusing
from sampling.estimate import Sample, read_table
from sampling.estimate.replicates.table import replicate_columns, replicate_key

ENDINGS = (".csv", ".csv.gz", ".parquet")


@click.command("replicates")
@click.argument("plan_path", metavar="PLAN", type=existing)
@click.option("--data", "given", type=existing, help="数据文件，代替方案里的 data / instead of the plan's data")
@click.option("--out", "out", type=new, required=True, help="权数文件 .csv .csv.gz .parquet / the file of weights")
@force_option
def replicates(plan_path: Path, given: Path | None, out: Path, *, force: bool) -> None:
    """写出方案的重复权数 / write the replicate weights of a plan.

    一列一组权数，行序与数据相同；终端上印出读回这个文件所用的 design.replicates。
    A column a replicate, rows as in the data; the design.replicates that reads them is printed.
    """
    if not out.name.endswith(ENDINGS):
        endings = "、".join(ENDINGS)
        raise click.UsageError(
            f"不能写成 {out.name}，文件名的结尾须是 {endings} 之一 / "
            f"{out.name}: a file's name has to end in one of {', '.join(ENDINGS)}"
        )
    refuse_existing(out, force=force)
    plan = read_plan(plan_path)
    if plan.design.replicates is None:
        raise InvalidError("results.no_replicates", file=plan_path.name)
    data = data_path(plan.data, plan_path, given)
    files = read_files(plan, plan_path.parent)
    with telling() as tell:
        with refusing(data):
            found = Sample(plan.design, read_table(data), files, tell).design.replicates
        if found is None:
            raise InvalidError("results.no_replicates", file=plan_path.name)
        tell("files", 0, 1)
        write_whole(out, _written(pa.table(replicate_columns(found)), out))
    key = {"replicates": replicate_key(found, out.name)}
    click.echo(yaml.safe_dump(key, sort_keys=False, default_flow_style=None), nl=False)


def _written(columns: Any, path: Path) -> bytes:
    stream = io.BytesIO()
    if path.suffix == ".parquet":
        pa_parquet.write_table(columns, stream)
        return stream.getvalue()
    pa_csv.write_csv(columns, stream)
    # Without a time stamp inside the same weights are the same bytes.
    return gzip.compress(stream.getvalue(), mtime=0) if path.suffix == ".gz" else stream.getvalue()

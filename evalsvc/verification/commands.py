"""The outsider's check on a terminal: `evalsvc verify report.pdf --bundle bundle.zip`."""

import json
from pathlib import Path

import click
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn

from evalsvc.terminal import FAILED, language
from evalsvc.verification.outcome import FAILED as STEP_FAILED
from evalsvc.verification.outcome import OK, Step, Verification
from evalsvc.verification.run import verify
from evalsvc.words import sentence
from sampling.errors import Complaint

existing = click.Path(exists=True, dir_okay=False, path_type=Path)
MARKS = {OK: "✓", STEP_FAILED: "✗"}
NOT_TAKEN = "–"
NOTE = "※"


@click.command("verify")
@click.argument("report_path", metavar="REPORT.pdf", type=existing)
@click.option("--bundle", "bundle_path", type=existing, help="bundle.zip：重算全部数字 / recompute every figure")
@click.option(
    "--log",
    "log_paths",
    type=existing,
    multiple=True,
    help="另行取得的公开登记表，可重复 / a copy of the public log that did not come with the bundle",
)
@click.option("--trust", "trust_path", type=existing, help="信任的证书（PEM 或 DER）/ certificates to trust")
@click.option("--json", "as_json", is_flag=True, help="供程序读取 / for machines")
def verify_command(
    report_path: Path,
    bundle_path: Path | None,
    log_paths: tuple[Path, ...],
    trust_path: Path | None,
    *,
    as_json: bool,
) -> None:
    """核验签名报告 / verify a signed report, with its bundle to the last figure.

    有数据包时，从抽样框、种子和原样答卷重算报告印出的每个数字。
    """
    console = Console(stderr=True)
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("")
        found = verify(
            report_path.read_bytes(),
            None if bundle_path is None else bundle_path.read_bytes(),
            None if trust_path is None else trust_path.read_bytes(),
            logs={str(path): path.read_bytes() for path in log_paths},
            progress=lambda name, _done, _all: bar.update(task, description=_words(f"verification.step.{name}")),
        )
    if as_json:
        click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=1))
    else:
        _print(found)
    if not found.holds:
        click.get_current_context().exit(FAILED)


def as_data(found: Verification) -> dict[str, object]:
    """Return the outcome as a machine reads it."""
    return {
        "ok": found.holds,
        "complete": found.complete,
        "conclusion": found.conclusion,
        "about": dict(found.about),
        "signatures": [vars(each) for each in found.signatures],
        "steps": [
            {
                "name": step.name,
                "state": step.state,
                "counts": dict(step.counts),
                "left_out": step.left_out,
                "complaints": [_told(each) for each in step.complaints],
                "notes": [_told(each) for each in step.notes],
            }
            for step in found.steps
        ],
        "figures": [
            {"key": each.key, "printed": each.printed, "recomputed": each.recomputed, "equal": each.equal}
            for each in found.figures
        ],
    }


def _told(each: Complaint) -> dict[str, object]:
    message = sentence(each.code, each.details, language())
    return {"code": each.code, "message": message, "details": dict(each.details)}


def _print(found: Verification) -> None:
    for name, value in found.about.items():
        if value and name not in ("simulated", "code"):
            click.echo(f"{_words(f'verification.about.{name}')}  {value}")
    if found.about and not found.about["public_value"]:
        click.echo(_words("verification.no_public_value"))
    if found.about.get("simulated"):
        click.echo(_words("verification.simulated"))
    for signature in found.signatures:
        trusted = "verification.trusted" if signature.trusted else "verification.untrusted"
        click.echo(_words("verification.signed_by", signer=signature.signer, at=signature.signed_at))
        click.echo(_words(trusted))
    _print_figures(found)
    click.echo("")
    for step in found.steps:
        _print_step(step)
    click.echo("")
    click.echo(_conclusion(found))


def _print_figures(found: Verification) -> None:
    """Print every figure: key, in the report, recomputed, equal or not; those that differ stand out."""
    if not found.figures or found.figures[0].recomputed is None:
        return
    lines = [tuple(_words(f"verification.column.{name}") for name in ("figure", "printed", "recomputed", "equal"))]
    for each in found.figures:
        equal = _words("verification.equal" if each.equal else "verification.unequal")
        lines.append((each.key, each.printed or NOT_TAKEN, each.recomputed or NOT_TAKEN, equal))
    widths = [max(cell_len(line[place]) for line in lines) for place in range(3)]
    click.echo("")
    for line in lines:
        padded = (set_cell_size(cell, width) for cell, width in zip(line, widths, strict=False))
        click.echo("  ".join((*padded, line[3])))


def _print_step(step: Step) -> None:
    counts = ", ".join(f"{_words(f'verification.count.{name}')} {value}" for name, value in step.counts.items())
    click.echo(f"{MARKS.get(step.state, NOT_TAKEN)} {_words(f'verification.step.{step.name}')}  {counts}".rstrip())
    for each in step.complaints:
        click.echo(f"    {sentence(each.code, each.details, language())}")
    if step.left_out:
        click.echo(f"    {_words('verification.more', count=step.left_out)}")
    for each in step.notes:
        click.echo(f"    {NOTE} {sentence(each.code, each.details, language())}")


def _conclusion(found: Verification) -> str:
    return _words(found.conclusion, count=len(found.figures) if found.holds else found.unequal)


def _words(code: str, **details: object) -> str:
    return sentence(code, details, language())

"""The outsider's check on a terminal: `evalsvc verify report.pdf --bundle bundle.zip`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from evalsvc import files
from evalsvc.given_paths import existing, logs_option, tsa_certificates_option
from evalsvc.terminal import FAILED, language
from evalsvc.time_stamps.given import certificates
from evalsvc.verification.figure_names import BETWEEN, NamedFigure, grouped, named
from evalsvc.verification.outcome import FAILED as STEP_FAILED
from evalsvc.verification.outcome import OK, SKIPPED, Step, Verification
from evalsvc.verification.run import Progress, verify
from evalsvc.words import sentence, told
from sampling.errors import Complaint

MARKS = {OK: "✓", STEP_FAILED: "✗"}
NOT_TAKEN = "–"
NOTE = "※"
SLOW = frozenset({"pages"})
"""Steps of a minute or so: who waits should know that it is so."""


@click.command("verify")
@click.argument("report_path", metavar="REPORT.pdf", type=existing)
@click.option("--bundle", "bundle_path", type=existing, help="bundle.zip：重算全部数字 / recompute every figure")
@logs_option
@click.option("--trust", "trust_path", type=existing, help="信任的证书（PEM 或 DER）/ certificates to trust")
@tsa_certificates_option
@click.option("--brief", is_flag=True, help="相同的数字只报个数 / count the equal figures instead of listing them")
@click.option("--json", "as_json", is_flag=True, help="供程序读取 / for machines")
def verify_command(
    *,
    report_path: Path,
    bundle_path: Path | None,
    log_paths: tuple[Path, ...],
    trust_path: Path | None,
    tsa_paths: tuple[Path, ...],
    brief: bool,
    as_json: bool,
) -> None:
    """核验签名报告 / verify a signed report, with its bundle to the last figure.

    有数据包时，从抽样框、种子和原样答卷重算报告印出的每个数字。
    """
    with _telling(silent=as_json) as progress:
        found = verify(
            report_path.read_bytes(),
            None if bundle_path is None else bundle_path.read_bytes(),
            None if trust_path is None else trust_path.read_bytes(),
            logs={str(path): path.read_bytes() for path in log_paths},
            authorities=certificates(tsa_paths),
            progress=progress,
        )
    given = {files.REPORT: report_path.name}
    if bundle_path is not None:
        given[files.BUNDLE] = bundle_path.name
    if as_json:
        click.echo(json.dumps(as_data(found, given), ensure_ascii=False, indent=1))
    else:
        _print(found, given, brief=brief)
    if not found.holds:
        click.get_current_context().exit(FAILED)


@contextmanager
def _telling(*, silent: bool) -> Iterator[Progress]:
    """Tell which step is under way: on a terminal one line that lives, elsewhere a line for each step."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, done, steps: None if silent else click.echo(_under_way(name, done, steps), err=True)
        return
    shown = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*shown, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda name, done, steps: bar.update(task, description=_under_way(name, done, steps))


def _under_way(name: str, done: int, steps: int) -> str:
    # The name alone: with all of its words the line would not fit beside the time that has passed.
    step = _words(f"verification.step.{name}").replace("：", ": ").partition(": ")[0]
    slow = _words("verification.slow_step") if name in SLOW else ""
    return _words("verification.under_way", number=done + 1, steps=steps, step=step) + slow


def as_data(found: Verification, given: Mapping[str, str]) -> dict[str, object]:
    """Return the outcome as a machine reads it, with the names of the files as they were given."""
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
                "complaints": [_told(each, given) for each in step.complaints],
                "notes": [_told(each, given) for each in step.notes],
            }
            for step in found.steps
        ],
        "figures": [
            {"key": each.key, "printed": each.printed, "recomputed": each.recomputed, "equal": each.equal}
            for each in found.figures
        ],
    }


def _told(each: Complaint, given: Mapping[str, str]) -> dict[str, object]:
    return {"code": each.code, "message": _message(each, given), "details": _details(each, given)}


def _message(each: Complaint, given: Mapping[str, str]) -> str:
    return sentence(each.code, _details(each, given), language())


def _details(each: Complaint, given: Mapping[str, str]) -> dict[str, object]:
    """Call report and bundle by the names that they have here; files inside the bundle keep theirs."""
    file = each.details.get("file")
    return {**each.details, "file": given.get(file, file)} if isinstance(file, str) else dict(each.details)


def _print(found: Verification, given: Mapping[str, str], *, brief: bool) -> None:
    for name, value in found.about.items():
        if value and name not in ("simulated", "code"):
            click.echo(f"{_words(f'verification.about.{name}')}  {told(name, value, language())}")
    if found.about and not found.about["public_value"]:
        click.echo(_words("verification.no_public_value"))
    if found.about.get("simulated"):
        click.echo(_words("verification.simulated"))
    for signature in found.signatures:
        trusted = "verification.trusted" if signature.trusted else "verification.untrusted"
        details = {"signer": signature.signer, "at": signature.signed_at, "stamped_at": signature.stamped_at}
        click.echo(_words(signature.code, **details))
        if signature.fingerprint:
            click.echo(_words("verification.fingerprint", fingerprint=signature.fingerprint))
        click.echo(_words(trusted))
    _print_figures(found, brief=brief)
    click.echo("")
    for step in found.steps:
        _print_step(step, given)
    click.echo("")
    click.echo(_conclusion(found))


def _print_figures(found: Verification, *, brief: bool) -> None:
    """Print every figure in words, in the report and recomputed: first those that differ, then the equal ones."""
    if not found.recomputed:
        return
    figures = [named(each, found.places, language()) for each in found.figures]
    differing = [each for each in figures if not each.check.equal]
    click.echo("")
    click.echo(_words("verification.figures_differ", count=len(differing)))
    _print_rows(differing)
    equal = grouped([each for each in figures if each.check.equal])
    count = sum(len(group.figures) for group in equal)
    click.echo(_words("verification.figures_counted" if brief else "verification.figures_equal", count=count))
    if not brief:
        _print_rows([each for group in equal for each in group.figures])
        return
    for group in equal:
        click.echo(f"  {group.name}  {len(group.figures)}")


def _print_rows(figures: Sequence[NamedFigure]) -> None:
    """Print figures as a table: what each is, in the report, recomputed."""
    if not figures:
        return
    lines = [tuple(_words(f"verification.column.{name}") for name in ("figure", "printed", "recomputed"))]
    lines += [
        (f"{each.group}{BETWEEN}{each.name}", each.check.printed or NOT_TAKEN, each.check.recomputed or NOT_TAKEN)
        for each in figures
    ]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(2)]
    for line in lines:
        padded = (set_cell_size(cell, width) for cell, width in zip(line, widths, strict=False))
        click.echo("  " + "  ".join((*padded, line[2])))


def _print_step(step: Step, given: Mapping[str, str]) -> None:
    # A step that failed before it had counted anything has nothing to count.
    shown = {name: value for name, value in step.counts.items() if value or step.state != STEP_FAILED}
    counts = ", ".join(_counted(name, value) for name, value in shown.items())
    states = {STEP_FAILED: "verification.step_failed", SKIPPED: "verification.step_skipped"}
    words = _words(f"verification.step.{step.name}") + (_words(states[step.state]) if step.state in states else "")
    click.echo(f"{MARKS.get(step.state, NOT_TAKEN)} {words}  {counts}".rstrip())
    for each in step.complaints:
        click.echo(f"    {_message(each, given)}")
    if step.left_out:
        click.echo(f"    {_words('verification.more', count=step.left_out)}")
    for each in step.notes:
        click.echo(f"    {NOTE} {_message(each, given)}")


def _counted(name: str, value: int | str) -> str:
    return f"{_words(f'verification.count.{name}')} {told(name, value, language())}"


def _conclusion(found: Verification) -> str:
    return _words(found.conclusion, count=len(found.figures) if found.holds else found.unequal)


def _words(code: str, **details: object) -> str:
    return sentence(code, details, language())

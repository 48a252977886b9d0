"""Check a design; commit, carry out and verify a draw by files: `evalsvc design check`, `evalsvc draw …`."""

import json
import secrets
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import click
from rich.console import Console
from rich.progress import Progress as Bar

from evalsvc.draws import log, telling
from evalsvc.draws.decided import decided
from evalsvc.draws.draw_files import (
    append_line,
    log_lines,
    now,
    refuse_broken,
    refuse_entered,
    refuse_taken,
    write_text,
)
from evalsvc.draws.engine_options import engine_options
from evalsvc.draws.explaining import in_words
from evalsvc.draws.other_draw_options import other_draws_options
from evalsvc.draws.summary import excluded_units
from evalsvc.errors import InvalidError
from evalsvc.frames.design_reading import read_design
from evalsvc.given_paths import existing, logs_option, new, tsa_certificates_option
from evalsvc.terminal import FAILED, language, listed, print_complaints
from evalsvc.text_files import read_text
from evalsvc.verification.draw_copies import draw_in_copies
from evalsvc.words import sentence, term
from sampling.branch import hangs_on_others
from sampling.commitment import Commitment, commit, hash_secret
from sampling.design import Design
from sampling.documents import parse_document
from sampling.draw import run_draw
from sampling.engine import OpenEngine
from sampling.errors import complain
from sampling.estimable import estimability
from sampling.explain import explain
from sampling.frame import Frame, open_frame
from sampling.hashing import sha256_text
from sampling.manifest import Manifest
from sampling.other_draws import OtherDraws, earlier_complaint, refuse_unwanted
from sampling.verify import branches_seen, verify_draw

frame_option = click.option("--frame", "frame_path", type=existing, required=True, help="frame.parquet")
json_option = click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
log_option = click.option("--log", "log_path", type=new, help="公开登记表 / commitments.jsonl, continued or begun")


@click.command("check")
@click.argument("design_path", metavar="DESIGN", type=existing)
@frame_option
@click.option("--earlier", type=existing, help="所沿用抽签号的那次抽取的清单 / manifest that prn_from names")
@json_option
def check(*, design_path: Path, frame_path: Path, earlier: Path | None, as_json: bool) -> None:
    """核对方案，列出全部问题，说明它会抽出什么 / check a design: every problem, else what it would take, in words."""
    frame = open_frame(frame_path)
    text = read_text(design_path)
    try:
        design = read_design(text, design_path.name, frame)
    except InvalidError as error:
        file = design_path.name
        raise InvalidError("draw.design_faulty", error.complaints, file=file, count=len(error.complaints)) from None
    _refuse_other_draw(design, design_path.name, earlier)
    left_out = [asdict(each) for each in excluded_units(design, frame)]
    remarks, told = estimability(design, design_path.name), explain(design, frame)
    if as_json:
        value = {
            "ok": True,
            "complaints": [],
            "warnings": listed(remarks),
            "excluded": left_out,
            "explanation": asdict(told),
        }
        click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))
        return
    for each in left_out:
        if not each["purposive"]:  # the explanation tells these
            click.echo(sentence("draw.left_out", {**each, "values": "、".join(each["values"])}, language()))
    click.echo("\n".join(in_words(design, told, language())))
    if hangs_on_others(design):
        stage = term("draw.level", design.stages[0].name, language())
        click.echo(sentence("draw.branch_sees_part", {"stage": stage, "column": design.levels[0].id}, language()))
    code = "draw.design_usable" if remarks else "draw.design_fine"
    details = {"file": design_path.name, "stages": len(design.stages), "count": len(remarks)}
    click.echo(sentence(code, details, language()))
    print_complaints(remarks)


@click.command("commit")
@click.option("--design", "design_path", type=existing, required=True, help="design.yaml")
@frame_option
@click.option("--out", type=new, default=Path("commitment.json"), show_default=True)
@click.option(
    "--secret-out", type=new, default=Path("secret.json"), show_default=True, help="只自己保管 / keep it private"
)
@log_option
@click.option("--time-stamp", "authority_url", metavar="URL", help="向时间戳机构取时间戳 / have an authority stamp it")
@tsa_certificates_option
@engine_options
def make_commitment(
    *,
    design_path: Path,
    frame_path: Path,
    out: Path,
    secret_out: Path,
    log_path: Path | None,
    authority_url: str | None,
    tsa_paths: tuple[Path, ...],
    engine: OpenEngine,
) -> None:
    """承诺：方案、抽样框和一个秘密数绑在一起 / bind a design and a frame to a fresh secret."""
    if tsa_paths and authority_url is None:
        raise click.UsageError("--tsa-cert 要与 --time-stamp 同用 / --tsa-cert goes with --time-stamp")
    refuse_taken(out, secret_out)
    refuse_broken(log_path)
    frame = open_frame(frame_path)
    design = _design_to_commit(design_path, frame, engine)
    subject = log.subject_of(design.evaluation, design.draw)
    refuse_entered(log_path, log.COMMITMENT, [subject])
    secret = secrets.token_hex(32)
    made = commit(design, frame, hash_secret(secret), committed_at=now(), engine=engine)
    if authority_url is not None:
        made = _stamps().stamped(made, authority_url, tsa_paths, now)
    kept = {"evaluation": design.evaluation, "draw": design.draw, "secret": secret}
    # The secret is on disk before the commitment: one without the other could never be revealed.
    write_text(secret_out, json.dumps(kept, ensure_ascii=False, indent=2) + "\n", private=True)
    write_text(out, made.to_json())
    append_line(log_path, log.COMMITMENT, subject, made.commitment)
    details = {"commitment": made.commitment, "out": str(out), "secret": str(secret_out)}
    click.echo(sentence("draw.committed", details, language()))
    for line in _stamps().check_given(made, tsa_paths, out.name).notes:
        click.echo(sentence(line.code, line.details, language()))
    click.echo(telling.public_value(design, None, language()))
    print_complaints(estimability(design, design_path.name))


@click.command("run")
@click.option("--design", "design_path", type=existing, required=True, help="design.yaml")
@frame_option
@click.option("--commitment", "commitment_path", type=existing, required=True, help="commitment.json")
@click.option("--secret", "secret_path", type=existing, required=True, help="secret.json")
@click.option("--public-value", help="公布的随机数，照承诺的写法 / the revealed value in its committed form")
@click.option("--out", type=new, default=Path("draw-manifest.json"), show_default=True)
@log_option
@engine_options
def run(
    *,
    design_path: Path,
    frame_path: Path,
    commitment_path: Path,
    secret_path: Path,
    public_value: str | None,
    out: Path,
    log_path: Path | None,
    engine: OpenEngine,
) -> None:
    """执行抽取，写出抽取清单 / carry the draw out and write its manifest."""
    refuse_taken(out)
    refuse_broken(log_path)
    frame = open_frame(frame_path)
    # What was committed is drawn, with or without an interval.
    design = read_design(read_text(design_path), design_path.name, frame, engine=engine)
    subject = log.subject_of(design.evaluation, design.draw)
    refuse_entered(log_path, log.MANIFEST, [subject])
    commitment = Commitment.from_json(read_text(commitment_path), commitment_path.name)
    if complaints := _stamps().check_given(commitment, (), commitment_path.name).complaints:
        raise InvalidError("draw.stamp_rejected", complaints, file=commitment_path.name)
    secret = _secret(secret_path)
    with Bar(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("", total=None)
        manifest = run_draw(
            design,
            frame,
            commitment,
            secret,
            public_value,
            drawn_at=now(),
            code_version=version("evalsvc"),
            progress=lambda name, done, total: bar.update(task, description=name, completed=done, total=total),
            engine=engine,
        )
    text = manifest.to_json()
    write_text(out, text, private=True)
    append_line(log_path, log.MANIFEST, subject, sha256_text(text))
    click.echo(telling.public_value(design, manifest.public_value, language()))
    for stage in manifest.stages:
        click.echo(telling.stage_drawn(stage, language()))
    click.echo(sentence("draw.written", {"out": str(out)}, language()))


@click.command("verify")
@click.argument("manifest_path", metavar="MANIFEST", type=existing)
@click.option(
    "--frame", "frame_path", type=existing, required=True, help="frame.parquet, 或本县分支 / or a county's branch"
)
@logs_option
@tsa_certificates_option
@other_draws_options
@click.option("--all", "everything", is_flag=True, help="列出全部不符之处 / list every difference")
@json_option
@engine_options
def verify(
    *,
    manifest_path: Path,
    frame_path: Path,
    log_paths: tuple[Path, ...],
    tsa_paths: tuple[Path, ...],
    others: OtherDraws,
    everything: bool,
    as_json: bool,
    engine: OpenEngine,
) -> None:
    """核验抽取：只凭清单和抽样框重算一遍 / recompute a draw from its manifest and the frame alone."""
    text = read_text(manifest_path)
    manifest = Manifest.from_json(text, manifest_path.name)
    # Whether a file is a frame at all is no verdict about the draw.
    frame = open_frame(frame_path)
    findings = verify_draw(manifest, frame_path, engine, others=others)
    about = [*telling.about(manifest, language()), *decided(manifest, frame, language())]
    logged = draw_in_copies({str(path): path.read_bytes() for path in log_paths}, manifest, text)
    stamp = _stamps().check_given(manifest, tsa_paths, manifest_path.name)
    holds = all(each.ok for each in findings) and not logged.complaints and not stamp.complaints
    branches = branches_seen(findings)
    if as_json:
        seen = {"complaints": listed(logged.complaints), "notes": listed(logged.notes)} if log_paths else None
        value = {
            "ok": holds,
            "branches": branches,
            "about": about,
            "findings": [asdict(finding) for finding in findings],
            "log": seen,
            "time_stamp": {"complaints": listed(stamp.complaints), "notes": listed(stamp.notes)},
        }
        click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    else:
        log_told = telling.log_check(logged.complaints, logged.notes, language(), given=bool(log_paths))
        stamp_told = telling.stamp_check(stamp.complaints, stamp.notes, language())
        told = [*telling.checks(manifest, findings, language()), stamp_told, log_told]
        _print_check(about, told, branches, frame_path.name, everything=everything)
    if not holds:
        sys.exit(FAILED)


def _print_check(
    about: Sequence[str],
    told: Sequence[telling.Check],
    branches: Sequence[str] | None,
    frame: str,
    *,
    everything: bool,
) -> None:
    """Print what the draw is, each check, and the conclusion; a list that is not the committed one is said first."""
    wrong = [check for check in told if check.mark == telling.WRONG]
    if any(check.name == "frame" for check in wrong):
        click.echo(sentence("draw.other_list", {"file": frame}, language()), err=True)
    click.echo("\n".join([*about, ""]))
    for check in told:
        for line in telling.lines_of(check, language(), everything=everything):
            click.echo(line)
    taken = [check for check in told if check.mark != telling.NOT_TAKEN]
    partly = [telling.subject(check.words) for check in taken if check.mark == telling.PARTIAL]
    code = "draw.verify_failed" if wrong else "draw.verified" if branches is None else "draw.verified_branch"
    agreed = {"whole": len(taken) - len(partly), "count": len(partly), "partly": partly}
    agree = sentence("draw.agree_partly" if partly else "draw.agree", agreed, language())
    details = {"checked": len(taken), "wrong": len(wrong), "branches": branches, "agree": agree}
    click.echo("")
    click.echo(sentence(code, details, language()), err=bool(wrong))


@click.command("log")
@click.argument("log_path", metavar="LOG", type=existing)
@json_option
def show_log(log_path: Path, as_json: bool) -> None:
    """核对公开登记表的哈希链 / check the chain of a public log and print it."""
    lines = log_lines(log_path)
    if as_json:
        value = {"ok": True, "lines": [asdict(line) for line in lines], "complaints": []}
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))
        return
    for line in lines:
        click.echo(f"{line.sequence}\t{line.at}\t{line.kind}\t{line.subject}\t{line.sha256}")
    code = "draw.log_fine" if lines else "draw.log_empty"
    click.echo(sentence(code, {"lines": len(lines), "file": log_path.name}, language()))


def _design_to_commit(path: Path, frame: Frame, engine: OpenEngine) -> Design:
    """Read a design; that its sample would have no interval is a warning here, for files may be estimated elsewhere."""
    return read_design(read_text(path), path.name, frame, engine=engine)


def _refuse_other_draw(design: Design, file: str, earlier: Path | None) -> None:
    """Refuse a design whose earlier draw is not the one given, or followed another: samples would not overlap."""
    if earlier is None:
        return
    text = read_text(earlier)
    refuse_unwanted(design, OtherDraws(earlier=text))
    wrong = earlier_complaint(design, text, earlier.name)
    if wrong is not None:
        raise InvalidError("draw.design_faulty", [wrong], file=file, count=1)


def _secret(path: Path) -> str:
    document = parse_document(read_text(path), path.name)
    value = document.value
    if document.complaints or not isinstance(value, dict) or not isinstance(value.get("secret"), str):
        complaints = document.complaints or (complain("draw.secret_file", file=path.name),)
        raise InvalidError("draw.secret_unreadable_file", complaints, file=path.name)
    return str(value["secret"])


def _stamps() -> ModuleType:
    """Load what obtains and verifies time stamps: half a second, which commands without one need not wait for."""
    return import_module("evalsvc.time_stamps.given")

"""Reports from files, without the server: `evalsvc report build`, `sign` and `certificate`."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from evalsvc import files
from evalsvc.editions.chapters.kinds import FOLDERS
from evalsvc.editions.chapters.texts import require_usable, write_shipped
from evalsvc.editions.format import read_edition
from evalsvc.editions.long_term import renewed
from evalsvc.editions.printing import build_report, preview, signed, with_places
from evalsvc.errors import InvalidError
from evalsvc.given_paths import existing, force_option, new, refuse_existing, tsa_certificates_option
from evalsvc.terminal import language
from evalsvc.time_stamps.authority import Authority
from evalsvc.time_stamps.given import certificates
from evalsvc.words import sentence
from reports.keys import Signer, authority_of, fingerprint, read_signer
from reports.signing.fields import has_fields
from reports.signing.roles import BY_NAME
from reports.verify import embedded, printed_text

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
CONTRADICTIONS = (LookupError, TypeError, ValueError, AttributeError)
"""What a file ends with that has the format's shape and lacks what the report prints."""
PASSPHRASE = "EVALSVC_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable, not a secret


@click.group("report")
def commands() -> None:
    """报告：由数据编制、签名 / reports: build from data, sign."""


@commands.command("build")
@click.argument("edition_path", metavar="EDITION.json", type=existing)
@click.option("--out", type=new, required=True, help="report.pdf")
@force_option
def build(edition_path: Path, out: Path, *, force: bool) -> None:
    """由 edition.json 编制未签名的报告 / build the unsigned report from edition.json."""
    refuse_existing(out, force=force)
    data = edition_path.read_bytes()
    facts, complaints = read_edition(data, edition_path.name)
    if facts is None:
        raise InvalidError("edition.unreadable", complaints, file=edition_path.name)
    try:
        pdf = build_report(data)
    except InvalidError as error:  # its texts are those that it was made with: they do not fit its facts
        raise InvalidError("edition.not_printable", error.complaints, file=edition_path.name) from error
    except CONTRADICTIONS as error:
        problem = f"{type(error).__name__}: {error}"[:200]
        raise InvalidError("edition.not_printable", file=edition_path.name, problem=problem) from error
    out.write_bytes(pdf)
    click.echo(sentence("edition.built", {"file": str(out), "count": len(facts["printed"])}, language()))


@commands.command("sign")
@click.argument("reports", metavar="REPORT.pdf...", type=existing, nargs=-1, required=True)
@click.option(
    "--role",
    type=click.Choice(sorted(BY_NAME)),
    required=True,
    help="lead 项目负责人，reviewer 审核，institute 机构 / for whom",
)
@click.option("--key", "key_path", type=existing, required=True, help="PKCS#12 (.p12, .pfx)")
@click.option(
    "--out", type=new, required=True, help="签名后的文件；几份报告时是文件夹 / the signed file, a folder for several"
)
@force_option
def sign(reports: tuple[Path, ...], role: str, key_path: Path, out: Path, *, force: bool) -> None:
    """签名，依次为负责人、审核、机构，可以一次签几份 / sign one or several: lead, reviewer, institute in turn.

    The passphrase comes from EVALSVC_KEY_PASSPHRASE, or is asked for.

    口令取自环境变量 EVALSVC_KEY_PASSPHRASE，没有时询问。
    """
    several = len(reports) > 1 or out.is_dir()
    written = [out / each.name for each in reports] if several else [out]
    for each in written:
        refuse_existing(each, force=force)
    signer = _signer(key_path)
    if several:
        out.mkdir(parents=True, exist_ok=True)
    for report, target in zip(reports, written, strict=True):
        target.write_bytes(_signed(report, role, signer))
        click.echo(sentence("edition.signed", {"file": str(target), "signer": signer.subject}, language()))


def _signed(report: Path, role: str, signer: Signer) -> bytes:
    """Return a report with one more signature."""
    pdf = report.read_bytes()
    facts, complaints = read_edition(embedded(pdf).get(files.EDITION, b""))
    if facts is None:
        raise InvalidError("edition.not_ours", complaints, file=report.name)
    prepared = pdf if has_fields(pdf) else with_places(pdf)
    return signed(prepared, BY_NAME[role], signer, facts["edition"], datetime.now(UTC).replace(microsecond=0))


@commands.command("certificate")
@click.option("--key", "key_path", type=existing, required=True, help="PKCS#12 (.p12, .pfx)")
@click.option("--out", type=new, required=True, help="root.pem")
@force_option
def certificate(key_path: Path, out: Path, *, force: bool) -> None:
    """写出签名者的根证书，供核验者 verify --trust 使用 / write the root certificate that others give to verify --trust.

    口令取自环境变量 EVALSVC_KEY_PASSPHRASE，没有时询问。
    """
    refuse_existing(out, force=force)
    root = authority_of(_signer(key_path))
    out.write_bytes(root)
    click.echo(sentence("edition.certificate", {"file": str(out), "fingerprint": fingerprint(root)}, language()))


@commands.command("texts")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="文件夹 / folder")
def texts(out: Path) -> None:
    """写出自带的各章文字，作为改写的底稿 / write our texts of reports as a start for one's own."""
    count = write_shipped(out)
    click.echo(sentence("report_text.written", {"folder": str(out), "count": count}, language()))


@commands.command("preview")
@click.option("--edition", "edition_path", type=existing, required=True, help="edition.json")
@click.option("--texts", "texts_folder", type=FOLDER, help="自己的文字所在文件夹 / folder of one's own texts")
@click.option("--kind", default="", help="看作另一种报告 / as another kind: " + "、".join(FOLDERS))
@click.option("--county", default="", help="看作一个县的报告：县代码 / as the report of one county: its code")
@click.option("--out", type=new, required=True, help="preview.pdf")
@force_option
def preview_command(
    edition_path: Path, texts_folder: Path | None, kind: str, county: str, out: Path, *, force: bool
) -> None:
    """用自己的文字排一份标有“预览”的报告 / lay a report out with one's own texts, marked as a preview."""
    refuse_existing(out, force=force)
    require_usable(texts_folder)
    data = edition_path.read_bytes()
    facts, complaints = read_edition(data, edition_path.name)
    if facts is None:
        raise InvalidError("edition.unreadable", complaints, file=edition_path.name)
    try:
        pdf = preview(data, texts_folder, kind, county)
    except CONTRADICTIONS as error:
        problem = f"{type(error).__name__}: {error}"[:200]
        raise InvalidError("edition.not_printable", file=edition_path.name, problem=problem) from error
    out.write_bytes(pdf)
    details = {"file": str(out), "pages": len(printed_text(pdf))}
    click.echo(sentence("report_text.preview", details, language()))


@commands.command("renew")
@click.argument("report_path", metavar="REPORT.pdf", type=existing)
@click.option("--out", type=new, required=True, help="续加时间戳后的文件 / the file with another stamp")
@click.option("--time-stamp", "authority_url", metavar="URL", required=True, help="时间戳机构 / who stamps (RFC 3161)")
@tsa_certificates_option
@force_option
def renew(report_path: Path, out: Path, authority_url: str, tsa_paths: tuple[Path, ...], *, force: bool) -> None:
    """先核验，再续加时间戳，每年一次 / check a report, then add a time stamp with fresh evidence: once a year."""
    refuse_existing(out, force=force)
    made = renewed(Authority(authority_url, certificates(tsa_paths)), report_path.read_bytes())
    out.write_bytes(made.pdf)
    until = "" if made.report.proven_until is None else made.report.proven_until.date().isoformat()
    details = {"file": str(out), "stamps": len(made.report.stamps), "until": until, "level": made.report.level}
    click.echo(sentence("signing.renewed", details, language()))
    for name in made.untold:
        click.echo(sentence("signing.untold", {"name": name}, language()))


def _signer(key_path: Path) -> Signer:
    passphrase = os.environ.get(PASSPHRASE)
    if passphrase is None:
        passphrase = click.prompt("口令 / passphrase", hide_input=True, default="", show_default=False)
    return read_signer(key_path.read_bytes(), passphrase.encode("utf-8") or None)

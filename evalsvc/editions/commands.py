"""Reports from files, without the server: `evalsvc report build`, `sign` and `certificate`."""

import os
from pathlib import Path

import click

from evalsvc import files
from evalsvc.editions.format import read_edition
from evalsvc.editions.printing import build_report, sign_report
from evalsvc.errors import InvalidError
from evalsvc.given_paths import existing, force_option, new, refuse_existing
from evalsvc.terminal import language
from evalsvc.words import sentence
from reports.keys import Signer, authority_of, fingerprint, read_signer
from reports.verify import embedded

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
    except CONTRADICTIONS as error:
        problem = f"{type(error).__name__}: {error}"[:200]
        raise InvalidError("edition.not_printable", file=edition_path.name, problem=problem) from error
    out.write_bytes(pdf)
    click.echo(sentence("edition.built", {"file": str(out), "count": len(facts["printed"])}, language()))


@commands.command("sign")
@click.argument("report_path", metavar="REPORT.pdf", type=existing)
@click.option("--key", "key_path", type=existing, required=True, help="PKCS#12 (.p12, .pfx)")
@click.option("--out", type=new, required=True, help="签名后的文件 / the signed file")
@force_option
def sign(report_path: Path, key_path: Path, out: Path, *, force: bool) -> None:
    """签名 / sign; the passphrase comes from EVALSVC_KEY_PASSPHRASE, or is asked for.

    口令取自环境变量 EVALSVC_KEY_PASSPHRASE，没有时询问。
    """
    refuse_existing(out, force=force)
    signer = _signer(key_path)
    pdf = report_path.read_bytes()
    facts, complaints = read_edition(embedded(pdf).get(files.EDITION, b""))
    if facts is None:
        raise InvalidError("edition.not_ours", complaints, file=report_path.name)
    out.write_bytes(sign_report(pdf, signer, facts["edition"]["institute"]))
    click.echo(sentence("edition.signed", {"file": str(out), "signer": signer.subject}, language()))


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


def _signer(key_path: Path) -> Signer:
    passphrase = os.environ.get(PASSPHRASE)
    if passphrase is None:
        passphrase = click.prompt("口令 / passphrase", hide_input=True, default="", show_default=False)
    return read_signer(key_path.read_bytes(), passphrase.encode("utf-8") or None)

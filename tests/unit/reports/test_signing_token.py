"""Keys in a token: SoftHSM, which speaks PKCS#11 as a card or a security module does."""

import multiprocessing
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports.errors import ReportError
from reports.redraw import compare_drawing
from reports.signing.check import check_signatures
from reports.signing.holder import held_signer
from reports.signing.token import TokenKey
from tests.signing_keys import ISSUING, PIN, SOFTHSM, Holding, certify, new_token, put_into_token
from tests.unit.reports.conftest import SEALED, sealed

TOKEN = "示例令牌 token"


@pytest.fixture(scope="module")
def root() -> Holding:
    return certify("示例根", usage=ISSUING)


@pytest.fixture(scope="module", params=["rsa3072", "p256"])
def kind(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def holding(root, kind) -> Holding:
    return certify("示例评估研究院", root, kind=kind)


@pytest.fixture(scope="module")
def key(holding, kind, tmp_path_factory) -> TokenKey:
    folder = tmp_path_factory.mktemp(kind)
    new_token(folder, TOKEN)
    put_into_token(folder, TOKEN, holding, "signing")
    return TokenKey(SOFTHSM, TOKEN, PIN)


def test_a_token_signs_a_report_and_it_is_made_again_to_the_byte(plain_pdf, key, holding, root) -> None:
    signer = held_signer(key)
    assert key.chain == holding.chain
    signed = sealed(plain_pdf, signer)
    report = check_signatures(signed, root.pem)
    assert report.holds
    assert report.signatures[0].trusted
    assert compare_drawing(signed, plain_pdf, lambda *_: SEALED).same


def test_a_token_signs_for_several_threads_and_for_a_process_split_off(key, holding) -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(key.sign(b"report"))) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == 6
    if holding.key.public_key().key_size == 3072:  # RSA gives the same each time
        assert len(set(made)) == 1
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(key.sign, (b"report",))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"module": Path("/nowhere/libtoken.so")}, "token_module"),
        ({"token": "another"}, "token_missing"),
        ({"pin": "111111"}, "token_pin"),
        ({"label": "no such key"}, "token_key"),
    ],
)
def test_what_is_wrong_with_a_token_is_told_without_the_pin(key, change, code) -> None:
    given = {"module": key.module, "token": key.token, "pin": key.pin, **change}
    with pytest.raises(ReportError) as refused:
        held_signer(TokenKey(**given))
    assert refused.value.code == f"reports.{code}"
    assert given["pin"] not in str(refused.value.details)


def test_a_token_that_is_drawn_out_is_told_and_signs_again_when_it_is_back(plain_pdf, key) -> None:
    signer, kept = held_signer(key), os.environ["SOFTHSM2_CONF"]
    folder = Path(kept).parent
    (folder / "tokens").rename(folder / "away")
    (folder / "tokens").mkdir()
    with pytest.raises(ReportError, match=r"reports\.token_missing"):
        sealed(plain_pdf, signer)
    (folder / "tokens").rmdir()
    (folder / "away").rename(folder / "tokens")
    assert check_signatures(sealed(plain_pdf, signer, at=datetime.now(UTC))).holds


def test_of_several_keys_the_named_one_signs_and_certificates_above_may_lie_beside(root, tmp_path) -> None:
    middle = certify("示例中间机构", root, usage=ISSUING)
    first, second = certify("甲", middle), certify("乙", middle)
    new_token(tmp_path, TOKEN)
    for name, each in (("first", first), ("second", second)):
        put_into_token(tmp_path, TOKEN, each, name, above=False)
    with pytest.raises(ReportError, match=r"reports\.token_key"):
        held_signer(TokenKey(SOFTHSM, TOKEN, PIN))
    assert held_signer(TokenKey(SOFTHSM, TOKEN, PIN, "second")).subject.startswith("Common Name: 乙")
    half = (middle.der,)
    with pytest.raises(ReportError, match=r"reports\.chain_incomplete"):
        held_signer(TokenKey(SOFTHSM, TOKEN, PIN, "first", half))
    whole = TokenKey(SOFTHSM, TOKEN, PIN, "first", (root.der, *half))
    assert whole.chain == first.chain
    assert held_signer(whole).certificate.dump() == first.der

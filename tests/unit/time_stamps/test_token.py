"""Time-stamp tokens: one of a real authority holds; everything that a stranger could give instead is named."""

import base64
import random
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import tsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from evalsvc.errors import InvalidError
from evalsvc.time_stamps.authority import Authority, TimeStampError, obtain, require_same_clock
from evalsvc.time_stamps.check import check_stamp
from evalsvc.time_stamps.token import read_certificates, stated_by, token_of, verify_token
from evalsvc.words import sentence
from tests.stamping_authority import KEY, forged_token, issue, loaded

COMMITMENT = "42e327a65ebd86efa5158a178bd427436590d21cce84f54d5de0a43b2b0d038e"
OTHER = "00" * 32
STAMPING, CODE = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING


def codes(token: str, trusted=None, commitment: str = COMMITMENT) -> set[str]:
    reading = verify_token(token, commitment, trusted, file="commitment.json")
    assert (reading.stamp is None) == bool(reading.complaints)
    for each in reading.complaints:
        for language in ("zh", "en"):
            assert "%(" not in sentence(each.code, each.details, language)
    return {each.code for each in reading.complaints}


@pytest.fixture
def stamped(stamping_authority):
    root = read_certificates(stamping_authority.root_file.read_bytes(), "root.pem")
    return obtain(Authority(stamping_authority.url, root), COMMITMENT, file="commitment.json"), root


def test_a_real_authority_stamps_and_openssl_agrees(stamped, stamping_authority, tmp_path):
    (token, stamp), root = (stamped[0].token, stamped[0].stamp), stamped[1]
    assert abs(datetime.now(UTC) - stamp.at) < timedelta(minutes=1)
    assert (stamp.authority, stamp.trusted) == ("示例时间戳机构（示例机构）", True)
    assert stamp.fingerprint.replace(" ", "") == root[0].sha256.hex()
    assert codes(token, root) == set()
    assert verify_token(token, COMMITMENT, file="f").stamp.trusted is None
    assert stated_by(token) == (stamp.at_text, stamp.authority)
    path = tmp_path / "token.der"
    path.write_bytes(base64.b64decode(token))
    command = ["openssl", "ts", "-verify", "-token_in", "-in", path, "-digest", COMMITMENT]
    command += ["-CAfile", stamping_authority.root_file]
    found = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert (found.returncode, "Verification: OK" in found.stdout) == (0, True), found.stderr


def test_another_commitment_another_root_and_no_certificate_are_named(stamped):
    token = stamped[0].token
    assert codes(token, commitment=OTHER) == {"time_stamp.other_imprint"}
    assert codes(token, loaded(issue("另一个根"))) == {"time_stamp.untrusted"}
    with pytest.raises(InvalidError, match="no_certificate"):
        read_certificates(b"nothing", "x.pem")


def test_no_changed_byte_of_content_or_signature_passes(stamped):
    data, generator = base64.b64decode(stamped[0].token), random.Random(7)
    for place in generator.sample(range(len(data)), 60):
        changed = bytearray(data)
        changed[place] ^= 1 << generator.randrange(8)
        reading = verify_token(token_of(bytes(changed)), COMMITMENT, stamped[1], file="f")
        # Bytes that no digest protects may change; what the token says may not.
        assert reading.stamp is None or (reading.stamp.at, reading.stamp.authority) == (
            stamped[0].stamp.at,
            stamped[0].stamp.authority,
        )
    assert codes(token_of(data + b"0")) == codes("") == codes("?") == codes(token_of(b"0")) == {"time_stamp.unreadable"}
    assert stated_by("AAAA") is None


@pytest.mark.parametrize(
    ("uses", "critical", "expected"),
    [
        ((STAMPING,), True, set()),
        ((CODE,), True, {"time_stamp.purpose"}),
        ((STAMPING, CODE), True, {"time_stamp.purpose"}),
        ((STAMPING,), False, {"time_stamp.purpose"}),
    ],
)
def test_only_a_certificate_for_time_stamps_alone_counts(uses, critical, expected):
    assert codes(forged_token(COMMITMENT, issue("自造的机构", uses=uses, critical=critical, key=KEY))) == expected


def test_a_certificate_of_another_time_is_named():
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    signer = issue("过期的机构", uses=(STAMPING,), key=KEY, begins=begins, days=10)
    assert codes(forged_token(COMMITMENT, signer, at=begins + timedelta(days=5))) == set()
    assert codes(forged_token(COMMITMENT, signer, at=begins + timedelta(days=11))) == {"time_stamp.certificate_time"}
    assert "time_stamp.certificate_time" in codes(
        forged_token(COMMITMENT, signer, at=begins - timedelta(days=1)), loaded(signer)
    )


def test_the_stamp_has_to_fit_the_stated_times():
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    signer = issue("机构", uses=(STAMPING,), key=KEY, begins=at - timedelta(days=1))
    token = forged_token(COMMITMENT, signer, at=at)

    def found(committed_at, drawn_at=None, trusted=None):
        checked = check_stamp(
            token, COMMITMENT, committed_at=committed_at, drawn_at=drawn_at, trusted=trusted, file="f"
        )
        return [each.code for each in (*checked.complaints, *checked.notes)]

    assert found("2026-03-01T08:04:59Z") == ["time_stamp.holds"]
    assert found("2026-03-01T08:04:59Z", trusted=loaded(signer)) == ["time_stamp.holds_trusted"]
    assert found("2026-03-01T08:05:01Z") == ["time_stamp.before_commitment"]
    assert found("2026-03-01T07:54:59Z") == ["time_stamp.after_commitment"]
    assert found("2026-03-01T07:56:00Z", "2026-03-01T07:54:00Z") == ["time_stamp.after_draw"]
    assert found("2026-03-01T07:56:00Z", "2026-03-01T07:56:00Z") == ["time_stamp.holds"]
    none = check_stamp(None, COMMITMENT, committed_at="2026-03-01T08:00:00Z", file="f")
    assert [each.code for each in none.notes] == ["time_stamp.none"]


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("refuses", "time_stamp.not_granted"),
        ("breaks", "time_stamp.no_reply"),
        ("garbles", "time_stamp.no_reply"),
        ("hangs", "time_stamp.slow"),
        ("repeats", "time_stamp.other_question"),
        ("gone", "time_stamp.unreachable"),
    ],
)
def test_a_server_that_fails_is_named(stamping_authority, mode, code):
    asked = Authority(stamping_authority.url, seconds=0.5 if mode == "hangs" else 10)
    if mode == "repeats":
        obtain(asked, OTHER, file="f")
    if mode == "gone":
        asked = Authority("http://127.0.0.1:9/tsr", seconds=5)
    stamping_authority.mode = mode
    with pytest.raises(TimeStampError) as refused:
        obtain(asked, COMMITMENT, file="f")
    assert refused.value.code == code
    assert "%(" not in sentence(code, refused.value.details)


def test_a_server_that_is_not_trusted_or_has_another_time_is_refused(stamping_authority):
    with pytest.raises(TimeStampError) as refused:
        obtain(Authority(stamping_authority.url, loaded(issue("另一个根"))), COMMITMENT, file="f")
    assert (refused.value.code, refused.value.complaints[0].code) == ("time_stamp.unusable", "time_stamp.untrusted")
    stamp = obtain(Authority(stamping_authority.url), COMMITMENT, file="f").stamp
    require_same_clock(stamp, stamp.at, "u")
    with pytest.raises(TimeStampError, match="clocks_differ"):
        require_same_clock(stamp, stamp.at + timedelta(minutes=6), "u")


def test_the_query_asks_for_certificates_and_a_fresh_number(stamping_authority):
    for _ in range(2):
        obtain(Authority(stamping_authority.url), COMMITMENT, file="f")
    nonces = [
        tsp.TimeStampResp.load(each)["time_stamp_token"]["content"]["encap_content_info"]["content"]
        .parsed["nonce"]
        .native
        for each in stamping_authority.answers
    ]
    assert len(set(nonces)) == 2

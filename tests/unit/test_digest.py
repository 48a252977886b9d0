"""Digest sign-in without web or database: proofs, and nonces that nobody can use twice."""

import base64
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalsvc.people import digest
from evalsvc.people.digest import REALM, challenges, fits, hashed_secrets, read_proof
from evalsvc.people.nonces import SECONDS, Nonces
from evalsvc.people.used_nonces import SETS, SIZE, WAYS, UsedNonces
from tests.openrosa_client.digest import Account, Signer, fields_of

KEY = "a key of at least thirty-two characters"
TARGET = "/v1/evaluations/demo/submission?deviceID=collect%3A1"


def proof(method: str = "POST", uri: str = TARGET, password: str = "secret", nonce: str = "n") -> str:
    """Sign as a device does."""
    signer = Signer(Account("phone", password))
    assert signer.take(challenges(nonce), again=False)
    header = signer.header(method, uri)
    assert header is not None
    return header


def test_the_example_of_rfc_2617_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "REALM", "testrealm@host.com")
    read = read_proof(
        'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",'
        ' uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b",'
        ' response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert read is not None
    assert fits(read, "GET", "/dir/index.html", hashed_secrets("Mufasa", "Circle Of Life"))


def test_the_example_of_rfc_7616_holds_for_sha_256(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "REALM", "http-auth@example.org")
    read = read_proof(
        'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256,'
        ' nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001,'
        ' cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth,'
        ' response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",'
        ' opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    assert read is not None
    assert fits(read, "GET", "/dir/index.html", hashed_secrets("Mufasa", "Circle of Life"))


def test_without_qop_a_proof_holds_as_in_rfc_2069() -> None:
    signer = Signer(Account("phone", "secret"))
    assert signer.take([f'Digest realm="{REALM}", nonce="n"'], again=False)
    read = read_proof(signer.header("GET", "/x") or "")
    assert read is not None and read.count is None
    assert fits(read, "GET", "/x", hashed_secrets("phone", "secret"))


def test_a_proof_holds_for_its_method_address_and_secret_only() -> None:
    hashed = hashed_secrets("phone", "secret")
    read = read_proof(proof())
    assert read is not None
    assert fits(read, "POST", TARGET, hashed)
    assert not fits(read, "HEAD", TARGET, hashed)
    assert not fits(read, "POST", TARGET + "&more", hashed)
    assert not fits(read, "POST", TARGET, hashed_secrets("phone", "other"))
    whole = read_proof(proof(uri=f"https://survey.example{TARGET}"))
    assert whole is not None and fits(whole, "POST", TARGET, hashed)


@pytest.mark.parametrize(
    "header",
    [
        "", "Digest", "Basic cGhvbmU6c2VjcmV0", "Bearer abc", "Digest username", "Digest ,,,", 'Digest username="a',
        proof().replace("MD5", "MD5-sess"), proof().replace("qop=auth", "qop=auth-int"),
        proof().replace("nc=00000001", "nc=1"), proof().replace("nc=00000001", "nc=zzzzzzzz"),
        proof().replace("evalsvc devices", "elsewhere"), proof() + ', username="another"', proof() + " " * 8000,
        proof().replace("cnonce", "other"), proof().replace("response", "answer"),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_none(header: str) -> None:
    assert read_proof(header) is None


def test_a_proof_with_signs_of_any_kind_only_does_not_fit() -> None:
    read = read_proof(proof(password="密\ud800码".encode("utf-8", "replace").decode()))
    assert read is not None and not fits(read, "POST", TARGET, hashed_secrets("phone", "secret"))
    odd = read_proof(proof().replace('uri="/v1', 'uri="http://[x/v1'))
    assert odd is not None and not fits(odd, "POST", TARGET, hashed_secrets("phone", "secret"))


@pytest.mark.parametrize(
    "text",
    ["a" * 7900, "a=" * 3900, 'a="' + "\\" * 7900, 'a="' + "\\a" * 3900, "a" + " " * 7900, "a=b" + " " * 7900 + "x"],
)
def test_a_header_made_to_keep_its_reader_busy_is_read_at_once(text: str) -> None:
    began = time.process_time()
    assert read_proof(f"Digest {text}") is None
    assert time.process_time() - began < 0.2


def test_challenges_offer_md5_first() -> None:
    read = [fields_of(each.partition(" ")[2]) for each in challenges("n", stale=True)]
    assert [(each["algorithm"], each["stale"]) for each in read] == [("MD5", "true"), ("SHA-256", "true")]
    assert "stale" not in challenges("n")[0]


# Nonces


def test_a_nonce_serves_for_its_time_and_each_count_once() -> None:
    given = Nonces(KEY, UsedNonces(started=1000))
    nonce = given.new(1000)
    assert [given.use(nonce, count, 1001) for count in (1, 2, 2, 1, 5, 4, 4, 3)] == [
        *(True, True, False, False),
        *(True, True, False, True),
    ]
    assert not given.use(nonce, 6, 1000 + SECONDS)
    assert given.use(nonce, 200, 1002) and not given.use(nonce, 136, 1002) and given.use(nonce, 137, 1002)


def test_without_counts_a_nonce_serves_once() -> None:
    given = Nonces(KEY, UsedNonces(started=1000))
    nonce = given.new(1000)
    assert given.use(nonce, None, 1001) and not given.use(nonce, None, 1001)


def test_a_nonce_of_somebody_else_is_none() -> None:
    given = Nonces(KEY, UsedNonces(started=1000))
    nonce = given.new(1000)
    for changed in (nonce[:-4] + "AAAA", nonce[4:], "", "密", nonce + "=", nonce + "\n"):
        assert not given.use(changed, 1, 1001)
    assert given.use(nonce, 1, 1001)
    assert not given.use(Nonces("another key", UsedNonces(1000)).new(1000), 1, 1001)
    raw = bytearray(base64.urlsafe_b64decode(given.new(1000)))
    raw[3] ^= 1  # another time
    assert not given.use(base64.urlsafe_b64encode(bytes(raw)).decode(), 1, 1001)


def test_a_restart_makes_older_nonces_stale() -> None:
    before = Nonces(KEY, UsedNonces(started=1000))
    nonce = before.new(1000)
    assert before.use(nonce, 1, 1001)
    assert not Nonces(KEY, UsedNonces(started=1005)).use(nonce, 1, 1006)


def test_memory_is_bounded_and_what_was_forgotten_is_stale() -> None:
    given = Nonces(KEY, UsedNonces(started=0, sets=1))
    used = [given.new(at) for at in range(1, 31)]
    assert all(given.use(nonce, 1, 40) for nonce in used)
    assert not any(given.use(nonce, count, 41) for nonce in used[:-WAYS] for count in (1, 2))
    assert not any(given.use(nonce, 1, 41) for nonce in used)
    assert all(given.use(nonce, 2, 41) for nonce in used[-WAYS:])
    assert SETS * SIZE < 1_500_000


def test_what_one_set_forgets_stays_in_the_others() -> None:
    given = Nonces(KEY, UsedNonces(started=0))
    used = [given.new(1 + number / 1000) for number in range(4000)]
    assert sum(given.use(nonce, 1, 10) for nonce in used) == len(used)
    assert not any(given.use(nonce, 1, 11) for nonce in used)
    assert sum(given.use(nonce, 2, 12) for nonce in used) > 0.999 * len(used)


def test_a_process_and_its_child_share_what_was_used() -> None:
    given = Nonces(KEY, UsedNonces(started=0))
    nonce = given.new(1)
    assert given.use(nonce, 1, 2)
    # Standing for a process of the server: parted after the memory was made.
    if (child := os.fork()) == 0:
        os._exit(0 if not given.use(nonce, 1, 2) and given.use(nonce, 2, 2) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert not given.use(nonce, 2, 2) and given.use(nonce, 3, 2)


def test_uses_at_the_same_moment_are_taken_once() -> None:
    given = Nonces(KEY, UsedNonces(started=0))
    nonce = given.new(1)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda count: given.use(nonce, count % 40, 2), range(400)))
    assert sum(taken) == 40


def test_nonces_of_one_moment_differ() -> None:
    given = Nonces(KEY, UsedNonces(started=0))
    assert len({given.new(1.0) for _ in range(1000)}) == 1000

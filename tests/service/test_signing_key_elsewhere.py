"""The institute's key in a token or at a signing service: named in the settings, tried before the server starts."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from evalsvc.config import Config, ConfigurationError, read_config
from evalsvc.editions.keys import institute_signer, sample_signer, service_signer
from evalsvc.editions.remote_key import RemoteKey
from evalsvc.errors import InvalidError
from evalsvc.words import sentence
from evalsvc.wsgi import make_application
from reports.errors import ReportError
from reports.signing.holder import held_signer
from tests.signing_keys import ISSUING, PIN, SOFTHSM, certify, new_token, put_into_token
from tests.signing_service import TOKEN, running_service

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def root():
    return certify("示例根", usage=ISSUING)


@pytest.fixture(scope="module", params=["rsa3072", "p256"])
def holding(root, request):
    return certify("示例评估研究院", root, kind=request.param)


@pytest.fixture
def config(tmp_path) -> Config:
    return Config("a test key that is at least thirty-two characters", "sqlite://", tmp_path / "store")


def secret(path, words: str):
    path.touch(mode=0o600)
    path.write_text(words, encoding="utf-8")
    return path


def served(config, service, folder, token: str = TOKEN) -> Config:
    return replace(
        config,
        signing_service_url=service.url,
        signing_service_token_file=secret(folder / "bearer", f"{token}\n"),
        signing_service_authority=service.authority,
    )


def in_token(config, folder, holding, **given) -> Config:
    new_token(folder, "示例令牌")
    put_into_token(folder, "示例令牌", holding, "signing", above=False)
    (folder / "above.pem").write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in holding.above))
    settings = {
        "signing_token_module": SOFTHSM,
        "signing_token": "示例令牌",
        "signing_token_pin_file": secret(folder / "pin", f"{PIN}\n"),
        "signing_token_certificates": (folder / "above.pem",),
    }
    return replace(config, **settings, **given)


def test_a_service_over_tls_signs(config, holding, tmp_path):
    with running_service(holding, tmp_path) as service:
        signer = service_signer(served(config, service, tmp_path), "示例评估研究院", NOW)
        assert signer.certificate.dump() == holding.der
        assert not signer.is_demo
        assert _signature(signer)
        assert service.asked == ["/certificates", "/signatures"]


def test_a_token_that_the_settings_name_signs(config, holding, tmp_path):
    signer = service_signer(in_token(config, tmp_path, holding), "示例评估研究院", NOW)
    assert signer.certificate.dump() == holding.der
    assert _signature(signer)


def test_who_has_a_key_elsewhere_has_no_sample_keys(config, holding, tmp_path):
    with running_service(holding) as service, pytest.raises(InvalidError, match=r"edition\.own_key_needed"):
        sample_signer(served(config, service, tmp_path), "李示例", "person", NOW)


def test_a_service_whose_tls_nobody_vouches_for_is_not_told_the_token(config, holding, tmp_path):
    with running_service(holding, tmp_path) as service:
        given = replace(served(config, service, tmp_path), signing_service_authority=None)
        with pytest.raises(ConfigurationError, match=r"signing\.service_unreachable"):
            institute_signer(given, NOW)
        assert service.asked == []


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("breaks", "signing.service_failed"),
        ("garbles", "signing.service_failed"),
        ("hangs", "signing.service_unreachable"),
        ("drips", "signing.service_unreachable"),
        ("floods", "signing.service_unreachable"),
        ("other-key", "reports.holder_other_key"),
    ],
)
def test_a_service_that_fails_while_signing_is_told(holding, mode, code):
    with running_service(holding) as service:
        signer = held_signer(RemoteKey(service.url, TOKEN, seconds=1))
        service.mode = mode
        with pytest.raises(ReportError) as refused:
            _signature(signer)
    assert refused.value.code == code
    _has_words(refused.value)


def test_a_token_that_the_service_does_not_take_stops_the_start(config, holding, tmp_path):
    with running_service(holding) as service:
        given = served(config, service, tmp_path, "another")
        with pytest.raises(ConfigurationError, match=r"signing\.service_refused") as refused:
            make_application(given)
    assert "another" not in _has_words(refused.value)


def test_a_certificate_that_ended_is_told_of_a_service_too(config, holding, tmp_path):
    with running_service(holding) as service, pytest.raises(ConfigurationError) as refused:
        institute_signer(served(config, service, tmp_path), NOW + timedelta(days=999))
    assert refused.value.code == "config.signing_key_expired"
    assert "EVALSVC_SIGNING_SERVICE_URL" in _has_words(refused.value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda folder: (folder / "pin").write_text("999999", encoding="ascii"), "reports.token_pin"),
        (lambda folder: (folder / "pin").write_text("", encoding="ascii"), "config.signing_secret"),
        (lambda folder: (folder / "pin").chmod(0o644), "config.signing_file_open"),
        (lambda folder: (folder / "above.pem").write_text("none", encoding="ascii"), "config.signing_certificates"),
        (lambda folder: (folder / "above.pem").unlink(), "config.signing_file"),
    ],
)
def test_a_token_that_cannot_sign_is_told_at_the_start(config, holding, tmp_path, change, code):
    given = in_token(config, tmp_path, holding)
    change(tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        institute_signer(given, NOW)
    assert refused.value.code == code
    assert "EVALSVC_SIGNING_TOKEN" in _has_words(refused.value)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"SIGNING_TOKEN": "label"}, "signing_token_incomplete"),
        ({"SIGNING_TOKEN_KEY": "label"}, "signing_token_incomplete"),
        ({"SIGNING_SERVICE_TOKEN_FILE": "token"}, "signing_service_incomplete"),
        ({"SIGNING_SERVICE_URL": "https://s.example"}, "signing_service_incomplete"),
        ({"SIGNING_SERVICE_URL": "http://s.example", "SIGNING_SERVICE_TOKEN_FILE": "t"}, "signing_service_url"),
        (
            {"SIGNING_SERVICE_URL": "https://s.example", "SIGNING_SERVICE_TOKEN_FILE": "t", "SIGNING_KEY": "k"},
            "signing_keys_several",
        ),
    ],
)
def test_half_of_the_settings_or_two_keys_are_refused(tmp_path, given, code):
    environment = {f"EVALSVC_{name}": value for name, value in given.items()}
    with pytest.raises(ConfigurationError) as refused:
        read_config({"EVALSVC_DATA_DIRECTORY": str(tmp_path), **environment})
    assert refused.value.code == f"config.{code}"
    _has_words(refused.value)


def test_the_settings_of_a_token_and_of_a_service_are_read(tmp_path):
    base = {"EVALSVC_DATA_DIRECTORY": str(tmp_path)}
    service = {"URL": "https://sign.example/v1/", "TOKEN_FILE": "t", "AUTHORITY": "ca.pem"}
    config = read_config(base | {f"EVALSVC_SIGNING_SERVICE_{name}": value for name, value in service.items()})
    assert config.signing_service_url == "https://sign.example/v1"
    assert config.has_signing_key
    token = {"_MODULE": "p11.so", "": "label", "_PIN_FILE": "pin", "_KEY": "key", "_CERTIFICATES": "a.pem:b.pem"}
    config = read_config(base | {f"EVALSVC_SIGNING_TOKEN{name}": value for name, value in token.items()})
    assert (config.signing_token, config.signing_token_key) == ("label", "key")
    assert [each.name for each in config.signing_token_certificates] == ["a.pem", "b.pem"]


def _signature(signer) -> bytes:
    """Have it sign, as pyHanko does."""
    return asyncio.run(signer.key.async_sign_raw(b"attributes", "sha256"))


def _has_words(error) -> str:
    words = [sentence(error.code, error.details, language) for language in ("zh", "en")]
    assert all("—" not in each for each in words)
    return words[0]

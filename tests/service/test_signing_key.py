"""The key with which the service signs: the one that the settings name has to work before the server starts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from evalsvc.config import Config, ConfigurationError
from evalsvc.editions.keys import institute_signer, service_signer
from evalsvc.words import sentence
from evalsvc.wsgi import make_application
from reports.keys import make_demo_key

AT = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def config(tmp_path):
    """A configuration without a database behind it: keys need none."""
    return Config("a test key that is at least thirty-two characters", "sqlite://", tmp_path / "store")


def test_the_service_keeps_a_demo_key_until_it_is_given_another(config, tmp_path):
    first, second = (service_signer(config, "示例评估中心", AT) for _ in range(2))
    assert first.subject == second.subject and first.is_demo
    key = signing_key(tmp_path, passphrase=b"open sesame\n")
    assert "另一机构" in service_signer(replace(config, **key), "示例评估中心", AT).subject


def signing_key(folder, *, passphrase):
    """Return the settings of a key with its passphrase beside it."""
    files = {"signing_key": folder / "key.p12", "signing_passphrase_file": folder / "passphrase"}
    for path, data in zip(files.values(), (make_demo_key("另一机构", b"open sesame", AT), passphrase), strict=True):
        path.touch(mode=0o600)
        path.write_bytes(data)
    return files


@pytest.mark.parametrize(
    ("change", "passphrase", "at", "code"),
    [
        (lambda key: key.chmod(0o640), b"open sesame", AT, "file_open"),
        (lambda key: key.with_name("passphrase").chmod(0o604), b"open sesame", AT, "file_open"),
        (lambda key: key.unlink(), b"open sesame", AT, "file"),
        (lambda key: key.with_name("passphrase").unlink(), b"open sesame", AT, "file"),
        (lambda key: key.write_bytes(b"no key"), b"open sesame", AT, "key_unusable"),
        (lambda _: None, b"open barley", AT, "key_unusable"),
        (lambda _: None, b"open sesame", AT + timedelta(days=3651), "key_expired"),
        (lambda _: None, b"open sesame", AT - timedelta(days=2), "key_not_yet"),
    ],
)
def test_a_signing_key_that_cannot_sign_is_told_at_the_start(config, tmp_path, change, passphrase, at, code):
    settings = signing_key(tmp_path, passphrase=passphrase)
    change(settings["signing_key"])
    with pytest.raises(ConfigurationError) as caught:
        institute_signer(replace(config, **settings), at)
    assert caught.value.code == f"config.signing_{code}"
    for language in ("zh", "en"):
        words = sentence(caught.value.code, caught.value.details, language)
        assert "EVALSVC_SIGNING" in words and "—" not in words


def test_a_server_with_a_key_that_cannot_sign_does_not_start(config, tmp_path):
    settings = signing_key(tmp_path, passphrase=b"another")
    with pytest.raises(ConfigurationError):
        make_application(replace(config, **settings))
    with pytest.raises(ConfigurationError) as caught:
        replace(config, signing_passphrase_file=tmp_path / "passphrase")
    assert caught.value.code == "config.signing_passphrase_alone"

"""The code that sets a phone up holds what ODK Collect reads."""

import base64
import json
import zlib
from urllib.parse import parse_qs, urlsplit

from evalsvc.people.phone_settings import (
    DeviceSignIn,
    application_code,
    application_link,
    settings_code,
    settings_text,
)

ADDRESS = "https://survey.example/v1/key/" + "x" * 43 + "/evaluations/fujian-demo"


def test_the_code_holds_server_and_project() -> None:
    value = json.loads(zlib.decompress(base64.b64decode(settings_text(ADDRESS, "福建四县退出评估"))))
    assert value["general"]["server_url"] == ADDRESS
    assert value["admin"] == {}
    assert value["project"]["name"] == "福建四县退出评估"


def test_the_picture_needs_no_style_of_its_own() -> None:
    drawn = settings_code(ADDRESS, "<b>甲县</b>")
    assert drawn.startswith("<svg") and "style" not in drawn and "<b>" not in drawn and "viewBox" in drawn


def test_the_code_of_an_account_holds_name_and_password() -> None:
    account = DeviceSignIn("phone22", "abcde-fghjk")
    value = json.loads(zlib.decompress(base64.b64decode(settings_text(ADDRESS, "甲县", account))))
    assert (value["general"]["username"], value["general"]["password"]) == ("phone22", "abcde-fghjk")


def test_the_link_of_the_application_keeps_the_token_behind_the_sign_that_no_server_sees() -> None:
    parts = urlsplit(application_link("https://survey.example", ADDRESS))
    assert (parts.path, parts.query) == ("/app/", "")
    route, _, query = parts.fragment.partition("?")
    assert (route, parse_qs(query)) == ("/sign-in", {"server": [ADDRESS]})
    assert "/" not in query
    assert application_code("https://survey.example", ADDRESS).startswith("<svg")

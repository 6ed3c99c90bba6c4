"""Sign-in by OpenID Connect against a provider of our own on loopback: keys, nonce, PKCE, who is allowed."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import SECRET, FakeLine
from joserfc import jwt
from joserfc.jwk import RSAKey
from test_staff import LOCAL, served

from bot import settings as settings_of
from bot.content import Library
from bot.learning import Learner
from bot.parts import build
from bot.settings import Settings
from bot.staff import oidc
from handlers import HANDLERS

CLIENT = "tomoni"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class Provider:
    """What the city's sign-in service would say; the tests change it."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: KEY)
    signed_with: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    verifier: str = ""

    def metadata(self) -> dict[str, Any]:
        paths = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
        }
        return {
            "issuer": self.issuer,
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **{name: f"{self.issuer}/{path}" for name, path in paths.items()},
        }

    def token(self) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300,
                  "nonce": self.asked["nonce"],
                  "email": "hanako@city.example.jp", "email_verified": True} | self.claims  # fmt: skip
        key = self.signed_with or self.key
        return {
            "access_token": "x",
            "token_type": "Bearer",
            "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, key),
        }


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = {"keys": [made.key.as_dict(private=False)]}
            self._send(keys if self.path == "/keys" else made.metadata())

        def do_POST(self) -> None:
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            made.verifier = body.get("code_verifier", [""])[0]
            self._send(made.token())

        def _send(self, body: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser(
    provider: Provider, settings: Settings, library: Library, learner: Learner, database: str
) -> Iterator[Any]:
    own = replace(
        settings, database_url=database, staff=True, oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret="s", oidc_allowed="@city.example.jp taro@npo.example.org",
    )  # fmt: skip
    parts = build(own, [SECRET], HANDLERS, library=library, line=FakeLine(), learner=learner)
    app, _ = served(parts)
    yield app.test_client()
    parts.store.close()


def begin(browser: Any, provider: Provider) -> None:
    answer = browser.get("/staff/oidc", base_url=LOCAL)
    assert answer.status_code == 302
    provider.asked = {
        key: value[0] for key, value in parse_qs(urlsplit(answer.headers["Location"]).query).items()
    }


def back(browser: Any, provider: Provider, state: str | None = None) -> int:
    path = f"/staff/oidc/back?code=c&state={state or provider.asked['state']}"
    return int(browser.get(path, base_url=LOCAL).status_code)


def inside(browser: Any) -> bool:
    return bool(browser.get("/staff/", base_url=LOCAL).status_code == 200)


def test_somebody_of_the_city_signs_in(browser: Any, provider: Provider) -> None:
    begin(browser, provider)
    assert provider.asked["redirect_uri"] == "http://localhost/staff/oidc/back"
    assert back(browser, provider) == 303
    assert inside(browser)
    challenge = (
        base64.urlsafe_b64encode(hashlib.sha256(provider.verifier.encode()).digest())
        .rstrip(b"=")
        .decode()
    )
    assert provider.asked["code_challenge"] == challenge


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@other.example.jp"},
        {"email": "eve@evil.example.org@city.example.jp"},
        {"email": "taro@city.example.jp.evil.org"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": ""},
        {"nonce": "another"},
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"exp": 1},
    ],
    ids=lambda claims: ",".join(f"{name}={value}" for name, value in claims.items()),
)
def test_everybody_else_stays_outside(
    browser: Any, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    begin(browser, provider)
    assert back(browser, provider) == 403
    assert not inside(browser)


def test_a_token_that_another_key_signed_is_refused(browser: Any, provider: Provider) -> None:
    provider.signed_with = RSAKey.generate_key(2048, {"kid": "one"})
    begin(browser, provider)
    assert back(browser, provider) == 403
    assert not inside(browser)


def test_an_answer_that_nobody_asked_for_is_refused(browser: Any, provider: Provider) -> None:
    begin(browser, provider)
    assert back(browser, provider, state="forged") == 403
    assert not inside(browser)


def test_a_provider_that_is_down_is_said_plainly(
    browser: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser.application.extensions["tomoni-staff"].oidc
    monkeypatch.setattr(client, "_server_metadata_url", "http://127.0.0.1:9/none")
    assert browser.get("/staff/oidc", base_url=LOCAL).status_code == 502


def test_who_came_by_oidc_has_no_password(browser: Any, provider: Provider) -> None:
    begin(browser, provider)
    back(browser, provider)
    office = browser.application.extensions["tomoni-staff"].first
    account = office.staff.find("hanako@city.example.jp")
    assert account.password == ""
    assert (
        office.accounts.check("hanako@city.example.jp", "", account.signed_out_at or _any_moment())
        == "wrong"
    )


def _any_moment() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def test_an_issuer_without_tls_is_refused(settings: Settings) -> None:
    from flask import Flask

    with pytest.raises(ValueError, match="https"):
        oidc.client(Flask("x"), replace(settings, oidc_issuer="http://login.example.jp"))


def test_the_four_settings_belong_together() -> None:
    with pytest.raises(settings_of.SettingsError) as error:
        settings_of.load({"OIDC_ISSUER": "https://login.example.jp"})
    assert all(
        name in str(error.value)
        for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ALLOWED")
    )


def test_authlib_is_imported_only_where_it_is_set() -> None:
    import subprocess
    import sys

    code = "import sys, app, bot.staff.mounting; sys.exit('authlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

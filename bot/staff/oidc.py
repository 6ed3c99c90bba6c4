"""Sign-in by the city's own OpenID Connect service; Authlib checks tokens, nonce, state and PKCE."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, abort, render_template, request, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from bot.settings import Settings
from bot.staff.door import both, now, office, offices, staff, welcome
from bot.store.staff import EVERY, NONE

log = logging.getLogger(__name__)
LOOPBACK = frozenset({"localhost", "127.0.0.1"})


def client(app: Flask, settings: Settings) -> Any:
    """The provider as a client of Authlib. Raises ValueError for an issuer without TLS."""
    issuer = urlsplit(settings.oidc_issuer)
    if issuer.scheme != "https" and issuer.hostname not in LOOPBACK:
        raise ValueError("OIDC_ISSUER must begin with https://.")
    return OAuth(app).register(
        "city",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": 10},
    )


def allowed(claims: dict[str, Any], settings: Settings) -> str | None:
    """The address of somebody who may come in; None for everyone else.

    `email_verified` must be said: with some providers anybody may write any address into a profile.
    """
    address = str(claims.get("email", "")).strip().lower()
    if claims.get("email_verified") is not True or address.count("@") != 1:
        return None
    listed = {one.lower() for one in settings.oidc_allowed.split()}
    domain = "@" + address.split("@")[1]
    return address if address in listed or domain in listed else None


@staff.get("/oidc")
def oidc_begin() -> AnyResponse:
    """To the provider."""
    if office().oidc is None:
        abort(404)
    try:
        answer: AnyResponse = office().oidc.authorize_redirect(_return_address())
    except (RequestException, OAuthError) as error:
        log.warning("the OpenID provider cannot be reached: %s", type(error).__name__)
        abort(502)
    return answer


def _return_address() -> str:
    public = office().parts.settings.public_url
    path = url_for("staff.oidc_end")
    return public + path if public else request.host_url.rstrip("/") + path


@staff.get("/oidc/back")
def oidc_end() -> AnyResponse | tuple[str, int]:
    """Back from the provider: who is it, and may they come in?"""
    if office().oidc is None:
        abort(404)
    try:
        claims = office().oidc.authorize_access_token().get("userinfo") or {}
    except (RequestException, OAuthError, JoseError, ValueError) as error:
        log.warning("sign-in by OpenID Connect failed: %s", type(error).__name__)
        return _refused()
    name, at = allowed(claims, office().parts.settings), now()
    if name is None:
        office().staff.note("-", "sign-in refused: address not allowed", at)
        return _refused()
    if office().staff.find(name) is None:
        office().staff.add(name, "", at, NONE if offices().cities.several else EVERY)
    return welcome(name, at)


def _refused() -> tuple[str, int]:
    sentence = both("この方法ではログインできませんでした。OIDC_ALLOWED にアドレスがあるか、担当者に聞いてください。",
                    "Sign-in did not work. Ask whether your address stands in OIDC_ALLOWED.")  # fmt: skip
    return render_template("staff/sign_in.html", oidc=office().oidc, sentence=sentence), 403

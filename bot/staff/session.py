"""The cookie of somebody who signed in: signed, short-lived, and dead once they sign out."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface

from bot.store import Account

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)  # a working day; then they sign in again
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_local() -> bool:
    """Whether browser and server are the same machine: only there may the page go without TLS."""
    name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    try:
        return name in LOCAL_NAMES and ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class Cookie(SecureCookieSessionInterface):
    """Secure everywhere but on localhost; the __Host- prefix forbids any other host to set it (RFC 6265bis)."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Never over plain HTTP through a network."""
        return not is_local()

    def get_cookie_name(self, app: Flask) -> str:
        """Browsers take __Host- only with Secure."""
        return "tomoni-staff" if is_local() else "__Host-tomoni-staff"

    def get_cookie_httponly(self, app: Flask) -> bool:
        """No script reads it."""
        return True

    def get_cookie_samesite(self, app: Flask) -> str:
        """Lax, because the answer of an OpenID provider comes from another site."""
        return "Lax"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who it is and since when."""

    name: str
    at: datetime


def begin(name: str, now: datetime) -> None:
    """A new session for this person; nothing of the one before stays but the language."""
    language = session.get("lang")
    session.clear()
    session.update(
        who=name, at=now.timestamp(), seen=now.timestamp(), csrf=secrets.token_urlsafe(24)
    )
    if language:
        session["lang"] = language


def claimed(now: datetime) -> SignedIn | None:
    """Who the cookie says it is, unless it lay still for too long; moves its clock on."""
    who, at, seen = session.get("who"), session.get("at"), session.get("seen")
    if not who or at is None or seen is None:
        return None
    began, last = (datetime.fromtimestamp(value, UTC) for value in (at, seen))
    if now - last > IDLE or now - began > LONGEST:
        session.clear()
        return None
    session["seen"] = now.timestamp()
    return SignedIn(who, began)


def still_valid(signed_in: SignedIn, account: Account | None) -> bool:
    """Whether the account still exists and did not sign out since."""
    if account is None:
        return False
    return account.signed_out_at is None or signed_in.at > account.signed_out_at


def token() -> str:
    """The token that every form carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def token_is_right() -> bool:
    """Whether this request comes from one of our own forms."""
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    return hmac.compare_digest(given.encode(), str(session.get("csrf", "")).encode()) and bool(
        given
    )

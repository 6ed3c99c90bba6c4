"""Puts the staff page into the app; off unless STAFF=on."""

from __future__ import annotations

from flask import Flask

from bot.parts import Parts
from bot.staff import (  # noqa: F401 -- each brings its pages to the door
    asked_page,
    coverage_page,
    drafts_page,
    health_page,
    preview_page,
    use_page,
)
from bot.staff.door import staff
from bot.staff.office import Office, office
from bot.staff.session import Cookie

FORM_BYTES = 256 * 1024


def mount(app: Flask, parts: Parts) -> Office:
    """The pages, their cookie and what they work with. OpenID Connect is imported only where it is set."""
    made = office(parts)
    app.secret_key = parts.keys.cookies
    app.session_interface = Cookie()
    app.extensions["tomoni-staff"] = made
    if parts.settings.oidc_issuer:
        from bot.staff import oidc

        made.oidc = oidc.client(app, parts.settings)
    app.register_blueprint(staff)
    return made

"""Puts the staff page into the app; off unless STAFF=on."""

from __future__ import annotations

from flask import Flask

from bot.cities import Cities
from bot.staff import (  # noqa: F401 -- each brings its pages to the door
    asked_page,
    coverage_page,
    drafts_page,
    health_page,
    preview_page,
    use_page,
)
from bot.staff.door import staff
from bot.staff.office import Offices
from bot.staff.session import Cookie


def mount(app: Flask, cities: Cities) -> Offices:
    """The pages, their cookie and what they work with. OpenID Connect is imported only where it is set."""
    made = Offices(cities)
    app.secret_key = cities.cookies
    app.session_interface = Cookie()
    app.extensions["tomoni-staff"] = made
    if cities.settings.oidc_issuer:
        from bot.staff import oidc

        made.oidc = oidc.client(app, cities.settings)
    app.register_blueprint(staff)
    return made

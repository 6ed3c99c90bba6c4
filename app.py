"""Puts the parts together: settings, content, database, doors."""

from __future__ import annotations

import atexit
import os
import sys

from flask import Flask

from bot import logs
from bot import settings as settings_of
from bot.calendar_page import calendar_page
from bot.commands import bot_commands
from bot.content import ContentError
from bot.parts import build
from bot.settings import Settings, SettingsError
from bot.watch import watch
from bot.web import BODY_LIMIT, every_error, headers, web
from handlers import HANDLERS


def create_app(settings: Settings | None = None) -> Flask:
    """The whole bot as a WSGI application. Under `flask bot …` only the commands: they build what they need."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.cli.add_command(bot_commands)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true" and settings is None:
        return app
    try:
        return _served(app, settings or settings_of.load())
    except (SettingsError, ContentError) as error:
        sys.exit(str(error))


def _served(app: Flask, settings: Settings) -> Flask:
    logs.setup(settings.log_level)
    if settings.simulated:
        from bot.simulator import mount

        parts = mount(app, settings, HANDLERS)
    else:
        parts = build(settings, settings.line_channel_secret.split(","), HANDLERS)
    app.extensions["tomoni"] = parts
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.register_blueprint(web)
    app.register_blueprint(watch)
    app.register_blueprint(calendar_page)
    app.register_error_handler(Exception, every_error)
    app.after_request(headers)
    parts.start()
    atexit.register(parts.stop)
    return app

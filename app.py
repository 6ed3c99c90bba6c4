"""Puts the parts together: settings, content, database, doors."""

from __future__ import annotations

import atexit
import os
import sys
import threading

from flask import Flask

from bot import channels as channels_of
from bot import cities as cities_of
from bot import language, logs
from bot import settings as settings_of
from bot.calendar_page import calendar_page
from bot.channel_commands import channels_commands
from bot.commands import bot_commands
from bot.content import ContentError
from bot.settings import Settings, SettingsError
from bot.staff.commands import staff_commands
from bot.watch import watch
from bot.web import BODY_LIMIT, every_error, headers, web
from bot.writing_commands import new_command, schema_command
from handlers import HANDLERS


def create_app(settings: Settings | None = None) -> Flask:
    """The whole bot as a WSGI application. Under `flask bot …` only the commands: they build what they need."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    for command in (staff_commands, channels_commands, schema_command, new_command):
        bot_commands.add_command(command)
    app.cli.add_command(bot_commands)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true" and settings is None:
        return app
    try:
        return _served(app, settings or settings_of.load())
    except (SettingsError, ContentError) as error:
        sys.exit(str(error))


def _served(app: Flask, settings: Settings) -> Flask:
    logs.setup(settings.log_level)
    # Unpacked beside the reading of the content, so that the first message does not wait for it.
    threading.Thread(target=language.packaged, daemon=True).start()
    if settings.simulated:
        from bot.simulator import mount

        cities = mount(app, settings, HANDLERS)
    else:
        cities = cities_of.opened(settings, channels_of.load(settings), HANDLERS)
    app.extensions["tomoni"] = cities
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.register_blueprint(web)
    app.register_blueprint(watch)
    app.register_blueprint(calendar_page)
    app.register_blueprint(calendar_page, name="of-channel", url_prefix="/<channel>/gatherings")
    app.register_error_handler(Exception, every_error)
    app.after_request(headers)
    if settings.staff:
        from bot.staff.mounting import mount as mount_staff

        mount_staff(app, cities).start()
    cities.start()
    atexit.register(cities.stop)
    return app

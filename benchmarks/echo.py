"""What Tomoni is compared with: an echo bot with the official SDK, served by the same gunicorn and waitress.

`official` has the shape of the SDK's own example (flask-echo/app_with_handler.py): a new ApiClient for
every reply. `shared` is the same with one ApiClient for the process: the fastest that the SDK can do.
"""

from __future__ import annotations

import os

from flask import Flask, abort, request
from linebot.v3 import WebhookHandler
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.webhooks import MessageEvent, TextMessageContent


def _app(handler: WebhookHandler) -> Flask:
    app = Flask(__name__)

    @app.post("/callback")
    def callback() -> str:
        try:
            handler.handle(request.get_data(as_text=True), request.headers["X-Line-Signature"])
        except InvalidSignatureError:
            abort(400)
        return "OK"

    @app.get("/healthz")
    def alive() -> str:
        return "OK"

    return app


def _configuration() -> Configuration:
    return Configuration(
        access_token=os.environ["LINE_CHANNEL_ACCESS_TOKEN"], host=os.environ["LINE_API_BASE_URL"]
    )


def _reply(event: MessageEvent) -> ReplyMessageRequest:
    assert isinstance(event.message, TextMessageContent)
    return ReplyMessageRequest(
        reply_token=event.reply_token, messages=[TextMessage(text=event.message.text)]
    )


def official() -> Flask:
    """A new client for every reply."""
    handler, configuration = WebhookHandler(os.environ["LINE_CHANNEL_SECRET"]), _configuration()

    @handler.add(MessageEvent, message=TextMessageContent)
    def echo(event: MessageEvent) -> None:
        with ApiClient(configuration) as client:
            MessagingApi(client).reply_message_with_http_info(_reply(event))

    return _app(handler)


def shared() -> Flask:
    """One client for all."""
    handler = WebhookHandler(os.environ["LINE_CHANNEL_SECRET"])
    api = MessagingApi(ApiClient(_configuration()))

    @handler.add(MessageEvent, message=TextMessageContent)
    def echo(event: MessageEvent) -> None:
        api.reply_message_with_http_info(_reply(event))

    return _app(handler)

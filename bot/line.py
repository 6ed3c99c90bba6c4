"""LINE's Messaging API: signatures in, replies and pushes out, over one pooled connection.

The SDK is not imported here: it costs 1.6 s of start-up and 74 MB, has no time limits of its own, and
its typed parser silences people whose events have an unknown part. The tests hold us to its behaviour.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from bot import metrics
from bot.connections import Answer, CallError, Connections, Limits, Unreached
from bot.messages import Messages

log = logging.getLogger(__name__)
TIMEOUT = Limits(connect=3.0, read=8.0)  # together well under the lease of a row
PROFILE_TIMEOUT = Limits(connect=1.0, read=2.0)
RETRY_AFTER_LIMIT = 60.0

Result = Literal["sent", "refused", "wait", "unknown", "quota", "denied"]


@dataclass(frozen=True, slots=True)
class Sent:
    """What LINE said to a reply or push.

    sent: taken. refused: the token is used or expired, or the request is wrong. wait: not taken, come back
    after `seconds`. unknown: may have been taken (time-out, drop). quota: the month's pushes are used up.
    denied: the access token is wrong. `reason` is for staff and holds nothing of a person.
    """

    result: Result
    reason: str = ""
    seconds: float = 0.0


def signed_by_line(body: bytes, signature: str, secrets: Sequence[str]) -> bool:
    """Whether `signature` is that of exactly these bytes, with one of our channel secrets."""
    try:
        given = base64.b64decode(signature.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return False
    made = (hmac.new(secret.encode(), body, hashlib.sha256).digest() for secret in secrets)
    return any(hmac.compare_digest(given, one) for one in made)


class Line:
    """Speaks to the Messaging API at `base`; safe to share between threads.

    `failures`: so many messages one after the other were not taken, for a reason that is not in them.
    """

    failures = 0

    def __init__(self, base: str, access_token: str) -> None:
        self._connections = Connections(base)
        self._prefix = urlsplit(base).path.rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {access_token}",
            "Content-Type": "application/json",
            "User-Agent": "tomoni",
        }

    def reply(self, token: str, messages: Sequence[Mapping[str, Any]]) -> Sent:
        """Answer with a reply token: works once, within a minute. No retry key: LINE refuses it here."""
        said = messages.written if isinstance(messages, Messages) else _json(messages)
        data = f'{{"replyToken":{json.dumps(token)},"messages":{said}}}'.encode()
        return self._post("/v2/bot/message/reply", data)

    def push(self, to: str, messages: Sequence[Mapping[str, Any]], retry_key: str) -> Sent:
        """Send unasked; counted by LINE. The same `retry_key` (UUID) is taken once within 24 hours."""
        data = _json({"to": to, "messages": messages}).encode()
        sent = self._post("/v2/bot/message/push", data, {"X-Line-Retry-Key": retry_key})
        return Sent("sent") if sent.reason.startswith("409") else sent

    def _call(
        self, method: str, endpoint: str, limits: Limits, body: bytes = b"",
        headers: Mapping[str, str] | None = None, who: str = "",
    ) -> Answer:  # fmt: skip
        """One call, and the line of the log that LINE advises to keep; `{id}` in `endpoint` is never logged.

        Raises CallError.
        https://developers.line.biz/en/docs/messaging-api/development-guidelines/#save-logs
        """
        started, status, request_id = time.monotonic(), 0, ""
        try:
            answer = self._connections.call(
                method, self._prefix + endpoint.replace("{id}", quote(who, safe="")), limits, body,
                {**self._headers, **(headers or {})},
            )  # fmt: skip
            status, request_id = answer.status, answer.headers.get("x-line-request-id", "")
            return answer
        finally:
            spent = time.monotonic() - started
            metrics.called(endpoint, status, spent)
            if log.isEnabledFor(logging.INFO):
                log.info("call", extra={"method": method, "endpoint": endpoint, "status": status,
                                        "request_id": request_id, "ms": round(spent * 1000)})  # fmt: skip

    def language(self, person: str) -> str | None:
        """The language of a person's LINE profile (BCP 47), if LINE tells."""
        try:
            answer = self._call("GET", "/v2/bot/profile/{id}", PROFILE_TIMEOUT, who=person)
            found = json.loads(answer.body) if answer.status == 200 else {}
        except (CallError, ValueError):
            return None
        language = found.get("language") if isinstance(found, dict) else None
        return language if isinstance(language, str) else None

    def leave(self, group: str, room: bool = False) -> None:
        """Leave a group chat; an error changes nothing for us."""
        try:
            self._call(
                "POST", f"/v2/bot/{'room' if room else 'group'}/{{id}}/leave", TIMEOUT, who=group
            )
        except CallError:
            return

    def members(self, group: str) -> int | None:
        """How many people a group has: a push to it counts so many times. None when LINE does not say."""
        try:
            found = self._get("/v2/bot/group/{id}/members/count", group)
        except (CallError, ValueError):
            return None
        count = found.get("count")
        return count if isinstance(count, int) else None

    def quota(self) -> tuple[int | None, int] | None:
        """The month's limit of pushes (None: unlimited) and how many are used; None when LINE is silent."""
        try:
            limit = self._get("/v2/bot/message/quota")
            used = self._get("/v2/bot/message/quota/consumption")
        except (CallError, ValueError):
            return None
        if "type" not in limit or "totalUsage" not in used:
            return None
        value = limit.get("value") if limit["type"] == "limited" else None
        return value, int(used["totalUsage"])

    def _get(self, endpoint: str, who: str = "") -> dict[str, Any]:
        found = json.loads(self._call("GET", endpoint, TIMEOUT, who=who).body)
        return found if isinstance(found, dict) else {}

    def _post(self, path: str, data: bytes, headers: Mapping[str, str] | None = None) -> Sent:
        sent = self._posted(path, data, headers)
        self.failures = self.failures + 1 if sent.result in {"wait", "unknown"} else 0
        return sent

    def _posted(self, path: str, data: bytes, headers: Mapping[str, str] | None) -> Sent:
        try:
            answer = self._call("POST", path, TIMEOUT, data, headers)
        except Unreached:
            return Sent("wait", "no connection to LINE", 1.0)  # nothing left us: safe to try again
        except CallError as error:
            return Sent("unknown", str(error))
        return _read(answer.status, answer.body, answer.headers.get("Retry-After"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(status: int, data: bytes, retry_after: str | None) -> Sent:
    """LINE's answer as one of our words. 429 is both "too fast" and "the month is used up"."""
    message = _message(data)
    reason = f"{status} {message}"[:120]
    if status // 100 == 2:
        return Sent("sent")
    if status == 429:
        if "monthly limit" in message:
            return Sent("quota", reason)
        return Sent("wait", reason, _seconds(retry_after))
    if status >= 500:
        return Sent("unknown", reason)
    return Sent("denied" if status in {401, 403} else "refused", reason)


def _message(data: bytes) -> str:
    try:
        found = json.loads(data)
    except ValueError:
        return ""
    return str(found.get("message", "")) if isinstance(found, dict) else ""


def _seconds(value: str | None) -> float:
    """Retry-After: seconds or a date; a second where LINE says nothing usable."""
    try:
        return min(max(float(value or 1), 0.1), RETRY_AFTER_LIMIT)
    except ValueError:
        return _until(value or "")


def _until(value: str) -> float:
    try:
        at = parsedate_to_datetime(value)
        return min(max((at - datetime.now(at.tzinfo)).total_seconds(), 0.1), RETRY_AFTER_LIMIT)
    except (ValueError, TypeError):
        return 1.0

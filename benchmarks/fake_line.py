"""A stand-in of LINE's Messaging API over TLS: takes replies, counts them by token, hangs or fails on demand.

    python -m benchmarks.fake_line PORT CERTIFICATE KEY

Like LINE it takes a reply token once and refuses it then (400). It keeps for each token how often it came,
when it was first taken (the machine's monotonic clock) and which entry the answer was about.
GET /_replies reads and empties that; GET /_mode?hang=10&status=500 changes what it does from now on.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys
import time
from urllib.parse import parse_qs, urlsplit

TOKEN = re.compile(rb'"replyToken":\s*"([^"]+)"')
ENTRY = re.compile(rb"entry=([a-z0-9-]+)")
SAID = b'{"sentMessages":[{"id":"1","quoteToken":"q"}]}'
LENGTH = re.compile(rb"(?i)\r\ncontent-length:\s*(\d+)")


class Stand:
    """What was said so far, and how to behave."""

    def __init__(self) -> None:
        self.replies: dict[str, list[object]] = {}
        self.hang, self.status = 0.0, 0

    def take(self, body: bytes) -> int:
        """A reply; the status to answer with."""
        found, entry = TOKEN.search(body), ENTRY.search(body)
        if found is None:
            return 200
        if self.status:
            return self.status
        token = found[1].decode()
        known = self.replies.get(token)
        if known:
            known[0] = int(str(known[0])) + 1
            return 400
        self.replies[token] = [1, time.monotonic(), entry[1].decode() if entry else ""]
        return 200

    def control(self, path: str) -> bytes:
        """What the measuring script asks for."""
        parts = urlsplit(path)
        if parts.path == "/_replies":
            found, self.replies = self.replies, {}
            return json.dumps(found).encode()
        if parts.path == "/_count":
            return json.dumps(len(self.replies)).encode()
        if parts.path == "/_mode":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.hang, self.status = float(asked.get("hang", 0)), int(asked.get("status", 0))
        return b"{}"


class Connection(asyncio.Protocol):
    """Requests of one connection, one after the other."""

    def __init__(self, stand: Stand) -> None:
        self._stand, self._data = stand, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end]
            length = LENGTH.search(head)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(self._data) < stop:
                return
            body, self._data = self._data[end + 4 : stop], self._data[stop:]
            self._request(head.split(b" ", 2)[1].decode(), body)

    def _request(self, path: str, body: bytes) -> None:
        if path.startswith("/_"):
            self._answer(200, self._stand.control(path))
            return
        hang = self._stand.hang
        said = SAID if not self._stand.status else b'{"message":"trouble"}'
        status = self._stand.take(body) if not hang else 0
        if status == 400:
            said = b'{"message":"Invalid reply token"}'
        if not hang:
            self._answer(status, said)
            return
        loop = asyncio.get_running_loop()
        loop.call_later(hang, lambda: self._answer(self._stand.take(body), said))

    def _answer(self, status: int, body: bytes) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        head = (
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nx-line-request-id: r-1\r\n"
        )
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def main(port: int, certificate: str, key: str) -> None:
    """Serve until ended."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    stand = Stand()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(stand), "127.0.0.1", port, ssl=context, backlog=1000
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))

"""Calls over kept connections: what is sent again, what may have arrived, and for how long we wait."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from bot.connections import KEPT, CallError, Connections, Limits, Unreached
from bot.line import Line

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Line-Request-Id: r-1\r\n\r\n{}"
LIMITS = Limits(connect=5.0, read=5.0)
Talk = Callable[[socket.socket, int], bool]


class Host:
    """A host on this machine: `talk` answers a request on the so-manyeth connection, and says whether it goes on."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self.connections, self.requests = talk, 0, 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            number = self.connections
            threading.Thread(target=self._with, args=(connection, number), daemon=True).start()

    def _with(self, connection: socket.socket, number: int) -> None:
        with connection:
            while _request(connection):
                self.requests += 1
                if not self._talk(connection, number):
                    return

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _request(connection: socket.socket) -> bytes:
    """All of it: every body in these tests is a JSON object. Nothing where the other side ended."""
    said = b""
    while not said.endswith(b"}"):
        more = connection.recv(65536)
        if not more:
            return b""
        said += more
    return said


@pytest.fixture
def hosts() -> Iterator[Callable[[Talk], Host]]:
    made: list[Host] = []

    def host(talk: Talk) -> Host:
        made.append(Host(talk))
        return made[-1]

    yield host
    for one in made:
        one.close()


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address that refuses connections, and stays so."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unheard.getsockname()[1]}"


def answers(connection: socket.socket, number: int) -> bool:
    connection.sendall(OK)
    return True


def answers_once(connection: socket.socket, number: int) -> bool:
    connection.sendall(OK)
    return False


def test_calls_one_after_the_other_share_a_connection(hosts: Callable[[Talk], Host]) -> None:
    host = hosts(answers)
    connections = Connections(host.base)
    said = [connections.call("POST", "/reply", LIMITS, b"{}") for _ in range(5)]
    assert [(one.status, one.body, one.headers["x-line-request-id"]) for one in said] == [
        (200, b"{}", "r-1")
    ] * 5
    assert (host.connections, host.requests) == (1, 5)


def test_a_connection_that_the_host_dropped_meanwhile_is_not_used_again(
    hosts: Callable[[Talk], Host],
) -> None:
    host = hosts(answers_once)
    connections = Connections(host.base)
    for _ in range(3):
        assert connections.call("POST", "/reply", LIMITS, b"{}").status == 200
        (idle,) = connections._idle
        assert idle.recv(1, socket.MSG_PEEK) == b""  # returns when the host has closed it
    assert host.connections == 3


def test_a_host_that_says_it_closes_is_believed(hosts: Callable[[Talk], Host]) -> None:
    def closes(connection: socket.socket, number: int) -> bool:
        connection.sendall(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return False

    connections = Connections(hosts(closes).base)
    assert connections.call("POST", "/reply", LIMITS, b"{}").body == b"{}"
    assert connections._idle == []


def test_more_at_once_than_are_kept_are_all_answered(hosts: Callable[[Talk], Host]) -> None:
    together = threading.Barrier(KEPT + 4)

    def waits_for_all(connection: socket.socket, number: int) -> bool:
        together.wait(20)
        return answers(connection, number)

    connections, said = Connections(hosts(waits_for_all).base), []
    calls = [
        threading.Thread(
            target=lambda: said.append(connections.call("POST", "/", Limits(20, 20), b"{}").status)
        )
        for _ in range(KEPT + 4)
    ]
    for call in calls:
        call.start()
    for call in calls:
        call.join(20)
    assert said == [200] * (KEPT + 4)
    assert len(connections._idle) <= KEPT


def test_what_never_left_is_told_from_what_may_have_arrived(
    hosts: Callable[[Talk], Host], nobody: str
) -> None:
    with pytest.raises(Unreached):
        Connections(nobody).call("POST", "/reply", LIMITS, b"{}")
    drops = hosts(lambda connection, number: False)
    with pytest.raises(CallError) as error:
        Connections(drops.base).call("POST", "/reply", LIMITS, b"{}")
    assert (type(error.value), str(error.value)) == (CallError, "RemoteDisconnected")


def test_a_silent_host_is_left_when_the_time_is_over(hosts: Callable[[Talk], Host]) -> None:
    def silent(connection: socket.socket, number: int) -> bool:
        return True

    connections = Connections(hosts(silent).base)
    with pytest.raises(CallError, match="TimeoutError"):
        connections.call("POST", "/reply", Limits(connect=5.0, read=0.05), b"{}")
    assert connections._idle == []


@pytest.mark.parametrize(
    ("said", "result", "failures"),
    [
        (OK, "sent", 0),
        (OK.replace(b"200 OK", b"500 Broken"), "unknown", 1),
        (OK.replace(b"200 OK", b"429 Slow\r\nRetry-After: 7"), "wait", 1),
        (OK.replace(b"200 OK", b"400 Bad"), "refused", 0),
        (OK.replace(b"200 OK", b"401 Who"), "denied", 0),
        (b"nonsense\r\n\r\n", "unknown", 1),
        (b"", "unknown", 1),
    ],
    ids=str,
)
def test_what_line_says_to_a_reply_becomes_one_of_our_words(
    hosts: Callable[[Talk], Host], said: bytes, result: str, failures: int
) -> None:
    def says(connection: socket.socket, number: int) -> bool:
        connection.sendall(said)
        return False

    line = Line(hosts(says).base, "token")
    sent = line.reply("reply-token", [{"type": "text", "text": "ごみ"}])
    assert (sent.result, line.failures) == (result, failures)
    assert sent.seconds == (7 if b"Retry-After" in said else 0)


def test_without_a_connection_a_reply_is_safe_to_try_again(nobody: str) -> None:
    sent = Line(nobody, "token").reply("reply-token", [])
    assert (sent.result, sent.seconds) == ("wait", 1.0)

"""A cable from one process to the database that can be cut: nothing comes through, and nobody is told.

    python benchmarks/cable.py PORT SOCKET

Carries what is sent to 127.0.0.1:PORT to the Unix socket and back. Stopped (SIGSTOP), it is as a network that
swallows every packet.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path


class Cable:
    """One cable, in a process of its own."""

    def __init__(self, port: int, socket: Path) -> None:
        self._process = subprocess.Popen([sys.executable, __file__, str(port), str(socket)])

    def cut(self) -> None:
        """From now on nothing comes through."""
        self._process.send_signal(signal.SIGSTOP)

    def mend(self) -> None:
        """What was waiting arrives now."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """For good."""
        self._process.kill()
        self._process.wait()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction, until its end."""
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main(port: int, socket: str) -> None:
    """Serve until killed."""

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    server = await asyncio.start_server(joined, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))

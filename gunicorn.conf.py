"""How `make run` serves: gunicorn supervises one process, waitress reads the sockets in it.

One process, because SQLite has one writer and answers need the content in memory once; with PostgreSQL,
WEB_PROCESSES may be more. Waitress, because
it reads whole requests before a thread is spent on them: half-sent bodies cannot stop it.
"""

import ctypes
import os
import shutil
import signal
import tempfile
from typing import Any

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_PROCESSES", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "bot.server.Buffered"
timeout = 60
graceful_timeout = 20
control_socket_disable = True
accesslog = None
loglevel = "warning"

# Of Python's threads one runs at a time: glibc need not keep memory for eight that ask at once (4 MB, measured).
M_ARENA_MAX = -8  # of its malloc.h
if hasattr(libc := ctypes.CDLL(None), "mallopt"):
    libc.mallopt(M_ARENA_MAX, 1)

if workers > 1:  # their counters meet in files, which must be new
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="tomoni-metrics-")


def post_worker_init(worker: object) -> None:
    """After `kill -USR2` both the old and the new processes serve one socket: the old may go when a new one can."""
    if old := os.environ.get("GUNICORN_PID"):
        os.kill(int(old), signal.SIGTERM)


def child_exit(server: object, worker: Any) -> None:
    """A process that ended counts no more in what is measured now."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server: object) -> None:
    """The files of the counters go."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)


def worker_exit(server: object, worker: Any) -> None:
    """Finish what is claimed before the process goes; what was only received waits in the database."""
    app = getattr(worker, "wsgi", None)
    if app is not None and "tomoni" in app.extensions:
        app.extensions["tomoni"].stop()


def when_ready(server: object) -> None:
    """The one line that a newcomer looks for."""
    print(f"Tomoni is on http://{bind}/  (Ctrl+C ends it)", flush=True)

"""The last good content of a city on this disk: a mistake that a restart finds takes its answers from nobody."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)


class LastGood:
    """One copy of a content folder with its catalogs, kept in `folder` under the version that it has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self) -> tuple[Path, Path] | None:
        """The content folder and the catalogs of the copy, if there is one."""
        try:
            version = (self._folder / "version").read_text(encoding="ascii")
        except OSError:
            return None
        return self._folder / version / "faq", self._folder / version / "locales"

    def keep(self, content: Path, catalogs: Path, version: str, now: Callable[[], str]) -> None:
        """Copy what was read as `version`; nothing is kept where `now()` says that it has changed since.

        That the disk is full or another process was quicker is no reason not to answer.
        """
        try:
            self._copy(content, catalogs, version)
            if now() == version:
                self._point_to(version)
        except OSError as error:
            log.warning("the last good content was not kept on disk: %s", error.strerror or error)

    def _copy(self, content: Path, catalogs: Path, version: str) -> None:
        """Put together beside, then moved as a whole: nobody finds half of it."""
        if (self._folder / version).exists():
            return
        waiting = self._folder / f".{version}-{secrets.token_hex(4)}"
        try:
            shutil.copytree(content, waiting / "faq")
            shutil.copytree(catalogs, waiting / "locales")
            waiting.rename(self._folder / version)
        finally:
            shutil.rmtree(waiting, ignore_errors=True)

    def _point_to(self, version: str) -> None:
        file = self._folder / "version"
        waiting = file.with_suffix(f".{secrets.token_hex(4)}")
        waiting.write_text(version, encoding="ascii")
        waiting.replace(file)
        for one in self._folder.iterdir():
            if one.is_dir() and one.name != version:
                shutil.rmtree(one, ignore_errors=True)

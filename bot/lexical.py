"""The lexical half of matching: character n-grams and a linear classifier, one a language.

The classifier is ridge regression in its dual form: with n phrases and c labels it keeps the sparse
n-grams of the phrases and n x c numbers, a fifth of what weights per n-gram would take, trains in a
second, and needs numpy alone. To what it says of a label, a fifth of the likeness of the label's nearest phrase is
added: the regression knows what sets labels apart, the nearest phrase whether anybody has said anything like it.

Where there are more than `MANY` phrases, that is some 700 entries of our size, those numbers would outgrow
the memory of a worker and an evening of training: then a label is as likely as its phrases are near, and
n-grams that a tenth of the phrases have are left out.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.normal import UNSPACED, kana, plain, spaceless

BUCKETS = 1 << 20  # n-grams are hashed; collisions among some 50,000 of a language are rare
SIZES = (2, 3, 4, 5)
UNSPACED_SIZES = (1, 2, 3, 4)
RIDGE = 1.0
# Of the nearest phrase. On phrases left out the log loss is 0.818 with it, 0.834 without; on questions that were not
# learnt from right first 0.948 and 0.942 by this half alone; 0.5 is better on the former and worse on the latter.
NEAREST = 0.2
MANY = 8000
COMMON = 0.1
BLOCK = 500
DENSE = 100  # phrases that have an n-gram: above, a dense column is quicker
TEXT_READ = 300  # characters; what comes later in a long message changes little

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Grams:
    """The hashed n-grams of some texts, each once a text: by text, then by hash; all shapes are (n-grams,)."""

    keys: Ints
    counts: Ints  # how often in its text
    texts: Ints  # the number of its text


@lru_cache(maxsize=64)  # of one message several models want them
def grams(text: str) -> Grams:
    """The n-grams of one text."""
    return grams_of([text])


def grams_of(texts: Sequence[str]) -> Grams:
    """N-grams within words and of every two words, or over the whole text where scripts have no spaces."""
    spaced: dict[int, str] = {}
    unspaced: dict[int, str] = {}
    for number, text in enumerate(texts):
        bare = plain(text)[:TEXT_READ]
        if UNSPACED.search(bare):
            unspaced[number] = kana(spaceless(bare))
        elif bare:
            spaced[number] = f" {bare} "
    found = [_pairs(spaced), *_windows(spaced, SIZES), *_windows(unspaced, UNSPACED_SIZES)]
    owners = np.concatenate([numbers for numbers, _ in found])
    keys = _stirred(np.concatenate([hashed for _, hashed in found]))
    each, counts = np.unique(owners * BUCKETS + keys, return_counts=True)
    return Grams(
        (each % BUCKETS).astype(np.int32),
        counts.astype(np.int32),
        (each // BUCKETS).astype(np.int32),
    )


# Of each piece the number of its text, and its hash.
Hashed = tuple[NDArray[np.int64], NDArray[np.uint32]]


def _pairs(texts: Mapping[int, str]) -> Hashed:
    """Every two neighbouring words."""
    found = [
        (number, zlib.crc32(f"{one} {two}".encode()))
        for number, text in texts.items()
        for one, two in itertools.pairwise(text.split())
    ]
    numbers, hashed = zip(*found, strict=True) if found else ((), ())
    return np.array(numbers, np.int64), np.array(hashed, np.uint32)


def _windows(texts: Mapping[int, str], sizes: Sequence[int]) -> Iterator[Hashed]:
    """All pieces of each size, hashed letter by letter for all texts at once.

    A piece has spaces at its ends alone: it is within a word.
    """
    if not texts:
        return
    codes = np.frombuffer("\n".join(texts.values()).encode("utf-32-le"), np.uint32)
    owners = np.repeat([*texts], [len(text) + 1 for text in texts.values()])
    ends, gaps = _before(codes == ord("\n")), _before(codes == ord(" "))
    letters = codes * np.uint32(0x9E3779B1)
    hashed = letters
    for size in range(1, min(sizes[-1], len(codes)) + 1):
        if size > 1:
            hashed = hashed[:-1] * np.uint32(0x01000193) + letters[size - 1 :]
        if size in sizes:
            whole = gaps[size - 1 : -1] == gaps[1 : len(gaps) - size + 1]
            if len(texts) > 1:
                whole &= ends[size:] == ends[:-size]
            yield owners[: len(hashed)][whole], hashed[whole] + np.uint32(size)


def _before(marked: NDArray[np.bool_]) -> Ints:
    """How many are marked before each place, and at the end before all; shape (places + 1,)."""
    counts = np.zeros(len(marked) + 1, np.int32)
    np.cumsum(marked, out=counts[1:])
    return counts


def _stirred(hashed: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Which bucket: the low bits of a hash are those of the last letters, so all bits are stirred in."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        hashed = (hashed ^ (hashed >> np.uint32(shift))) * np.uint32(factor)
    return (hashed ^ (hashed >> np.uint32(16))).astype(np.int64) % BUCKETS


@dataclass(frozen=True, slots=True)
class Lexical:
    """Trained for one language. Columns of `columns` are sorted hashed n-grams (CSC of the phrases).

    `weights` and `values` are of half precision where they were read from disk.
    """

    labels: tuple[str, ...]
    columns: Ints  # (features,) the n-grams that occur in training
    weights: Floats  # (features,) idf
    starts: Ints  # (features + 1,) where each column's entries begin
    rows: Ints  # (entries,) phrase numbers
    values: Floats  # (entries,) normalised tf-idf
    alphas: Floats  # (phrases, labels); none where there are many phrases
    owners: Ints  # (phrases,) the label of each

    def knows(self, text: str) -> float:
        """Which share of a text's n-grams any phrase has."""
        keys = grams(text).keys
        if not len(keys) or not len(self.columns):
            return 0.0
        at = np.searchsorted(self.columns, keys)
        at[at == len(self.columns)] = 0
        return float((self.columns[at] == keys).mean())

    def scores(self, text: str) -> Floats:
        """One number a label, about 1 for a phrase of the label and about 0 for others; shape (labels,)."""
        found, query = self._query(text)
        if not len(found):
            return np.zeros(len(self.labels), np.float32)
        spans = [slice(self.starts[n], self.starts[n + 1]) for n in found]
        rows = np.concatenate([self.rows[span] for span in spans])
        parts = [self.values[span] * value for span, value in zip(spans, query, strict=True)]
        sums = np.bincount(rows, np.concatenate(parts), minlength=len(self.owners))
        likeness: Floats = sums.astype(np.float32)
        if not len(self.alphas):
            return self._near(likeness)
        nearest = np.zeros(len(self.labels), np.float32)
        np.maximum.at(nearest, self.owners, likeness)
        result: Floats = likeness @ self.alphas + np.float32(NEAREST) * nearest
        return result

    def _near(self, likeness: Floats) -> Floats:
        """How near the phrases of each label are, many a little or one very much (better than the nearest alone)."""
        sums = np.bincount(self.owners, likeness**2, minlength=len(self.labels))
        result: Floats = np.sqrt(sums).astype(np.float32)
        return result

    def _query(self, text: str) -> tuple[Ints, Floats]:
        said = grams(text)
        if not len(said.keys) or not len(self.columns):
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        tf = 1 + np.log(said.counts.astype(np.float32))
        at = np.searchsorted(self.columns, said.keys)
        at[at == len(self.columns)] = 0
        known = self.columns[at] == said.keys
        # What was never seen counts in the length: a text of unknown words is like nothing.
        unseen = np.float32(self.weights.max()) if len(self.weights) else 1.0
        full = tf * np.where(known, self.weights[at].astype(np.float32), unseen)
        norm = np.float32(np.sqrt((full**2).sum()) or 1.0)
        return at[known].astype(np.int32), (full[known] / norm).astype(np.float32)


def fit(said: Grams, truth: NDArray[np.int64], names: Sequence[str]) -> Lexical:
    """Train on the n-grams of phrases and the numbers of their labels in `names`."""
    if len(truth) > MANY:
        return _indexed(said, truth, names)
    model, kernel, targets = _prepared(said, truth, names)
    return replace(model, alphas=_solved(kernel, targets)[0])


def fit_left_out(
    said: Grams, truth: NDArray[np.int64], names: Sequence[str]
) -> tuple[Lexical, Floats]:
    """Train, and say what every phrase would score if it had not been learnt from.

    The scores have shape (phrases, labels); ridge regression has them in closed form (Cawley and Talbot 2003).
    """
    if len(truth) > MANY:
        model = _indexed(said, truth, names)
        return model, _near_left_out(model)
    from scipy.linalg.lapack import spotri

    model, kernel, targets = _prepared(said, truth, names)
    nearest = _nearest_left_out(kernel, model)  # before its place is taken
    alphas, factor = _solved(kernel, targets)
    inverse: Floats = np.diag(spotri(factor, overwrite_c=1)[0])
    left_out = targets - alphas / inverse[:, None]
    return replace(model, alphas=alphas), left_out + np.float32(NEAREST) * nearest


def _solved(kernel: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """The weights of the phrases, and the triangle of Cholesky's by which they were found, in place of `kernel`.

    A matrix of likenesses with a ridge is positive definite: half the work of any other, and no second matrix.
    """
    from scipy.linalg.lapack import spotrf, spotrs  # like scipy.sparse: only for training

    factor, _ = spotrf(kernel, clean=0, overwrite_a=1)
    alphas, _ = spotrs(factor, targets)
    return np.ascontiguousarray(alphas), factor


def _prepared(
    said: Grams, truth: NDArray[np.int64], names: Sequence[str]
) -> tuple[Lexical, Floats, Floats]:
    """The n-grams, how alike any two phrases are (with the ridge on the diagonal), and the targets."""
    model = _indexed(said, truth, names)
    kernel = _likenesses(model)
    kernel[np.diag_indices_from(kernel)] += RIDGE
    targets = np.zeros((len(truth), len(names)), np.float32)
    targets[np.arange(len(truth)), truth] = 1
    return model, kernel, targets


def _indexed(said: Grams, truth: NDArray[np.int64], names: Sequence[str]) -> Lexical:
    nothing = np.zeros((0, 0), np.float32)
    return Lexical(tuple(names), *_index(said, len(truth)), nothing, np.asarray(truth, np.int32))


def _sparse(model: Lexical) -> Any:
    from scipy.sparse import csc_matrix  # a second to import: only for training

    shape = (len(model.owners), len(model.columns))
    return csc_matrix((model.values, model.rows, model.starts), shape=shape).tocsr()


def _likenesses(model: Lexical) -> Floats:
    """How alike any two phrases are: the n-grams of many phrases as a dense matrix, which is quicker, the rest not.

    Only the upper triangle is whole, in the order of Fortran: what Cholesky's needs.
    """
    from scipy.linalg.blas import ssyrk  # half the work of a product

    phrases, common = _sparse(model).tocsc(), np.diff(model.starts) > DENSE
    many = phrases[:, common].toarray()
    alike: Floats = ssyrk(1.0, many.T, trans=1)
    few = phrases[:, ~common].tocsr()
    rest = (few @ few.T).tocoo()
    alike[rest.row, rest.col] += rest.data
    return alike


def _nearest_left_out(kernel: Floats, model: Lexical) -> Floats:
    """For every phrase, how alike the nearest other phrase of each label is; shape (phrases, labels).

    Below its diagonal the kernel is not whole, and never greater than above it.
    """
    found = np.zeros((len(model.owners), len(model.labels)), np.float32)
    order = np.argsort(model.owners, kind="stable")
    known, begins = np.unique(model.owners[order], return_index=True)
    for start in range(0, len(found), BLOCK):
        some = slice(start, start + BLOCK)
        alike = np.maximum(kernel[some], kernel[:, some].T)
        alike[np.arange(len(alike)), np.arange(start, start + len(alike))] = 0
        found[some, known] = np.maximum.reduceat(alike[:, order], begins, axis=1)
    return found


def _near_left_out(model: Lexical) -> Floats:
    """For every phrase, how near the other phrases of each label are; shape (phrases, labels)."""
    phrases = _sparse(model)
    found = np.zeros((len(model.owners), len(model.labels)), np.float32)
    for start in range(0, len(found), BLOCK):
        alike = (phrases[start : start + BLOCK] @ phrases.T).toarray()
        for n, row in enumerate(alike, start):
            row[n] = 0
            found[n] = model._near(row)
    return found


def _index(said: Grams, texts: int) -> tuple[Ints, Floats, Ints, Ints, Floats]:
    """The n-grams of all texts by column; those that occur once are kept: names of papers are rare."""
    keys, rows, tf = said.keys, said.texts, said.counts.astype(np.float32)
    if texts > MANY:
        rare = np.bincount(keys, minlength=BUCKETS)[keys] <= COMMON * texts
        keys, rows, tf = keys[rare], rows[rare], tf[rare]
    order = np.argsort(keys, kind="stable")
    keys, rows, tf = keys[order], rows[order], (1 + np.log(tf))[order]
    columns, starts, document = np.unique(keys, return_index=True, return_counts=True)
    weights = (np.log((1 + texts) / (1 + document)) + 1).astype(np.float32)
    values = tf * np.repeat(weights, document)
    norms = np.sqrt(np.bincount(rows, values**2, minlength=texts))
    values = (values / np.maximum(norms[rows], 1e-9)).astype(np.float32)
    ends = np.append(starts, len(keys)).astype(np.int32)
    return columns.astype(np.int32), weights, ends, rows, values


ARRAYS = ("columns", "weights", "starts", "rows", "values", "alphas", "owners")
HALF = frozenset({"weights", "values"})


def packed(model: Lexical, prefix: str) -> dict[str, Any]:
    """The arrays for files, n-grams in half the room: three digits of a likeness are enough."""
    arrays = {name: getattr(model, name) for name in ARRAYS}
    arrays |= {name: arrays[name].astype(np.float16) for name in HALF}
    if len(model.owners) < np.iinfo(np.uint16).max:
        arrays["rows"] = model.rows.astype(np.uint16)
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def unpacked(arrays: Mapping[str, Any], prefix: str, labels: tuple[str, ...]) -> Lexical:
    """The reverse of packed."""
    return Lexical(labels, **{name: arrays[f"{prefix}.{name}"] for name in ARRAYS})

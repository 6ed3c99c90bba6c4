"""Learning from phrases: one lexical model a script family, one semantic head for all, and how sure to be."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bot import language, lexical
from bot.lexical import Floats, Lexical
from bot.phrases import NONE, Phrase

FORMAT = "8"  # a change of what is learnt, or how it is stored, makes old files useless
# Languages whose writers use each other's spelling learn together.
FAMILIES: Mapping[str, str] = {"ja-simple": "ja"}
# The semantic half is kernel ridge regression with a Gaussian kernel, by random Fourier features (Rahimi and
# Recht 2007): on questions that were not learnt from, right first 0.957 with the lexical half, against 0.938 for a
# linear map of the vectors.
VECTOR = 384  # numbers of the model for a sentence
FEATURES = 2048
WIDTH = 1.0
LINEAR_SHARE = 0.5
SEMANTIC_RIDGE = 1.0
SEED = 20261128
KEPT_AS = "weights-"  # how the folders of what was learnt begin
KEPT_SECONDS = 30 * 86400
COVERED = 0.8  # of the entries: below, a lexical model would favour what happens to be covered


@dataclass(frozen=True, slots=True)
class Head:
    """The semantic half: from vectors of 384, by features, to labels."""

    labels: tuple[str, ...]
    centre: Floats  # (384,)
    scale: float
    weights: Floats  # (FEATURES + 384 + 1, labels), the last row is the constant

    def scores(self, vector: Floats) -> Floats:
        """One number a label, about 1 for the right one; shape (labels,)."""
        near = features((vector - self.centre) / self.scale)
        result: Floats = near @ self.weights[:-1] + self.weights[-1]
        return result


@cache
def _directions() -> tuple[Floats, Floats]:
    """The random directions and phases of the features: the same on every machine (MT19937)."""
    random = np.random.RandomState(SEED)  # its stream is frozen by numpy's promise (NEP 19)
    directions = random.normal(size=(VECTOR, FEATURES)).astype(np.float32) * np.sqrt(2 * WIDTH)
    return directions.astype(np.float32), random.uniform(0, 2 * np.pi, FEATURES).astype(np.float32)


def features(vectors: Floats) -> Floats:
    """Of centred, scaled vectors, shape (…, 384): Fourier features beside the vector itself."""
    directions, phases = _directions()
    waves = np.float32(np.sqrt(2 / FEATURES)) * np.cos(vectors @ directions + phases)
    found: Floats = np.concatenate([waves, vectors * np.float32(LINEAR_SHARE)], axis=-1)
    return found


# How scores become probabilities: the factors of the lexical half alone, and of both halves together.
Sharp = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Trained:
    """Everything that matching needs, as it is stored. `sharp` says how scores become probabilities.

    `marks` says of each family what its lexical model was learnt from: an edit of one language leaves the others.
    """

    name: str
    labels: tuple[str, ...]
    lexical: Mapping[str, Lexical]
    head: Head | None
    sharp: Mapping[str, Sharp]  # by family
    latin: language.LatinModel | None
    marks: Mapping[str, str]  # by family


@dataclass(frozen=True, slots=True)
class Shipped:
    """The semantic half and its sharpness as they travel with the code: small, and the same everywhere."""

    name: str
    head: Head
    sharp: Mapping[str, Sharp]


def family(locale: str) -> str:
    """Whose lexical model a locale uses."""
    return FAMILIES.get(locale, locale)


def label_names(phrases: Sequence[Phrase], entries: Sequence[str]) -> tuple[str, ...]:
    """Every label that has phrases, in a fixed order; entries that do not exist are not learnt."""
    known = {one.label for one in phrases}
    rest = sorted(name for name in known if ":" in name or name == NONE)
    return (*(name for name in entries if name in known), *rest)


def train(
    phrases: Sequence[Phrase],
    entries: Sequence[str],
    vectors: Floats | None = None,
    shipped: Shipped | None = None,
    known: Trained | None = None,
) -> Trained:
    """Learn from all phrases. `vectors` are theirs, shape (phrases, 384), where there is a model.

    `shipped` is a semantic half that was learnt from exactly these phrases on another machine. Of what is `known`
    the families whose phrases are the same stay as they are.
    """
    names = label_names(phrases, entries)
    kept = [n for n, one in enumerate(phrases) if one.label in set(names)]
    some = [phrases[n] for n in kept]
    place = {name: n for n, name in enumerate(names)}
    truth = np.array([place[one.label] for one in some])
    head, semantic = None, None
    if vectors is not None:
        head, semantic = _head(vectors[kept], truth, names)
    given = shipped.sharp if shipped else {}
    models: dict[str, Lexical] = {}
    sharp: dict[str, Sharp] = {}
    marks: dict[str, str] = {}
    families = np.array([family(one.locale) for one in some])
    covered, counts = _families(some, len(entries)), language.Counts()
    for name in sorted(set(families)):
        rows = np.flatnonzero(families == name)
        own = [some[n] for n in rows]
        said = lexical.grams_of([one.text for one in own])
        counts.add(said, _written_in(own))
        if name not in covered:
            continue
        marks[name] = version(own, names)
        if (same := _same(known, name, marks[name], given, semantic)) is not None:
            models[name], sharp[name] = same
        elif name in given:
            models[name], sharp[name] = lexical.fit(said, truth[rows], names), given[name]
        else:
            models[name], left_out = lexical.fit_left_out(said, truth[rows], names)
            by_meaning = semantic[rows] if semantic is not None else None
            sharp[name] = _sharpness(left_out, by_meaning, truth[rows])
    if shipped is not None:
        head, sharp = shipped.head, dict(shipped.sharp)
    return Trained(version(phrases, entries), names, models, head, sharp, counts.model(), marks)


def _same(
    known: Trained | None, name: str, mark: str, given: Mapping[str, Sharp], semantic: Floats | None
) -> tuple[Lexical, Sharp] | None:
    """A family that was learnt from the same before, unless its sharpness was never measured with a semantic half."""
    if known is None or known.marks.get(name) != mark:
        return None
    if name in given:
        return known.lexical[name], given[name]
    measured = semantic is None or known.head is not None
    return (known.lexical[name], known.sharp[name]) if measured else None


def _families(phrases: Sequence[Phrase], entries: int) -> set[str]:
    """Languages whose own phrases cover most entries; the others are matched by meaning alone."""
    covered: dict[str, set[str]] = {}
    for one in phrases:
        if ":" not in one.label and one.label != NONE:
            covered.setdefault(family(one.locale), set()).add(one.label)
    return {name for name, labels in covered.items() if len(labels) >= entries * COVERED}


def headed(shipped: Shipped) -> Trained:
    """The semantic half alone: enough to answer while the lexical half is being learnt."""
    return Trained(shipped.name, shipped.head.labels, {}, shipped.head, shipped.sharp, None, {})


def version(phrases: Sequence[Phrase], entries: Sequence[str]) -> str:
    """A short name for exactly what is learnt from."""
    digest = hashlib.sha256(FORMAT.encode())
    for one in phrases:
        digest.update(f"{one.locale}\0{one.label}\0{one.text}\0".encode())
    digest.update("\0".join(entries).encode())
    return digest.hexdigest()[:12]


def _head(vectors: Floats, truth: Any, names: tuple[str, ...]) -> tuple[Head, Floats]:
    """Ridge regression on the features; also every phrase's scores as if it had not been learnt from.

    The features of all phrases at once would take half a gigabyte: they are made twice, some at a time.
    """
    centre = vectors.mean(axis=0)
    scale = float(np.sqrt(((vectors - centre) ** 2).sum(axis=1).mean()))
    size = FEATURES + VECTOR + 1
    gram, sums = np.zeros((size, size)), np.zeros((size, len(names)))
    for some, data in _some_features(vectors, centre, scale):
        gram += data.T @ data
        sums += data.T @ _targets(truth[some], len(names))
    gram[np.diag_indices_from(gram)] += SEMANTIC_RIDGE
    inverse = np.linalg.inv(gram)
    weights = (inverse @ sums).astype(np.float32)
    left_out = np.empty((len(truth), len(names)), np.float32)
    for some, data in _some_features(vectors, centre, scale):
        targets = _targets(truth[some], len(names))
        leverage = ((data @ inverse) * data).sum(axis=1)
        left_out[some] = targets - (targets - data @ weights) / (1 - leverage)[:, None]
    return Head(names, centre.astype(np.float32), scale, weights), left_out


def _some_features(vectors: Floats, centre: Floats, scale: float) -> Iterator[tuple[slice, Floats]]:
    """Which phrases, and their features with a last column of ones."""
    for start in range(0, len(vectors), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        data = features((vectors[some] - centre) / np.float32(scale))
        yield some, np.hstack([data, np.ones((len(data), 1), np.float32)])


def _targets(truth: Any, labels: int) -> Floats:
    result: Floats = np.eye(labels, dtype=np.float32)[truth]
    return result


AT_ONCE = 2048  # phrases


def _sharpness(lexical_scores: Floats, semantic: Floats | None, truth: Any) -> Sharp:
    """The factors that make softmax of the left-out scores honest: the least log loss on a grid."""
    alone = min((_loss(lexical_scores * a, truth), a) for a in (4, 6, 8, 10, 12, 14, 17, 20, 25))[1]
    if semantic is None:
        return float(alone), 0.0, 0.0
    grid = [
        (a, b)
        for a in (0, 2, 4, 6, 8, 10, 12, 15, 18, 22)
        for b in (4, 8, 12, 15, 18, 22, 26, 30, 36)
    ]
    both = min((_loss(lexical_scores * a + semantic * b, truth), a, b) for a, b in grid)
    return float(alone), float(both[1]), float(both[2])


def _loss(logits: Floats, truth: Any) -> float:
    top = logits.max(axis=1)
    total = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
    return float((total - logits[np.arange(len(logits)), truth]).mean())


def _written_in(phrases: Sequence[Phrase]) -> list[str]:
    """The language of each; one in Latin letters, of a language that mostly has others, is "romanised"."""
    latin = [_is_latin(one.text) for one in phrases]
    mostly: Counter[str] = Counter()
    for one, alike in zip(phrases, latin, strict=True):
        mostly[one.locale] += 1 if alike else -1
    return [
        f"{language.ROMANISED}{one.locale}" if alike and mostly[one.locale] < 0 else one.locale
        for one, alike in zip(phrases, latin, strict=True)
    ]


def _is_latin(text: str) -> bool:
    if text.isascii():
        return language.LATIN.search(text) is not None
    latin = len(language.LATIN.findall(text))
    return latin > len(language.LETTERS.findall(text)) - latin


def store(trained: Trained, folder: Path) -> None:
    """Keep what was learnt, an array a file, as `restore` maps them; a reader never sees half of it."""
    arrays: dict[str, Any] = {"name": np.array(trained.name), "labels": np.array(trained.labels)}
    for name, model in trained.lexical.items():
        arrays |= lexical.packed(model, f"lexical.{name}")
        arrays[f"sharp.{name}"] = np.array(trained.sharp[name])
        arrays[f"mark.{name}"] = np.array(trained.marks[name])
    if trained.head:
        arrays |= {
            "head.centre": trained.head.centre,
            "head.scale": np.array(trained.head.scale),
            "head.weights": trained.head.weights,
        }
    if trained.latin:
        arrays |= {"latin.names": np.array(trained.latin.locales), "latin.logs": trained.latin.logs}
    waiting = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.new")
    waiting.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(waiting / f"{name}.npy", array)
    try:
        waiting.replace(folder)
    except OSError:  # something is there already
        if restore(folder) is None:  # broken: it must not be learnt anew at every start
            shutil.rmtree(folder, ignore_errors=True)
            waiting.replace(folder)
        else:  # web and workers may learn at once: another was first, with the same
            shutil.rmtree(waiting)


def restore(folder: Path) -> Trained | None:
    """What was learnt before; None where there is nothing usable.

    The arrays stay on disk and are mapped: of a language that nobody writes nothing is in memory, and several
    processes have one copy.
    """
    try:
        arrays = {
            file.stem: np.asarray(np.load(file, mmap_mode="r")) for file in folder.glob("*.npy")
        }
        os.utime(folder)
        return _unpacked(arrays)
    except (OSError, ValueError, EOFError, KeyError):
        return None


def _unpacked(arrays: Mapping[str, Any]) -> Trained:
    labels = tuple(str(name) for name in arrays["labels"])
    families = [name.removeprefix("sharp.") for name in arrays if name.startswith("sharp.")]
    head, latin = None, None
    if "head.weights" in arrays:
        scale = float(arrays["head.scale"])
        head = Head(labels, arrays["head.centre"], scale, arrays["head.weights"])
    if "latin.names" in arrays:
        names = tuple(str(name) for name in arrays["latin.names"])
        logs = arrays["latin.logs"]
        latin = language.LatinModel(names, logs, np.zeros(len(names), np.float32))
    return Trained(
        str(arrays["name"]), labels,
        {name: lexical.unpacked(arrays, f"lexical.{name}", labels) for name in families},
        head,
        {name: (float(row[0]), float(row[1]), float(row[2]))
         for name in families for row in [arrays[f"sharp.{name}"]]},
        latin,
        {name: str(arrays[f"mark.{name}"]) for name in families},
    )  # fmt: skip


def forget_old(folder: Path, now: float) -> None:
    """Remove what was learnt and not used for a month: every edit of the phrases leaves some behind."""
    for old in folder.glob(f"{KEPT_AS}*"):
        if old.stat().st_mtime < now - KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink()


def ship(trained: Trained, file: Path) -> None:
    """Write the semantic half for others: they need not compute the vectors of all phrases."""
    if trained.head is None:
        raise ValueError("There is no semantic half to ship: the embedding model is missing.")
    arrays: dict[str, Any] = {
        "name": np.array(trained.name),
        "labels": np.array(trained.labels),
        "centre": trained.head.centre,
        "scale": np.array(trained.head.scale),
        "weights": trained.head.weights.astype(np.float16),
    }
    arrays |= {f"sharp.{name}": np.array(row) for name, row in trained.sharp.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(file, **arrays)


def shipped(file: Path) -> Shipped | None:
    """What `ship` wrote; None where there is nothing usable."""
    try:
        with np.load(file) as stored:
            arrays = dict(stored)
        labels = tuple(str(name) for name in arrays["labels"])
        weights = arrays["weights"].astype(np.float32)
        head = Head(labels, arrays["centre"], float(arrays["scale"]), weights)
        sharp = {
            name.removeprefix("sharp."): (float(row[0]), float(row[1]), float(row[2]))
            for name, row in arrays.items()
            if name.startswith("sharp.")
        }
        return Shipped(str(arrays["name"]), head, sharp)
    except (OSError, ValueError, EOFError, KeyError):
        return None

"""What contestants are asked: phrases to learn, questions with the right answer, of ours and of public sets."""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import phrases
from bot.normal import from_zawgyi
from bot.phrases import NONE
from bot.train import family

ROOT = Path(__file__).parents[1]
ALL = ""  # the group of a question whose language has no phrases: all phrases are searched
FOLDS = 5
REHEARSED = 100  # questions a language: enough for two thresholds, and the slow come to an end
ASKED = frozenset({"topic", "oos", "near", "small"})
NOTHING = "NO_NODES_DETECTED"  # HINT3's word for out of scope


@dataclass(frozen=True, slots=True)
class Example:
    """A phrase of a group (a language, or one public bot) and its label; `none` is out of scope."""

    group: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A text whose right answers are `topics`; none for what is out of scope."""

    group: str
    topics: tuple[str, ...]
    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Task:
    """One contest. `languages` says in which language each group is."""

    name: str
    examples: tuple[Example, ...]
    questions: tuple[Question, ...]
    languages: dict[str, str]


def own(folder: Path, only: Sequence[str] = ()) -> Task:
    """The project's phrases, and a folder of TSV files (kind, topics, text), one a language; `only` some of them."""
    found, _ = phrases.load(ROOT / "faq")
    groups = _groups(found)
    examples = [
        Example(family(one.locale), one.label, one.text)
        for one in found
        if family(one.locale) in groups
    ]
    files = [file for file in sorted(folder.glob("*.tsv")) if not only or file.stem in only]
    questions = [one for file in files for one in _lines(file, groups)]
    name = "-".join(["faq", *only])
    return Task(name, tuple(examples), tuple(questions), {name: name for name in groups})


def _groups(found: Sequence[phrases.Phrase]) -> set[str]:
    """Languages with phrases of most entries; a handful would only draw questions to itself."""
    labels: dict[str, set[str]] = {}
    for one in found:
        if ":" not in one.label and one.label != NONE:
            labels.setdefault(family(one.locale), set()).add(one.label)
    most = max(len(names) for names in labels.values())
    return {name for name, names in labels.items() if len(names) >= 0.8 * most}


def _lines(file: Path, groups: set[str]) -> Iterator[Question]:
    """For instance: topic<TAB>garbage<TAB>when is burnable trash collected."""
    group = family(file.stem.removesuffix("-zawgyi"))
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        kind, topics, text = line.split("\t")[:3]
        if kind in ASKED:
            right = tuple(topics.split("|")) if kind == "topic" else ()
            # Everyone reads Unicode: the conversion is not what is compared here.
            text = from_zawgyi(text)[0]
            yield Question(group if group in groups else ALL, right, text, file.stem)


def clinc(file: Path) -> Task:
    """CLINC150 (Larson et al. 2019), `data_full.json` of github.com/clinc/oos-eval."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    examples = [Example("clinc", label, text) for text, label in rows["train"]]
    examples += [Example("clinc", NONE, text) for text, _ in rows["oos_train"]]
    questions = [Question("clinc", (label,), text, "clinc") for text, label in rows["test"]]
    questions += [Question("clinc", (), text, "clinc") for text, _ in rows["oos_test"]]
    return Task("clinc", tuple(examples), tuple(questions), {"clinc": "en"})


def hint3(folder: Path) -> list[Task]:
    """The three bots of HINT3 (Arora et al. 2020), full training sets, v1: those of the paper's figures."""
    return [_bot(folder / "dataset" / "v1", name) for name in ("sofmattress", "curekart", "powerplay11")]  # fmt: skip


def _bot(folder: Path, name: str) -> Task:
    examples = [
        Example(name, label, text) for text, label in _rows(folder / f"train/{name}_train.csv")
    ]
    questions = [
        Question(name, () if label == NOTHING else (label,), text, name)
        for text, label in _rows(folder / f"test/{name}_test.csv")
    ]
    return Task(f"hint3-{name}", tuple(examples), tuple(questions), {name: "en"})


def _rows(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [(row[0], row[1]) for row in list(csv.reader(lines))[1:]]


def rehearsal(task: Task) -> Task:
    """The same contest on the phrases alone: of a fifth up to `REHEARSED` a language are asked, the rest is learnt.

    Where a set has no phrases that are out of scope, a fifth of its labels is not learnt at all and plays them.
    """
    has_none = any(one.label == NONE for one in task.examples)
    labels = {one.label for one in task.examples}
    strange = set() if has_none else {label for label in labels if _fold(label) == 0}
    learnt, asked = [], []
    for one in task.examples:
        if one.label in strange or (":" not in one.label and _fold(one.text) == 0):
            right = () if one.label in strange or one.label == NONE else (one.label,)
            asked.append(Question(one.group, right, one.text, one.group))
        else:
            learnt.append(one)
    groups = {one.group for one in task.questions}
    some = [one for group in sorted(groups) for one in _some(asked, group)]
    return Task(f"{task.name}-rehearsal", tuple(learnt), tuple(some), task.languages)


def _some(asked: Sequence[Question], group: str) -> list[Question]:
    """Always the same ones; of a language without phrases of its own, from all."""
    own_ones = [one for one in asked if group in {ALL, one.group}]
    return sorted(own_ones, key=lambda one: zlib.crc32(one.text[::-1].encode()))[:REHEARSED]


def _fold(text: str) -> int:
    return zlib.crc32(text.encode()) % FOLDS

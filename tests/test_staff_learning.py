"""New phrases are learnt together, in the background, and taken only if nothing gets worse."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from bot import evaluate, phrase_file
from bot.content import Content, Library
from bot.desk import Knowledge
from bot.learning import Learner
from bot.phrase_file import NotAdded
from bot.settings import Settings
from handlers import HANDLERS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    return tmp_path / "faq"


def cut(file: Path) -> None:
    """A dozen phrases an entry."""
    kept, number = [], 0
    for line in file.read_text(encoding="utf-8").splitlines():
        number = number + 1 if line.startswith("  - ") else 0
        kept += [line] if number <= 12 else []
    file.write_text("\n".join([*kept, ""]), encoding="utf-8")


@pytest.fixture
def learning(folder: Path, settings: Settings, tmp_path: Path) -> tuple[Learner, Content]:
    """A learner of its own that has learnt a little of one language: all would take a minute, the same way."""
    for name in ("phrases", "intents", "danger", "negatives"):
        for file in (folder / name).iterdir():
            if file.stem != "en":
                file.unlink()
    cut(folder / "phrases" / "en.yaml")
    own = replace(settings, content_dir=folder, var_dir=tmp_path / "var", learn_after=2)
    content = Library(own.content_dir, own.locales_dir).content
    learner = Learner(content, own)
    learner.finish()
    return learner, content


def add(folder: Path, *phrases: str) -> None:
    for phrase in phrases:
        phrase_file.add(folder, "en", "garbage", phrase)


def learn(learner: Learner, content: Content) -> None:
    learner.learn(content)
    for thread in threading.enumerate():
        if thread.name == "learning":
            thread.join(100)


def name(learner: Learner) -> str:
    return str(learner.state()["trained"])


def test_phrases_wait_until_there_are_enough(
    learning: tuple[Learner, Content], folder: Path
) -> None:
    own, content = learning
    before = name(own)
    add(folder, "zibble zabble zubble")
    learn(own, content)
    assert name(own) == before
    assert "1 new phrases wait" in own.state()["progress"]
    asked: list[tuple[Knowledge, Knowledge]] = []
    own.judge = lambda now, new: bool(asked.append((now, new)))
    add(folder, "frobble grommet wobble")
    learn(own, content)
    assert name(own) != before and len(asked) == 1
    assert own.knowledge.matcher.best("zibble zabble zubble", "en").candidates[0][0] == "garbage"


def test_phrases_that_make_answers_worse_are_not_taken(
    learning: tuple[Learner, Content], folder: Path
) -> None:
    own, content = learning
    before = name(own)
    own.judge = lambda now, new: True
    add(folder, "zibble zabble zubble", "frobble grommet wobble")
    learn(own, content)
    assert name(own) == before and own.refused
    assert "worse" in own.state()["progress"]
    own.judge = lambda now, new: pytest.fail("the same phrases are not learnt again")
    learn(own, content)


def test_the_projects_own_questions_are_where_the_bot_can_read_them(learner: Learner) -> None:
    folder = ROOT / "faq" / "questions"
    assert len(list(folder.glob("*.tsv"))) >= 3
    assert not evaluate.worse(folder, learner.knowledge, learner.knowledge, HANDLERS)
    deaf = Knowledge(learner.knowledge.content, Deaf(learner))
    assert evaluate.worse(folder, learner.knowledge, deaf, HANDLERS)
    assert not evaluate.worse(folder, deaf, learner.knowledge, HANDLERS)


class Deaf:
    """A matcher that has forgotten everything but how to tell languages."""

    def __init__(self, learner: Learner) -> None:
        self._known = learner.knowledge.matcher

    def danger(self, text: str, locale: str | None) -> str | None:
        return None

    def detect(self, text: str, chosen: str | None, hint: str | None) -> object:
        return self._known.detect(text, chosen, hint)

    def best(self, text: str, locale: str | None) -> object:
        return self._known.best("", locale)


# --- the file ------------------------------------------------------------------------------------


def lines_added(before: str, after: str) -> list[str]:
    import difflib

    return [
        line[1:]
        for line in difflib.ndiff(before.splitlines(), after.splitlines())
        if line.startswith(("+", "-"))
    ]


@pytest.mark.parametrize(
    "file", sorted((ROOT / "faq" / "phrases").glob("*.yaml")), ids=lambda file: file.stem
)
def test_every_file_of_phrases_takes_one_line_at_any_entry(file: Path, folder: Path) -> None:
    from bot.source import read

    target = folder / "phrases" / file.name
    for entry in list(read(target, []))[::25]:
        before = target.read_text(encoding="utf-8")
        _, line = phrase_file.add(folder, file.stem, entry, f'new: "way" of # asking \\ {entry}')
        after = target.read_text(encoding="utf-8")
        assert len(lines_added(before, after)) == 1
        assert entry in after.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", 'a:\n  - "new"\n'),
        ("a:\n- one\n- two", 'a:\n- one\n- two\n- "new"\n'),
        (
            "# head\na:  # note\n    - one\n\nb:\n    - two\n",
            '# head\na:  # note\n    - one\n    - "new"\n\nb:\n    - two\n',
        ),
        ("b:\n  - two\n", 'b:\n  - two\na:\n  - "new"\n'),
        (
            'a:\n  - "one\n    more"\n  # last\nb:\n  - two\n',
            'a:\n  - "one\n    more"\n  - "new"\n  # last\nb:\n  - two\n',
        ),
    ],
    ids=["no file", "no indent", "comments", "new entry", "long phrase"],
)
def test_the_format_of_the_file_stays(tmp_path: Path, text: str, wanted: str) -> None:
    file = tmp_path / "phrases" / "en.yaml"
    file.parent.mkdir()
    if text:
        file.write_text(text, encoding="utf-8")
    phrase_file.add(tmp_path, "en", "a", "new")
    assert file.read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("a: [one, two]\n", "new"),
        ("a:\n  - one\n", "One"),
        ("b:\n  - one\n", "one"),
        ("a:\n  - one\n  - : [\n", "new"),
        ("a: text\n", "new"),
    ],
    ids=["flow list", "known", "known elsewhere", "broken file", "no list"],
)
def test_a_file_that_cannot_take_it_stays_as_it_is(tmp_path: Path, text: str, phrase: str) -> None:
    file = tmp_path / "phrases" / "en.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotAdded) as error:
        phrase_file.add(tmp_path, "en", "a", phrase)
    assert error.value.ja and error.value.en
    assert file.read_text(encoding="utf-8") == text
    assert [one.name for one in file.parent.iterdir()] == ["en.yaml"]

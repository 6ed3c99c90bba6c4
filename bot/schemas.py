"""JSON Schema out of the models, so that an editor completes and underlines while staff write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from bot.models import Contact, Danger, Entry, Gathering, Language

FOLDER = ".schema"
MODELINE = (
    "# yaml-language-server: $schema="  # read by every editor that speaks to yaml-language-server
)
# File name: the model, whether the file is one thing, a mapping or a list of them, and the files it is for.
FILES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "entry": (Entry, tuple(f"{area}/*.yaml" for area in
              ("living", "education", "employment", "events", "exchange", "asylum", "emergency", "network"))),
    "contacts": (dict[str, Contact], ("contacts.yaml",)),
    "danger": (dict[str, Danger], ("danger.yaml",)),
    "gathering": (Gathering, ("gatherings/*.yaml",)),
    "languages": (list[Language], ("languages.yaml",)),
    "phrases": (dict[str, list[str]], ("phrases/*.yaml",)),
}  # fmt: skip
UNMARKED = {"phrases"}  # what is learnt is named after the bytes of these files


def write(content_dir: Path) -> list[Path]:
    """Write every schema under faq/.schema and tell editors which is for which file; returns what changed.

    Visual Studio Code reads .vscode/settings.json, other editors the first line of each file.
    """
    wanted = {content_dir / FOLDER / f"{name}.json": _schema(name) for name in FILES}
    wanted[content_dir.parent / ".vscode" / "settings.json"] = _settings(content_dir.name)
    changed = []
    for file, value in wanted.items():
        text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed + _mark(content_dir)


def modeline(name: str, depth: int = 0) -> str:
    """The first line of a file: which schema is its own, for editors without our settings.

    `depth`: how many folders below faq/ the file is.
    """
    return f"{MODELINE}{'../' * depth}{FOLDER}/{name}.json\n"


def _mark(content_dir: Path) -> list[Path]:
    """Give every file its modeline; returns those that had none."""
    marked = []
    for name, (_, globs) in FILES.items():
        files = (
            [] if name in UNMARKED else [one for glob in globs for one in content_dir.glob(glob)]
        )
        for file in sorted(files):
            text = file.read_text(encoding="utf-8")
            if not text.startswith(MODELINE):
                depth = len(file.relative_to(content_dir).parts) - 1
                file.write_text(modeline(name, depth) + text, encoding="utf-8")
                marked.append(file)
    return marked


def _schema(name: str) -> dict[str, Any]:
    model = FILES[name][0]
    made = (
        model.model_json_schema(by_alias=True)
        if isinstance(model, type) and issubclass(model, BaseModel)
        else TypeAdapter(model).json_schema(by_alias=True)
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _settings(folder: str) -> dict[str, Any]:
    """For Visual Studio Code with the YAML extension of Red Hat."""
    pairs = {f"./{folder}/{FOLDER}/{name}.json": [f"{folder}/{glob}" for glob in globs]
             for name, (_, globs) in FILES.items()}  # fmt: skip
    return {
        "yaml.schemas": pairs,
        "yaml.yamlVersion": "1.2",
        "editor.tabSize": 2,
        "files.encoding": "utf8",
    }

"""What must stay true of the repository itself: layers, settings, catalogs, everything that can be said."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import polib
import pytest
from conftest import NOON, ROOT

from bot import render, settings, translations
from bot.content import Content
from bot.context import Context
from bot.danger import Lexicon
from bot.i18n import HOLE
from bot.learning import SHIPPED, Learner
from bot.messages import Incoming, Person, Reply
from handlers import HANDLERS, danger, entries, fallback, gatherings, greeting, languages
from handlers.entries import _clerk

SOURCES = sorted(
    [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").glob("*.py"), ROOT / "app.py"]
)
# Who may import what: the layers of the design, checked over the syntax tree.
ONLY_IN = {
    "flask": {"app.py", "bot/web.py", "bot/watch.py", "bot/simulator.py", "bot/commands.py", "bot/calendar_page.py",
              "bot/chosen.py",
              "bot/staff/door.py", "bot/staff/session.py", "bot/staff/oidc.py", "bot/staff/mounting.py",
              "bot/staff/asked_page.py", "bot/staff/coverage_page.py", "bot/staff/use_page.py",
              "bot/staff/health_page.py", "bot/staff/preview_page.py", "bot/staff/drafts_page.py"},
    "authlib": {"bot/staff/oidc.py"},
    "argon2": {"bot/staff/accounts.py"},
    "sqlalchemy": {"bot/store/store.py", "bot/store/tables.py", "bot/store/inbox.py", "bot/store/people.py",
                   "bot/store/reminders.py", "bot/store/staff.py", "bot/store/asked.py", "bot/store/counts.py",
                   "bot/store/__init__.py", "bot/store/claims.py", "bot/store/work.py", "bot/store/copies.py",
                   "bot/store/leaving.py", "bot/store/prepared.py", "bot/store/together.py"},
    "procrastinate": {"bot/store/work.py", "bot/workers.py"},
    "urllib3": {"bot/calendars.py", "bot/links.py"},
    "linebot": set(),
    "sklearn": set(),
}  # fmt: skip
CLOCK_READERS = {
    "bot/web.py", "bot/watch.py", "bot/inbox.py", "bot/parts.py", "bot/commands.py", "bot/line.py", "bot/evaluate.py",
    "bot/simulator.py", "bot/calendar_page.py", "bot/staff/door.py", "bot/staff/office.py", "bot/staff/commands.py",
    "bot/workers.py", "bot/checking.py", "bot/writing_commands.py", "bot/cities.py",
}  # fmt: skip


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_only_the_edges_know_the_outside(file: Path) -> None:
    packages = {module.split(".")[0] for module in imported(file)}
    for package, allowed in ONLY_IN.items():
        assert package not in packages or name_of(file) in allowed, package


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_only_the_edges_read_the_clock(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if re.search(r"\b(datetime\.now|date\.today|time\.time)\(", text):
        assert name_of(file) in CLOCK_READERS


def test_handlers_do_not_know_the_edges() -> None:
    edges = {
        "bot.store",
        "bot.line",
        "bot.web",
        "bot.desk",
        "bot.inbox",
        "bot.commands",
        "bot.parts",
        "bot.workers",
        "bot.cities",
        "bot.desks",
    }
    for file in (ROOT / "handlers").glob("*.py"):
        assert not imported(file) & edges, file.name


def test_the_engine_does_not_know_the_handlers_or_the_city() -> None:
    for file in (ROOT / "bot").rglob("*.py"):
        if name_of(file) not in {"bot/commands.py"}:
            assert "handlers" not in imported(file), file.name


def test_every_file_is_short_enough_to_read() -> None:
    long = {
        name_of(file): text.count("\n")
        for file in SOURCES
        if (text := file.read_text()).count("\n") > 400
    }
    assert long == {}


def settings_in(readme: str) -> list[tuple[str, str, str]]:
    """The name, default and help of each row in a README's table of settings, in its order."""
    # | `PORT` | `8000` | Port on 127.0.0.1. |
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? \| (.+) \|$", text, re.MULTILINE)


def test_the_readme_lists_every_setting_as_the_code_has_it() -> None:
    wanted = [(row.name, row.default, row.help) for row in settings.ROWS]
    assert settings_in("README.md") == wanted


def test_the_japanese_readme_lists_every_setting_and_explains_it_in_japanese() -> None:
    rows = settings_in("README.ja.md")
    wanted = [(row.name, row.default) for row in settings.ROWS]
    assert [(name, default) for name, default, _ in rows] == wanted
    assert [name for name, _, text in rows if not re.search(r"[ぁ-んァ-ン]", text)] == []


@pytest.mark.parametrize(
    ("readme", "other"), [("README.md", "README.ja.md"), ("README.ja.md", "README.md")]
)
def test_each_readme_links_to_the_other_language_at_once(readme: str, other: str) -> None:
    first = (ROOT / readme).read_text(encoding="utf-8").splitlines()[:5]
    assert f"]({other})" in "".join(first)


def test_every_setting_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for row in settings.ROWS:
        assert f"\n# {row.help}\n" in "\n" + example, row.name
        assert f"{row.name}=" in example, row.name


def test_the_compose_file_holds_no_password() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    wanted = re.findall(r"PASSWORD: (.*)|://tomoni:(.*)@", text)
    assert wanted
    assert all("".join(found).startswith("${DATABASE_PASSWORD:?") for found in wanted)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"LINE_CHANNEL_SECRET": "x"}, {"LINE_CHANNEL_ACCESS_TOKEN", "SECRET_KEY"}),
        ({"LINE_CHANNEL_ACCESS_TOKEN": "x"}, {"LINE_CHANNEL_SECRET", "SECRET_KEY"}),
        ({"LINE_CHANNEL_SECRET": "x", "LINE_CHANNEL_ACCESS_TOKEN": "x"}, {"SECRET_KEY"}),
        ({"PORT": "eighty"}, {"PORT"}),
    ],
    ids=["no token", "no secret", "no key", "port"],
)
def test_a_wrong_start_is_refused_with_all_that_is_missing(
    given: dict[str, str], missing: set[str]
) -> None:
    with pytest.raises(settings.SettingsError) as error:
        settings.load(given)
    assert all(name in str(error.value) for name in missing)


def test_nothing_set_starts_the_simulator() -> None:
    assert settings.load({}).simulated


# --- content -------------------------------------------------------------------------------------


def test_every_topic_has_its_entry(content: Content) -> None:
    topics = ROOT.parent / "shared" / "knowledge" / "topics.yaml"
    if not topics.exists():
        pytest.skip("the list of topics is not on this machine")
    import yaml

    wanted = {topic["id"] for topic in yaml.safe_load(topics.read_text(encoding="utf-8"))["topics"]}
    assert set(content.entries) == wanted


def test_answers_have_the_agreed_length_and_their_facts(content: Content) -> None:
    for entry in content.entries.values():
        assert 120 <= len(entry.answer) <= 620, entry.id
        assert entry.facts and entry.sources, entry.id
        assert len(render.graphemes(entry.title)) <= render.QUICK_LABEL, entry.id


def test_every_number_of_an_entry_stands_in_its_facts(content: Content) -> None:
    file = ROOT.parent / "shared" / "knowledge" / "facts.yaml"
    if not file.exists():
        pytest.skip("the facts are not on this machine")
    import yaml

    facts = {fact["id"]: fact for fact in yaml.safe_load(file.read_text(encoding="utf-8"))["facts"]}
    for entry in content.entries.values():
        shipped = [facts[name] for name in entry.facts]
        assert not any(fact.get("do_not_ship") for fact in shipped), entry.id
        known = re.sub(
            r"[,-]", "", " ".join(f"{fact['value']} {fact.get('note', '')}" for fact in shipped)
        )
        for phone in re.findall(r"0\d{1,4}-\d{1,4}-\d{3,4}|0120-\d{2,3}-\d{3,4}", entry.answer):
            assert phone.replace("-", "") in known, (entry.id, phone)


def test_the_phone_of_the_lead_division_belongs_to_it_alone(content: Content) -> None:
    owners = [name for name, one in content.contacts.items()
              if any(line.number == "0467-61-3870" for line in one.phones)]  # fmt: skip
    assert owners == ["city-kyosei"]


def test_translations_keep_every_number_and_hole(content: Content) -> None:
    assert list(translations.wrong(content, ROOT / "locales")) == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "locales").glob("*/LC_MESSAGES/bot.po")), ids=lambda f: f.parts[-3]
)
def test_catalogs_of_the_bot_keep_every_hole(file: Path) -> None:
    for item in polib.pofile(str(file)):
        for text in [item.msgstr, *item.msgstr_plural.values()]:
            if text:
                assert set(HOLE.findall(text)) == set(HOLE.findall(item.msgid)), item.msgid


def test_the_shipped_semantic_half_fits_the_phrases(content: Content, learner: Learner) -> None:
    from bot.train import shipped

    found = shipped(SHIPPED)
    assert found is not None
    assert found.name == learner.state()["trained"], "phrases have changed: run `flask bot learn`"


# --- everything that can be said, in every language ----------------------------------------------


def context_in(locale: str, content: Content, learner: Learner) -> Context:
    return Context(content, learner.knowledge.matcher, Person("p", locale), locale, NOON)


def everything(context: Context) -> list[Reply]:
    said = [entries.reply(entry, context) for entry in context.content.entries.values()]
    said += [_clerk(entry, context) for entry in context.content.entries.values()]
    said += [danger.reply(kind, context) for kind in context.content.dangers]
    said += [languages.show(context), fallback.reply(context)]
    follow = greeting.answer(Incoming("follow", NOON), context)
    listing = gatherings.listing(
        gatherings.Wish(NOON.date(), datetime(2027, 7, 1, tzinfo=UTC).date(), False), context
    )
    return [*said, listing, *([follow] if follow else [])]


def walk(value: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if isinstance(value, dict):
        found.append(value)
        for inner in value.values():
            found += walk(inner)
    elif isinstance(value, list):
        for inner in value:
            found += walk(inner)
    return found


def locales() -> list[str]:
    return sorted(
        {file.parts[-3] for file in (ROOT / "locales").glob("*/LC_MESSAGES/*.po")}
        | {"ja", "en", "si"}
    )


@pytest.mark.parametrize("locale", locales())
def test_every_message_fits_into_lines_limits(
    locale: str, content: Content, learner: Learner
) -> None:
    rtl = frozenset(name for name in content.languages if content.direction(name) == "rtl")
    for reply in everything(context_in(locale, content, learner)):
        messages = render.to_line(reply, rtl)
        assert 1 <= len(messages) <= render.MESSAGES
        for message in messages:
            assert_fits(message)


def assert_fits(message: dict[str, object]) -> None:
    contents = message.get("contents")
    if isinstance(contents, dict):
        limit = render.CAROUSEL_BYTES if contents["type"] == "carousel" else render.BUBBLE_BYTES
        assert render._bytes(contents) <= limit
        assert render.utf16(str(message["altText"])) <= render.ALT_TEXT
    for node in walk(message):
        if node.get("type") == "text" and "text" in node:
            assert str(node["text"]).strip()
            assert render.utf16(str(node["text"])) <= render.TEXT
        if node.get("type") in {"postback", "uri"}:
            assert 1 <= len(render.graphemes(str(node["label"]))) <= render.BUTTON_LABEL
            assert len(str(node.get("data", ""))) <= render.POSTBACK_DATA
            assert re.match(r"(https?://|tel:)", str(node.get("uri", "tel:")))


@pytest.mark.parametrize("locale", locales())
def test_buttons_are_never_cut_in_the_middle(locale: str, content: Content) -> None:
    for key in content.japanese:
        if key.endswith(".title") and not key.startswith(("danger", "gathering", "contact")):
            label = content.tell(key, locale).text
            quick = key == f"{gatherings.ENTRY}.title"
            limit = render.QUICK_LABEL if quick else render.BUTTON_LABEL
            assert len(render.graphemes(label)) <= limit, (locale, key, label)


def test_messages_are_valid_against_lines_description(content: Content, learner: Learner) -> None:
    file = ROOT.parent / "shared" / "line-openapi" / "messaging-api.yml"
    if not file.exists():
        pytest.skip("LINE's API description is not on this machine")
    from linebot.v3.messaging import FlexContainer

    context = context_in("ja", content, learner)
    for reply in everything(context)[:120]:
        for message in render.to_line(reply, frozenset()):
            if message["type"] == "flex":
                FlexContainer.from_dict(message["contents"])


def test_the_order_of_handlers_is_danger_first_fallback_last() -> None:
    names = [handler.__module__ for handler in HANDLERS]
    assert names[1] == "handlers.danger"
    assert names[-1] == "handlers.fallback"


def test_examples_of_danger_are_found_and_safe_ones_are_not() -> None:
    from bot import danger as lexicon_of
    from bot.source import read

    lexicon: Lexicon = lexicon_of.load(ROOT / "faq")
    for file in sorted((ROOT / "faq" / "danger").glob("*.yaml")):
        rows = read(file, [])
        assert rows is not None
        kinds = [row for kind, row in rows.items() if kind not in {"safe", lexicon_of.LISTS}]
        examples = [text for row in kinds for text in row["examples"]]
        missed = [text for text in examples if lexicon.kind(text, file.stem) is None]
        false = [text for text in rows["safe"]["examples"] if lexicon.kind(text, file.stem)]
        assert len(missed) <= 0.08 * len(examples), (file.stem, missed)
        assert len(false) <= 0.1 * len(rows["safe"]["examples"]), (file.stem, false)

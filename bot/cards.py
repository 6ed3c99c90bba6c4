"""Cards out of content: an entry, a contact, the sentence for the counter, the menu of areas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote, urlsplit

from babel.dates import format_date, format_datetime, format_time

from bot import directory
from bot.context import Context
from bot.directory import JAPAN
from bot.i18n import State, mark
from bot.messages import Ask, Call, Card, Choice, Line, Open
from bot.models import AREAS, Contact, Entry

AREA_NAMES = {
    "living": mark("Living and money"),
    "education": mark("School and Japanese"),
    "employment": mark("Work"),
    "events": mark("Events and films"),
    "exchange": mark("Interpreters, exchange"),
    "asylum": mark("Refugee status, visa"),
    "emergency": mark("Emergency, disaster"),
    "network": mark("City and volunteers"),
}
LIST_LENGTH = 8  # buttons on one card of a list: what an old phone shows without much scrolling
CONTACTS_SHOWN = 3


def alt(context: Context) -> str:
    """What the notification on a locked screen shows: nothing telling."""
    return context.say("Information from Tomoni")


def shown_locales(context: Context, *keys: str) -> tuple[str, ...]:
    """In which languages to show these texts: the person's own, or easy Japanese beside English."""
    content, locale = context.content, context.locale
    if all(content.has(key, locale) for key in keys):
        return (locale,)
    instead = tuple(
        name
        for name in content.chain(locale)
        if name != "ja" and all(content.has(key, name) for key in keys)
    )
    return instead[:2] or ("ja",)


def entry_cards(entry: Entry, context: Context, locale: str | None = None) -> tuple[Card, ...]:
    """The answer; one card, or two where the person's language has none yet."""
    keys = [f"{entry.id}.{name}" for name in ("question", "answer")]
    locales = (locale,) if locale else shown_locales(context, *keys)
    return tuple(
        _entry_card(entry, context, name, last=n == len(locales) - 1)
        for n, name in enumerate(locales)
    )


def _entry_card(entry: Entry, context: Context, locale: str, last: bool) -> Card:
    content = context.content
    answer = content.tell(f"{entry.id}.answer", locale)
    notices = list(_language_notices(context, locale, answer.state))
    high = entry.risk == "high"
    lines = [*notices] if high else []
    lines.append(Line(answer.text, locale=answer.locale))
    if last:
        lines += _contact_lines(entry, context)
        lines += _age_lines(entry, context)
    lines += [] if high else notices
    return Card(
        title=content.tell(f"{entry.id}.question", locale).text,
        lines=tuple(lines),
        choices=tuple(_entry_choices(entry, context, locale)) if last else (),
        tone="danger" if entry.area == "emergency" else "plain",
        locale=locale,
        alt=alt(context),
    )


def _language_notices(context: Context, locale: str, state: State) -> Iterable[Line]:
    if locale not in {context.locale, "ja"} or (locale == "ja" and context.locale != "ja"):
        name = context.content.languages[locale].name
        sentence = context.say(
            "There is no text in your language yet. This is {language}.", language=name
        )
        yield Line(sentence, "small", context.locale)
    if state == "draft":
        sentence = context.say("Draft translation. The Japanese text is the official one.")
        yield Line(sentence, "small", context.locale)


def _contact_lines(entry: Entry, context: Context) -> Iterable[Line]:
    for name in entry.contacts[:CONTACTS_SHOWN]:
        yield Line("", "rule")
        yield from contact_lines(name, context)


def contact_lines(name: str, context: Context) -> Iterable[Line]:
    """Who it is, whether it is open, the number, the languages, and what to do without them."""
    contact = context.content.contacts[name]
    told = context.content.tell(f"contact.{name}.name", context.locale)
    official = "" if contact.name in told.text else f"（{contact.name}）"
    yield Line(told.text + official, "strong", context.locale)
    yield Line(open_sentence(contact, context), "body", context.locale)
    for line in _phone_sentences(name, contact, context):
        yield Line(line, "body", context.locale)
    if contact.hours and contact.hours.note:
        yield Line(context.tell(f"contact.{name}.hours"), "small", context.locale)
    if contact.address:
        yield Line(contact.address, "small", "ja")
    yield Line(language_sentence(name, contact, context), "small", context.locale)


def _phone_sentences(name: str, contact: Contact, context: Context) -> Iterable[str]:
    say = context.say
    for number, line in enumerate(contact.phones[:CONTACTS_SHOWN]):
        note = f" ({context.tell(f'contact.{name}.phones.{number}')})" if line.note else ""
        yield say("Telephone: {number}", number=line.number) + note
    if any(line.verified_on is None for line in contact.phones):
        yield say("Please confirm the number: staff have not checked it yet.")
    if not contact.phones and contact.passes_on:
        onward = context.tell(f"contact.{contact.passes_on}.name")
        yield say("No number is known. Ask {office}: they will pass you on.", office=onward)


def open_sentence(contact: Contact, context: Context) -> str:
    """Open or closed at this minute, in whole sentences, in Japan time."""
    say, opened = context.say, directory.opened(contact, context.now)
    if not opened.known:
        return say("Opening hours are not known. Please call first.")
    if opened.always:
        return say("Open 24 hours, every day.")
    if opened.until:
        sentence = say("Open now, until {time} (Japan time).", time=clock(opened.until, context))
    elif opened.next:
        when = moment(opened.next, context)
        sentence = say("Closed now. Opens {when} (Japan time).", when=when)
    else:
        sentence = say("Closed now.")
    usual = say("Usual hours; please confirm.")
    return f"{sentence} {usual}" if opened.usual else sentence


def language_sentence(name: str, contact: Contact, context: Context) -> str:
    """Whether the person's language is spoken there and, if not, who helps."""
    say = context.say
    if directory.serves(contact, context.locale):
        plain = context.locale == "ja-simple" and "ja-simple" not in contact.languages
        language = context.content.languages["ja" if plain else context.locale].name
        return say("They serve you in {language}.", language=language)
    if contact.interpreter:
        return context.tell(f"contact.{name}.interpreter")
    if not contact.languages:
        return say("It is not known which languages they speak. Show the card in Japanese.")
    return say(
        "Your language may not be spoken there. Show the card in Japanese, or ask an interpreter: "
        "see “{entry}”.",
        entry=context.tell("interpreting-translation.title"),
    )


def _age_lines(entry: Entry, context: Context) -> Iterable[Line]:
    """Where the answer comes from and how fresh it is; an old one says so."""
    say, today = context.say, context.now.astimezone(JAPAN).date()
    yield Line("", "rule")
    if min(entry.review_by, entry.expires_on or entry.review_by) < today:
        sentence = say(
            "This answer is old (checked {date}). Please confirm it.",
            date=day(entry.reviewed_on, context),
        )
        yield Line(sentence, "strong", context.locale)
    if any(source.verified_on is None for source in entry.sources):
        yield Line(
            say("Please confirm details with the office before you decide."),
            "small",
            context.locale,
        )
    sites = dict.fromkeys(_site(source.url) for source in entry.sources if source.url)
    names = ", ".join(site for site in list(sites)[:3] if site)
    if names:
        yield Line(say("Sources: {sources}", sources=names), "small", context.locale)
    checked = say("Checked on {date}.", date=day(entry.reviewed_on, context))
    yield Line(checked, "small", context.locale)


def _site(url: str | None) -> str:
    return urlsplit(url or "").netloc.removeprefix("www.")


def _entry_choices(entry: Entry, context: Context, locale: str) -> Iterable[Choice]:
    say, content = context.say, context.content
    calls = [call for name in entry.contacts[:2] if (call := call_choice(name, context))]
    yield from calls[:2]
    yield Ask(say("Show at the counter"), {"do": "clerk", "entry": entry.id})
    if locale != "ja":
        yield Ask(say("In Japanese"), {"do": "ja", "entry": entry.id})
    elif context.locale != "ja":
        yield Ask(say("In my language"), {"do": "entry", "entry": entry.id})
    first = content.contacts[entry.contacts[0]]
    if first.address:
        yield Open(say("Map"), map_url(first.address))
    for number, link in enumerate(entry.links[:2]):
        yield Open(content.tell(f"{entry.id}.links.{number}", locale).text, link.url)


def call_choice(name: str, context: Context) -> Call | None:
    """A button that dials the first number of a contact, or None where there is none."""
    contact = context.content.contacts[name]
    if not contact.phones:
        return None
    number = contact.phones[0].number
    return Call(context.say("Call {number}", number=number), number)


def map_url(address: str) -> str:
    """A map of the place, without telling anyone who asks."""
    return f"https://www.google.com/maps/search/?api=1&query={quote(address)}"


def clerk_card(entry: Entry, context: Context) -> Card:
    """The polite Japanese sentence for the person behind the counter, the own language below."""
    told = context.content.tell(f"{entry.id}.clerk", context.locale)
    lines = [Line(entry.clerk, "large", "ja")]
    if told.locale != "ja":
        lines += [Line("", "rule"), Line(told.text, "body", told.locale)]
    if told.state == "draft":
        notice = context.say("Draft translation. The Japanese text is the official one.")
        lines.append(Line(notice, "small", context.locale))
    return Card(
        title="窓口の方へ",
        lines=tuple(lines),
        tone="clerk",
        locale="ja",
        alt=alt(context),
    )


def menu_card(context: Context, title: str, *lines: str) -> Card:
    """The areas as buttons, so that nobody has to type."""
    say = context.say
    choices = [Ask(say(AREA_NAMES[area]), {"do": "area", "area": area}) for area in AREAS]
    choices.append(Ask(say("What takes place"), {"do": "gatherings"}))
    choices.append(Ask(language_label(context), {"do": "languages"}))
    return Card(
        title=title,
        lines=tuple(Line(line, locale=context.locale) for line in lines),
        choices=tuple(choices),
        tone="menu",
        locale=context.locale,
        alt=alt(context),
    )


def list_cards(title: str, choices: Iterable[Choice], context: Context) -> tuple[Card, ...]:
    """A list of buttons over as many cards as it needs."""
    waiting = list(choices)
    groups = [waiting[n : n + LIST_LENGTH] for n in range(0, len(waiting), LIST_LENGTH)]
    return tuple(
        Card(
            title=title if len(groups) == 1 else f"{title} ({number}/{len(groups)})",
            choices=tuple(group),
            tone="menu",
            locale=context.locale,
            alt=alt(context),
        )
        for number, group in enumerate(groups, 1)
    )


def entry_choice(name: str, context: Context) -> Ask:
    """A button that leads to an entry: its question, or its title where that is too long for LINE."""
    return Ask(context.tell(f"{name}.title"), {"do": "entry", "entry": name})


def language_label(context: Context) -> str:
    """The word for the language button: readable also for someone in the wrong language."""
    own = context.say("Language")
    return own if own == "Language" else f"{own} / Language"


def clock(at: datetime, context: Context) -> str:
    """Hours and minutes in Japan, 24 hours, Latin digits."""
    return format_time(at.astimezone(JAPAN), "HH:mm", locale=babel(context))


def day(value: object, context: Context) -> str:
    """A date as the language writes it."""
    return format_date(value, "long", locale=babel(context))  # type: ignore[arg-type]


def moment(at: datetime, context: Context) -> str:
    """Today's hour, or weekday, date and hour."""
    local, now = at.astimezone(JAPAN), context.now.astimezone(JAPAN)
    if local.date() == now.date():
        return clock(at, context)
    pattern = "M月d日(EEE) HH:mm" if babel(context) == "ja" else "EEE d MMM HH:mm"
    return format_datetime(local, pattern, tzinfo=JAPAN, locale=babel(context))


def babel(context: Context) -> str:
    """The Babel locale of the language of the answer."""
    language = context.content.languages.get(context.locale)
    return language.babel if language else "en"


def language_choices(context: Context) -> tuple[Ask, ...]:
    """Buttons for all languages in which there is something to read; the profile's own first."""
    first = context.person.hint or context.locale
    names = sorted(context.content.offered, key=lambda name: name != first)
    languages = context.content.languages
    return tuple(Ask(languages[name].name, {"do": "language", "locale": name}) for name in names)

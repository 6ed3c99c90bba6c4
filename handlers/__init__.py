"""What a person can ask for, in the order in which it is tried: danger first, fallback last."""

from __future__ import annotations

from bot.context import Handler
from handlers import (
    areas,
    chat,
    choices,
    danger,
    entries,
    fallback,
    feedback,
    follow_up,
    gatherings,
    greeting,
    groups,
    languages,
    media,
    places,
    privacy,
    questions,
    reminders,
    small_talk,
)

# The order is meaning. Who answers first, wins.
HANDLERS: tuple[Handler, ...] = (
    groups.keep_quiet,
    danger.answer,
    chat.answer,
    greeting.answer,
    groups.answer,
    privacy.answer,
    languages.answer,
    media.answer,
    places.answer,
    entries.answer,
    areas.answer,
    choices.answer,
    feedback.answer,
    gatherings.answer,
    reminders.answer,
    follow_up.answer,
    small_talk.answer,
    questions.answer,
    fallback.answer,
)

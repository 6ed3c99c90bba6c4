"""How the bot does, in plain words, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from bot import freshness, metrics
from bot.directory import JAPAN
from bot.reminders import month
from bot.staff.door import both, content, now, office, staff
from bot.store import StoreError

FEW_PUSHES = 0.9  # of the month's: worth knowing
LISTED = 30


@dataclass(frozen=True, slots=True)
class Sign:
    """One sentence, whether it is well, and what to do if not."""

    well: bool
    title: str
    sentence: str
    remedy: str = ""


@staff.get("/health")
def health() -> str:
    """Everything at a glance."""
    today = now().astimezone(JAPAN).date()
    old = list(freshness.stale(content(), today))
    return render_template(
        "staff/health.html", signs=list(_signs(now())), old=old[:LISTED], more=max(len(old) - LISTED, 0),
        problems=office().parts.library.problems, dead=_dead(),
    )  # fmt: skip


def _signs(at: datetime) -> Iterator[Sign]:
    state = office().parts.health(at)
    yield _waiting(state)
    yield _webhook()
    yield _sending(state)
    yield _content(state)
    yield _learning()
    yield _quota()
    yield _reminders(at)


def _waiting(state: dict[str, Any]) -> Sign:
    title = both("返事を待っている人", "People who wait")
    waiting = state["inbox"].get("new", 0) + state["inbox"].get("answered", 0)
    if state["database"] != "ok":
        return Sign(False, title, both("データベースが動いていません。", "The database does not answer."),
                    both("サーバーの担当者に、すぐ知らせてください。", "Tell whoever runs the server, now."))  # fmt: skip
    if not state["ready"]:
        return Sign(False, title, both(f"{waiting}件が2分より長く待っています。", f"{waiting} have waited for more than two minutes."),
                    both("サーバーを再起動してください。待っている質問は消えません。", "Restart the server. What waits is not lost."))  # fmt: skip
    return Sign(
        True,
        title,
        both(f"{waiting}件。おくれはありません。", f"{waiting}. Nobody waits for long."),
    )


def _webhook() -> Sign:
    title = both("LINEから届くもの", "What LINE sends")
    refused = metrics.rejections(office().parts.name)
    if refused.get("signature"):
        return Sign(False, title, both(f"署名が合わないものが{refused['signature']:.0f}件ありました。",
                                       f"{refused['signature']:.0f} requests had a wrong signature."),
                    both("返事ができているなら、いたずらです。できていないなら、LINE_CHANNEL_SECRET を確かめてください。",
                         "If people are answered, it is mischief. If not, check LINE_CHANNEL_SECRET."))  # fmt: skip
    others = sum(refused.values())
    if others:
        return Sign(False, title, both(f"受け取れないものが{others:.0f}件ありました。", f"{others:.0f} requests were refused."),
                    both("ログを、サーバーの担当者に見てもらってください。", "Ask whoever runs the server to look at the log."))  # fmt: skip
    return Sign(
        True, title, both("まちがいはありません（起動してから）。", "No mistakes since the start.")
    )


def _sending(state: dict[str, Any]) -> Sign:
    title = both("LINEへの返事", "Replies to LINE")
    dead, denied = (
        state["inbox"].get("dead", 0),
        metrics.sendings(office().parts.name).get("denied", 0),
    )
    if denied:
        return Sign(False, title, both("LINEが、アクセストークンを受け付けません。", "LINE refuses the access token."),
                    both("LINE Developers で新しいトークンを作り、LINE_CHANNEL_ACCESS_TOKEN に書いてください。",
                         "Issue a new token in the LINE Developers console; set LINE_CHANNEL_ACCESS_TOKEN."))  # fmt: skip
    if dead:
        return Sign(False, title, both(f"7日間に{dead}件、送れませんでした。その人には、次のメッセージの時に伝えます。",
                                       f"{dead} could not be sent in seven days. The people are told at their next message."),
                    both("下の理由を見てください。同じ理由が続くなら、サーバーの担当者に知らせてください。",
                         "See the reasons below. Tell whoever runs the server if one repeats."))  # fmt: skip
    return Sign(True, title, both("すべて送れています。", "All were sent."))


def _content(state: dict[str, Any]) -> Sign:
    title = both("内容のファイル", "Content files")
    found = state["content"]
    if found["problems"]:
        return Sign(False, title, both(f"まちがいが{len(found['problems'])}件あるので、前の内容のまま動いています。",
                                       f"{len(found['problems'])} mistakes: the last good content is still shown."),
                    both("下の行を直して、保存してください。2秒で新しくなります。", "Mend the lines below and save. It takes two seconds."))  # fmt: skip
    return Sign(True, title, both(f"{found['entries']}項目、{len(found['locales'])}言語。まちがいはありません。",
                                  f"{found['entries']} entries in {len(found['locales'])} languages, no mistakes."))  # fmt: skip


def _learning() -> Sign:
    title = both("言い方の学習", "Learning of phrases")
    learner = office().parts.learner
    if learner.refused:
        return Sign(False, title, both("新しい言い方を入れると、確認用の質問の答えが悪くなるので、使っていません。",
                                       "With the new phrases the project's own questions got worse answers: they are not used."),
                    both("さいきん足した言い方が、正しい項目の下にあるか、見てください。",
                         "See whether the latest phrases stand under the right entries."))  # fmt: skip
    progress = str(learner.state()["progress"])
    return Sign(
        True,
        title,
        progress or both("新しい言い方は、すべて覚えました。", "All phrases are learnt."),
    )


def _quota() -> Sign:
    title = both("今月のプッシュ（リマインダー）", "Pushes of the month (reminders)")
    seen = office().quota
    if seen is None:
        return Sign(True, title, both("LINEにまだ聞いていません。", "LINE has not been asked yet."))
    limit, used = seen
    sentence = both(
        f"{used}通使いました（上限 {limit or 'なし'}）。", f"{used} used of {limit or 'unlimited'}."
    )
    if limit is not None and used >= limit * FEW_PUSHES:
        return Sign(False, title, sentence, both("残りが少ないです。来月まで待つか、LINEのプランを上げてください。返事は、いつも無料です。",
                                                 "Few are left. Wait for next month or take a larger plan. Replies are always free."))  # fmt: skip
    return Sign(True, title, sentence)


def _reminders(at: datetime) -> Sign:
    title = both("リマインダー", "Reminders")
    rows = office().parts.jobs.reminders
    counts, sent = rows.counts(), rows.pushed(month(at))
    waiting, missed = counts.get("waiting", 0), counts.get("missed", 0)
    sentence = both(
        f"今月{sent}通送りました。{waiting}通がこれからです。",
        f"{sent} sent this month, {waiting} to come.",
    )
    if missed:
        return Sign(False, title, sentence, both(f"{missed}人には送れませんでした。その人が次に書いた時に伝えます。",
                                                 f"{missed} could not be sent; the people are told when they write."))  # fmt: skip
    return Sign(True, title, sentence)


def _dead() -> list[tuple[int, datetime, str]]:
    try:
        return office().parts.desk.inbox.dead_rows(20)
    except StoreError:
        return []

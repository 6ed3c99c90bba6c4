"""Slash commands in the words of many languages: what a group writes when it means the bot."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

_WORDS = {
    "events": """
        /events /event /催し /イベント /もよおし /行事 /події /заходи /события /мероприятия /活动 /活動 /فعاليات
        /برنامه /برنامه‌ها /ပွဲ /कार्यक्रम /événements /evenements /etkinlik /etkinlikler /sự-kiện
        /sựkiện /sukien /eventos /kaganapan /행사 /กิจกรรม /acara
    """,
    "help": """
        /help /ヘルプ /使い方 /つかいかた /menu /допомога /помощь /帮助 /幫助 /مساعدة /کمک /راهنما /အကူအညီ /मद्दत
        /सहयोग /aide /yardım /yardim /trợ-giúp /trogiup /giúp /ayuda /ajuda /tulong /도움말 /ช่วยเหลือ
        /bantuan
    """,
    "leave": """
        /leave /bye /退出 /さようなら /вийти /до-побачення /выйти /离开 /離開 /غادر /مغادرة /خروج /ထွက် /जाऊ
        /quitter /ayrıl /ayril /rời-đi /roidi /thoát /salir /sair /umalis /나가기 /ออก /keluar
    """,
    "digest": """
        /digest /weekly /今週 /毎週 /щотижня /每周 /اسبوعي /هفتگی /hebdo /haftalık /hàng-tuần
    """,
    "languages": """
        /languages /language /言語 /ことば /мова /мови /язык /语言 /لغة /زبان /ဘာသာ /भाषा /langues /langue
        /dil /diller /ngôn-ngữ /idioma /wika /언어 /ภาษา /bahasa
    """,
}
COMMANDS = MappingProxyType(
    {word: name for name, words in _WORDS.items() for word in words.split()}
)


def command(text: str) -> tuple[str, list[str]] | None:
    """ "/languages ja en" is ("languages", ["ja", "en"]); None for any other text, an unknown slash word too."""
    words = unicodedata.normalize("NFC", text).strip().lower().split()
    name = COMMANDS.get(words[0]) if words else None
    return (name, words[1:]) if name else None

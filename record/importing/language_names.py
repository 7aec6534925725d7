"""Languages in one cell: by name in the languages of the interface, by code, and by the names that people use."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global
from django.utils.translation import gettext

from record.content_languages import NAMED_IN, tag_of
from record.importing.errors import CellError, quoted
from record.importing.name_splitting import name_key, split_names
from record.importing.plain_cells import filled_text_of
from record.importing.table import Value

#: Names that people use and that no list of names has, by tag.
_EVERYDAY = {
    "ca": "Valencian; Catalan-Valencian",
    "el": "Modern Greek",
    "es": "Castilian; Castilian Spanish; Spanish-Castilian",
    "fa": "Farsi",
    "fil": "Pilipino",
    "he": "Modern Hebrew",
    "id": "Bahasa Indonesia",
    "ms": "Bahasa Melayu; Bahasa Malaysia",
    "nl-BE": "Flemish",
    "no": "Norwegian",
    "pt-BR": "Brazilian Portuguese; Brazilian",
    "ro": "Moldavian; Moldovan; Rumanian",
    "sr": "Serbian",
    "yue": "Cantonese; Cantonese Chinese; 广东话; 広東語; 광둥어; 粤语",
    "zh": "Chinese; Mandarin; Mandarin Chinese; Chinese Mandarin; Putonghua; Standard Chinese; "
    "中文; 汉语; 漢語; 普通话; 國語; 北京語; 중국어; 표준중국어; 만다린",
    "zh-Hans": "Simplified Chinese; Chinese (Simplified)",
    "zh-Hant": "Traditional Chinese; Chinese (Traditional)",
    "zxx": "No dialogue; No dialog; Without dialogue; No language; None; Silent; No spoken language; Non-verbal; "
    "セリフなし; 台詞なし; 대사 없음; 무성; 无对白; 無對白; 默片; bez dialogów; brak dialogów",
    "mul": "Various; Multilingual; Multiple; Multiple languages",
}


@cache
def _tags() -> dict[str, str]:
    """Return the tags by the keys of all names. If a name means different languages, English wins."""
    english: dict[str, str] = dict(Locale("en").languages)
    found = {tag.lower(): tag for tag in english if len(tag) in (2, 3)}
    aliases: dict[str, str] = dict(get_global("language_aliases"))
    for old, new in aliases.items():
        if len(old) == 3 and new in english and len(new) <= 3:
            found.setdefault(old.lower(), new)
    for locale in NAMED_IN:
        for tag, name in Locale.parse(locale).languages.items():
            found.setdefault(name_key(name), tag.replace("_", "-"))
    for tag, everyday in _EVERYDAY.items():
        for name in everyday.split(";"):
            found[name_key(name)] = tag
    found.pop("", None)
    return {name: tag for name, tag in found.items() if tag_of(tag) == tag}


def language_of(name: str) -> str | None:
    """
    Return the tag of a language by its name or code, or None. Years in brackets are left out.

    >>> language_of("Modern Greek (1453-)"), language_of("ger"), language_of("zh_hans"), language_of("Klingonese")
    ('el', 'de', 'zh-Hans', None)
    """
    name = re.sub(r"\s*\([\d\s,–-]*\)", "", name).strip()
    key = name_key(name)
    tags = _tags()
    if found := tags.get(key) or tags.get(key.removesuffix(" language").removeprefix("jezyk ")):
        return found
    return tag_of(name) if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})+", name) else None


def parse_languages(value: Value) -> list[str]:
    """
    Return the BCP 47 tags of the languages in a cell. Names are understood in the languages of the interface. Commas,
    semicolons, slashes, "&", "and" and line breaks separate languages. Raise `CellError` with the part that is not
    known.
    """
    text = filled_text_of(value)
    if not text:
        return []
    tags, unknown = split_names(re.sub(r"\s*\([\d\s,–-]*\)", "", text), language_of)
    if unknown:
        message = gettext("“%(value)s” is not a known language. Write its English name or its code, such as pl.")
        raise CellError(message % {"value": quoted(unknown)})
    return tags


def parse_language(value: Value) -> str:
    """Return the tag of the language in a cell, or "" for a blank cell. Raise `CellError` if there are several."""
    tags = parse_languages(value)
    if len(tags) > 1:
        message = gettext("“%(value)s” has %(count)s languages. Only one is possible here.")
        raise CellError(message % {"value": quoted(value), "count": len(tags)})
    return tags[0] if tags else ""

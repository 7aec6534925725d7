"""The names of people in one cell: "A; B", "A & B", "Last, First", with notes in brackets."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext

from record.importing.errors import CellError, quoted
from record.importing.plain_cells import filled_text_of
from record.importing.table import Value

#: The most characters of one name.
LONGEST = 200
LONGEST_WITH_NOTES = 2_000
#: What a cell has in place of each quoted text, text in brackets and comma that separates nothing.
_KEPT = re.compile(
    r"\"[^\"]{0,300}\"|“[^”]{0,300}”|„[^”“]{0,300}[”“]|«[^»]{0,300}»|「[^」]{0,300}」|『[^』]{0,300}』"
    r"|\([^()]{0,300}\)|（[^（）]{0,300}）|\[[^\[\]]{0,300}\]"
    r"|,\s*(?:Jr|Sr|II|III|IV|Ph\.?D|M\.?D|Esq|M\.?A|B\.?A|MBA|OBE|CBE|MBE)\b\.?",
    re.IGNORECASE,
)
_STRONG = re.compile(r"[;\n；|]")
_IN_LISTS = re.compile(r"[、，]")
_AND = re.compile(r"\s+(?:&|＆|and|with|/|\+)\s+", re.IGNORECASE)
_COMPANY = re.compile(
    r"(?:^|[\s,.])(?:ltd|limited|llc|llp|inc|incorporated|corp|corporation|co|company|gmbh|ag|kg|ohg|ug|plc|pty|s\.?a|s\.?r\.?l"
    r"|s\.?p\.?a|s\.?a\.?s|b\.?v|n\.?v|a\.?b|oy|a\.?s|s\.?r\.?o|d\.?o\.?o|sp\.?\s*z\s*o\.?\s*o|sp\.?\s*k|sp\.?\s*j|kft|zrt"
    r"|k\.?k|bhd|pte|studios?|productions?|pictures|films?|entertainment|university|school|academy|foundation)\.?\s*$"
    r"|株式会社|有限会社|合同会社|有限公司|주식회사|\(주\)|[(（]株[)）]|㈜|㈱",
    re.IGNORECASE,
)
#: The legal forms at the end of a name that make it the name of an organisation. Forms that are also initials or names
#: of people, such as AG, SA and Doo, are not among them.
_LEGAL_FORM = re.compile(
    r"[^\s,][\s,]+(?:ltd|limited|llc|llp|plc|inc|incorporated|corp|corporation|gmbh(?:\s*&\s*co\.?\s*kg)?|sarl|s\.?r\.?l"
    r"|s\.p\.a|s\.r\.o|d\.o\.o|sp\.?\s*z\s*o\.?\s*o|kft|zrt|bhd)\.?$",
    re.IGNORECASE,
)
#: The same in Japanese, Korean and Chinese, at the end or the beginning of a name.
_EASTERN_FORM = "株式会社|有限会社|合同会社|有限公司|有限责任公司|有限責任公司|주식회사|유한회사|[(（][주株][)）]|㈜|㈱"
_EASTERN_COMPANY = re.compile(rf"(?:{_EASTERN_FORM})\s*\S.*|.*\S\s*(?:{_EASTERN_FORM})")
#: A note in brackets at the end of a name. The brackets of a Korean or Japanese legal form are no note.
_NOTE = re.compile(r"\s*[(\[（](?![주株][)）])([^()\[\]（）]*)[)\]）]\s*$")
_WORDS_BEFORE = "van von de da di la le del della dos das du der den des ter ten zu zum al el bin ibn av af st"
_PARTICLES = frozenset(_WORDS_BEFORE.split())
_EASTERN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class Name:
    """
    The name of a person as it is said, "First Last". `sort_name` is "Last, First" if the cell has it so, else "".
    `note` is a note in brackets after the name, without the brackets.
    """

    name: str
    sort_name: str = ""
    note: str = ""


def is_of_company(name: str) -> bool:
    """
    Return whether a name has the legal form of a company at its end, or in Japanese, Korean and Chinese also at its
    beginning.

    >>> is_of_company("Specimen & Sons, Ltd."), is_of_company("주식회사 견본"), is_of_company("Inc Sample")
    (True, True, False)
    """
    return bool(_LEGAL_FORM.search(name) or _EASTERN_COMPANY.fullmatch(name))


def parse_names(value: Value) -> list[Name]:
    """
    Return the people in a cell, each once, in its order.

    - Semicolons, line breaks, vertical bars and the commas "、" and "，" always separate people. "&", "and",
      "with", "+" and "/" do too.
    - A cell with the ending of a company, such as "Ltd", "GmbH" or "Sp. z o.o.", is one name between semicolons.
    - With a semicolon or a line break, a comma is that of "Last, First".
    - Else, one comma is that of "Last, First" if one side is a single word, or the first side begins with a particle
      such as "van" or "de". If both sides have two words or more, the comma separates people. Two or more commas
      separate people. With "&" or "and", "Last, First" must be on each side.
    - Texts in quotation marks or brackets are not split. "Jr.", "PhD" and the like belong to the name before them.

    Raise `CellError` if the cell may be read in two ways: "Jane and John Doe", "Doe, Jane, Roe, John".
    """
    text = filled_text_of(value)
    if not text:
        return []
    # Long runs of white space take a time that grows with their square.
    text = re.sub(r"[^\S\n]+", " ", text)
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        # A private character for each, so that nothing in it separates names.
        return chr(0xE000 + len(kept) - 1) if len(kept) < 6000 else found[0]

    text = _KEPT.sub(keep, re.sub("[\ue000-\uf8ff]", "", text))
    parts = _STRONG.split(text)
    is_strong = len(parts) > 1
    written: list[str] = []
    for part in parts:
        written += _people_in(part.strip(), value, is_strong, kept)
    names = [_name(_whole(part, kept), value) for part in written if part.strip(" ,.\t")]
    return list(dict.fromkeys(name for name in names if name))


def _whole(text: str, kept: list[str]) -> str:
    """Put the quoted texts and the like back. A comma in them means no "Last, First"."""

    def back(found: re.Match[str]) -> str:
        text = kept[ord(found[0]) - 0xE000]
        return text if text.startswith(",") else text.replace(",", "\uffff")

    return re.sub("[\ue000-\uf8ff]", back, text)


def _people_in(part: str, value: Value, is_strong: bool, kept: list[str]) -> list[str]:
    """Return the names in a part between semicolons. "Last, First" keeps its comma."""
    if _COMPANY.search(_NOTE.sub("", _whole(part, kept))):
        # A comma that no longer means "Last, First".
        return [part.replace(",", "\uffff")]
    listed = [piece for piece in _IN_LISTS.split(part) if piece.strip()]
    if len(listed) > 1:
        return [person for piece in listed for person in _and(piece, value, False)]
    return _and(part, value, is_strong)


def _and(part: str, value: Value, is_strong: bool) -> list[str]:
    # "Jane Doe/John Roe" is two people, but "AC/DC" is one name.
    if "/" in part and all(_words(piece) > 1 for piece in part.split("/")):
        part = part.replace("/", " / ")
    pieces = [piece.strip(" ,") for piece in _AND.split(part) if piece.strip(" ,")]
    if len(pieces) < 2:
        return [part] if is_strong else _commas(part, value)
    if all(piece.count(",") == 1 and _is_last_first(piece) for piece in pieces):
        return pieces
    commas = sum(piece.count(",") for piece in pieces)
    if (
        len(pieces) == 2
        and not commas
        and _words(pieces[0]) == 1
        and _words(pieces[1]) > 1
        and _LATIN.search(pieces[0])
    ):
        message = gettext("“%(value)s” may be two people with one surname. Write both names in full, with a semicolon.")
        raise CellError(message % {"value": quoted(value)}, code="ambiguous")
    if is_strong:
        return pieces
    return [person.strip() for piece in pieces for person in piece.split(",")]


def _commas(part: str, value: Value) -> list[str]:
    pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
    if len(pieces) < 2:
        return pieces
    if len(pieces) == 2:
        return [part] if _is_last_first(part) else pieces
    if len(pieces) % 2 == 0 and all(_words(piece) == 1 and _LATIN.search(piece) for piece in pieces):
        message = gettext("“%(value)s” may be read in two ways. Separate people with semicolons: Doe, Jane; Roe, John.")
        raise CellError(message % {"value": quoted(value)}, code="ambiguous")
    return pieces


def _is_last_first(part: str) -> bool:
    last, _comma, first = part.partition(",")
    if _EASTERN.search(last) and _EASTERN.search(first):
        # These names have no spaces. A single character is a family name; else there are two people.
        return len(last.strip()) == 1
    is_particle = bool(last.split()) and last.split()[0] in _PARTICLES
    return bool(last.strip() and first.strip()) and (_words(last) == 1 or _words(first) == 1 or is_particle)


def _words(text: str) -> int:
    # Brackets and quoted texts are no words of the name.
    return len(re.sub("[\ue000-\uf8ff]", " ", text).split())


def _name(text: str, value: Value) -> Name | None:
    if len(text) > LONGEST_WITH_NOTES:
        raise _too_long(text)
    note = ""
    while found := _NOTE.search(text):
        text, note = text[: found.start()], f"{found[1].strip()}; {note}" if note else found[1].strip()
    text = " ".join(text.split()).strip(" ,")
    if len(text) > 1 and (text[0], text[-1]) in (('"', '"'), ("“", "”"), ("„", "”"), ("«", "»"), ("「", "」")):
        text = text[1:-1].strip()
    sort_name = ""
    titles = _KEPT.search(text)
    if text.count(",") - (1 if titles and titles[0].startswith(",") else 0) == 1:
        last, _comma, first = text.partition(",")
        if last.strip() and first.strip() and not (titles and titles.start() == text.find(",")):
            sort_name = f"{last.strip()}, {first.strip()}"
            space = "" if _EASTERN.search(last) else " "
            rest = titles[0] if titles and titles[0].startswith(",") else ""
            given = first.removesuffix(rest).strip() if rest else first.strip()
            text = f"{last.strip()}{given}" if not space else f"{given} {last.strip()}{rest}"
    text, note = text.replace("\uffff", ","), note.replace("\uffff", ",")
    if not text and note:
        text, note = note, ""
    if not any(c.isalnum() for c in text):
        message = gettext("“%(value)s” is not a name.")
        raise CellError(message % {"value": quoted(value)})
    if len(text) > LONGEST:
        raise _too_long(text)
    return Name(text, sort_name, note)


def _too_long(text: str) -> CellError:
    message = gettext("A name has %(count)s characters. The most is %(most)s. It begins with “%(value)s”.")
    return CellError(message % {"count": len(text), "most": LONGEST, "value": quoted(text)}, code="too_long")

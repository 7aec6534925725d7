"""Protection of CSV files against formula injection: a spreadsheet program must not run a text as a formula."""

import re

# Characters after which a spreadsheet program may start a new cell. Not every program uses the comma as the separator.
SEPARATORS = r",;\t|\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
# Characters that a spreadsheet program may skip at the start of a cell: spaces, quotation marks, invisible characters.
DROPPED = r"\s\"'\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫−"
_BEFORE_A_SIGN = re.compile(f"(?<![{SEPARATORS}{DROPPED}])[{SEPARATORS}{DROPPED}]*+(?=[{SIGNS}])")
_SEPARATOR = re.compile(f"[{SEPARATORS}]")
_GUARDED_SEPARATOR = re.compile(f"([{SEPARATORS}])'")


def harmless(text: str) -> str:
    """
    Return `text` with an apostrophe at each place where a spreadsheet program could start to read a formula. These
    places are the beginning of the text and the position after each comma, semicolon, tab, vertical bar or line break,
    if a sign such as "=", "+", "-" or "@" follows. If there is an apostrophe already, another one is added, so that
    removing one restores the text.
    """
    return _BEFORE_A_SIGN.sub(_guarded, text)


def _guarded(found: re.Match[str]) -> str:
    return ("" if found.start() else "'") + _SEPARATOR.sub(r"\g<0>'", found[0])


def restored(text: str) -> str:
    """
    Return the text from which `harmless` made `text`. Other texts lose the apostrophes at the places where `harmless`
    would add one.

    >>> restored(harmless("=1+1")), restored(harmless("'=1; -2")), restored("'68")
    ('=1+1', "'=1; -2", "'68")
    """
    return _BEFORE_A_SIGN.sub(_bare, text) if "'" in text else text


def _bare(found: re.Match[str]) -> str:
    bare = _GUARDED_SEPARATOR.sub(r"\1", found[0])
    return bare if found.start() else bare.removeprefix("'")

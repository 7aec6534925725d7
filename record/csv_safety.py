"""Texts for the cells of a CSV file: no spreadsheet runs one as a formula, whatever it takes for the separator."""

import re

# Read with another separator than the comma, a cell begins behind any of these.
SEPARATORS = r",;\t|\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
# What a spreadsheet may drop before it looks at a cell: spaces, quotation marks, what can't be seen.
DROPPED = r"\s\"'\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫−"
_BEFORE_A_SIGN = re.compile(f"(?<![{SEPARATORS}{DROPPED}])[{SEPARATORS}{DROPPED}]*+(?=[{SIGNS}])")
_SEPARATOR = re.compile(f"[{SEPARATORS}]")


def harmless(text: str) -> str:
    """
    `text` with an apostrophe wherever a spreadsheet could take what follows for a formula: at the beginning, and after
    a comma, semicolon, tab, bar or line break. Always one, also where one is there, so that it can be taken away again.
    """
    return _BEFORE_A_SIGN.sub(_guarded, text)


def _guarded(found: re.Match[str]) -> str:
    return ("" if found.start() else "'") + _SEPARATOR.sub(r"\g<0>'", found[0])

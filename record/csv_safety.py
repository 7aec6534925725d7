"""Make texts safe for CSV files: no spreadsheet runs a cell as a formula, whatever separator it uses."""

import re

# A spreadsheet set to another separator than the comma may start a new cell after any of these.
SEPARATORS = r",;\t|\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
# Characters that a spreadsheet may skip at the start of a cell: spaces, quotation marks, invisible characters.
DROPPED = r"\s\"'\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫−"
_BEFORE_A_SIGN = re.compile(f"(?<![{SEPARATORS}{DROPPED}])[{SEPARATORS}{DROPPED}]*+(?=[{SIGNS}])")
_SEPARATOR = re.compile(f"[{SEPARATORS}]")


def harmless(text: str) -> str:
    """
    Return `text` with an apostrophe wherever a spreadsheet could see the start of a formula: at the beginning, and
    after a comma, semicolon, tab, bar or line break. It is added even after an existing one, so that it can be removed
    again.
    """
    return _BEFORE_A_SIGN.sub(_guarded, text)


def _guarded(found: re.Match[str]) -> str:
    return ("" if found.start() else "'") + _SEPARATOR.sub(r"\g<0>'", found[0])

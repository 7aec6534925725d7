"""Remove quotation marks around a text. The marks are not stored, because pages add those of the text's language."""

#: For each opening quotation mark, the marks that close it in one language or another.
PAIRS = {
    "“": "”",
    "„": "“”",
    "”": "”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹",
    "‘": "’",
    "‚": "‘’",
    "’": "’",
    "「": "」",
    "『": "』",
    "﹁": "﹂",
    "﹃": "﹄",
    "〝": "〟〞",
    "❝": "❞",
    "❛": "❜",
    "＂": "＂",
    '"': '"',
    "'": "'",
}
_APOSTROPHES = "'’"


def without_outer_marks(text: str) -> str:
    """
    Return `text` without the pair of quotation marks around the whole text, if there is one. A text such as “Yes” and
    “no” stays as it is, because its first mark is closed before the end.
    """
    said = text.strip()
    closing = PAIRS.get(said[:1], "")
    if len(said) < 3 or said[-1] not in closing or not said[1:-1].strip():
        return text
    inside = said[1:-1]
    depth = 0
    for number, mark in enumerate(inside):
        before, after = inside[number - 1 : number], inside[number + 1 : number + 2]
        if mark in _APOSTROPHES and before.isalnum() and (after.isalnum() or said[-1] == mark and after.isspace()):
            continue  # Skip apostrophes, as in: it’s, the writers’ room.
        if mark in closing and not (mark == said[0] and mark != said[-1]):
            if depth == 0:
                return text
            depth -= 1
        elif mark == said[0]:
            depth += 1
    return inside.strip() if depth == 0 else text

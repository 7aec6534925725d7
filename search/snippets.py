"""Show where a text matches a query."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from search.query import Question

BEFORE = 60


def passage(text: str, question: Question, longest: int) -> str:
    """
    Return a passage of `text` around the first match, cut between words if possible. It has at most `longest`
    characters, not counting the "…" at the cuts.
    """
    if len(text) <= longest:
        return text
    first = next((start for start, _end in question.spans(text)), 0)
    start = 0
    if first > BEFORE:
        start = text.rfind(" ", first - 2 * BEFORE, first - BEFORE) + 1 or first - BEFORE
    end = start + longest
    if end < len(text):
        cut = text.rfind(" ", start + longest // 2, end)
        end = cut if cut > 0 else end
    return "…" * (start > 0) + text[start:end].strip() + "…" * (end < len(text))


def marked(text: str, question: Question) -> SafeString:
    """Return `text` as HTML, with the matches in `<mark>`."""
    html, end = SafeString(""), 0
    for start, stop in question.spans(text):
        html += format_html("{}<mark>{}</mark>", text[end:start], text[start:stop])
        end = stop
    return html + format_html("{}", text[end:])

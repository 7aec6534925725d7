"""What can be wrong with a file or a cell that an editor brings. Each error has a message in plain words."""

from django.core.exceptions import ValidationError

#: The most characters of a cell that a message quotes.
QUOTED = 60


class _PlainError(ValidationError):
    """A validation error with one message. Its text is the message."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(str(message), code=code)

    def __str__(self) -> str:
        return str(self.message)


class UnreadableFile(_PlainError):  # noqa: N818 (it says what is wrong with the file)
    """The file can't be read as a table. The message says why and what to do."""


class CellError(_PlainError):
    """A cell can't be understood. The message says what was found and what is expected."""


def quoted(value: object) -> str:
    """
    Return `value` as a message quotes it: on one line, without invisible control characters, at most 60 characters.

    >>> quoted("  a\\nb "), quoted(1994.0), len(quoted("x" * 100))
    ('a b', '1994', 60)
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)[: QUOTED * 20]).split())
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"

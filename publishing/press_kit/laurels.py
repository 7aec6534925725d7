"""The laurels of a kit: drawings of SVG for everyone, and of a film its PNGs too, which take a second each."""

from collections.abc import Callable, Iterable, Iterator

from contests.models import Recognition
from publishing import laurels

from .archive import Member
from .names import Paths


def of(recognitions: Iterable[Recognition], address: Callable[[str], str], *, pictures: bool) -> Iterator[Member]:
    """The laurels of `recognitions`, which come `for_laurel()`; those that are PNGs where `pictures` are wanted."""
    paths = Paths()
    for recognition in recognitions:
        words = laurels.words_of(recognition, address(laurels.address_of(recognition.code)))
        folder = paths.new("laurels", f"{recognition.award.slug}-{recognition.honouree.slug}", "")
        for file, kind in laurels.FILES.items():
            is_drawing = kind.content_type == "image/svg+xml"
            if is_drawing or pictures:
                yield Member(f"{folder}/{file}", _content(words, file), stored=not is_drawing)


def _content(words: laurels.Words, file: str) -> Iterator[bytes]:
    # Drawn when it is asked for, and not before the one before it has left.
    yield laurels.drawn(words, file)

"""The laurels of a kit: always as SVG; for a work also as PNGs, which take a second each."""

from collections.abc import Callable, Iterable, Iterator

from contests.models import Recognition
from publishing import laurels

from .archive import Member
from .file_names import Paths


def of(recognitions: Iterable[Recognition], absolute: Callable[[str], str], *, pictures: bool) -> Iterator[Member]:
    """Return the laurels of `recognitions`, loaded by `for_laurel()`; the PNGs only if `pictures` is set."""
    paths = Paths()
    for recognition in recognitions:
        texts = laurels.texts_of(recognition, absolute(laurels.verification_path(recognition.code)))
        folder = paths.new("laurels", f"{recognition.award.slug}-{recognition.honouree.slug}", "")
        for file, kind in laurels.FILES.items():
            is_drawing = kind.content_type == "image/svg+xml"
            if is_drawing or pictures:
                yield Member(f"{folder}/{file}", _content(texts, file), stored=not is_drawing)


def _content(texts: laurels.LaurelTexts, file: str) -> Iterator[bytes]:
    # Drawn only when the previous file has been sent.
    yield laurels.drawn(texts, file)

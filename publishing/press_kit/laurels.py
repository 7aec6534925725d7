"""
The laurels in a press kit. Every kit has them as SVG. Only the kit of a work also has them as PNG, because drawing a
PNG takes a second.
"""

from collections.abc import Callable, Iterable, Iterator

from contests.models import Recognition
from publishing import laurels

from .archive import Member
from .file_names import Paths


def of(recognitions: Iterable[Recognition], absolute: Callable[[str], str], *, pictures: bool) -> Iterator[Member]:
    """
    Return the laurels of `recognitions`, which must be loaded with `for_laurel()`. PNG files are included only if
    `pictures` is True.
    """
    paths = Paths()
    for recognition in recognitions:
        texts = laurels.texts_of(recognition, absolute(laurels.verification_path(recognition.code)))
        folder = paths.new(
            "laurels",
            f"{recognition.award.slug}-{getattr(recognition.honouree, 'slug', recognition.pk)}",
            "",
        )
        for file, kind in laurels.FILES.items():
            is_drawing = kind.content_type == "image/svg+xml"
            if is_drawing or pictures:
                yield Member(f"{folder}/{file}", _content(texts, file), stored=not is_drawing)


def _content(texts: laurels.LaurelTexts, file: str) -> Iterator[bytes]:
    # A generator, so that a laurel is drawn only after the previous file has been sent.
    yield laurels.drawn(texts, file)

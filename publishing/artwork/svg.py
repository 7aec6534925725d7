"""Turns drawings into SVG elements for web pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .shapes import Letters, Monogram, Poster, Shape, Window

#: The number of drawings that each process keeps as SVG. One has about 2 KB.
KEPT = 2000


def svg(art: Poster | Monogram, label: str) -> SafeString:
    """Return a drawing as an SVG element. `label` describes it to screen readers."""
    return _labelled(art.kind, _content(art), label)


def kept_svg(draw: Callable[[str, str], Poster | Monogram], key: str, text: str, label: str) -> SafeString:
    """
    Return the drawing `draw(key, text)` like `svg`. `draw` is `poster` or `monogram`. The SVG is kept without the
    label, which depends on the language of the page.
    """
    return _labelled(*_drawn(draw, key, text), label)


@lru_cache(maxsize=KEPT)
def _drawn(draw: Callable[[str, str], Poster | Monogram], key: str, text: str) -> tuple[str, str]:
    art = draw(key, text)
    return art.kind, _content(art)


def _labelled(kind: str, content: str, label: str) -> SafeString:
    return mark_safe(f'<svg class="artwork-{kind}" role="img" aria-label="{escape(label)}" {content}</svg>\n')  # noqa: S308


def _content(art: Poster | Monogram) -> str:
    return (
        f'viewBox="0 0 {art.width} {art.height}" preserveAspectRatio="xMidYMid slice" focusable="false">'
        f'<rect width="{art.width}" height="{art.height}" fill="{art.ground}"/>{_elements(art.shapes)}'
    )


def _elements(shapes: Iterable[Shape]) -> str:
    return "".join(map(_element, shapes))


def _element(shape: Shape) -> str:
    if isinstance(shape, Window):
        return (
            f'<svg x="{shape.x}" y="{shape.y}" width="{shape.width}" height="{shape.height}" viewBox="{shape.view}">'
            f"{_elements(shape.shapes)}</svg>"
        )
    if isinstance(shape, Letters):
        turned = f' transform="rotate({shape.turn} {shape.x} {shape.y})"' if shape.turn else ""
        return (
            f'<text x="{shape.x}" y="{shape.y}" font-size="{shape.size}" font-weight="{shape.weight}" '
            f'fill="{shape.fill}" text-anchor="{shape.anchor}"{turned}>{escape(shape.text)}</text>'
        )
    return f'<path d="{shape.d}" fill="{shape.fill}"/>'

"""The languages of the interface: which one a request is answered in, and where the same page is in another."""

from django.utils.translation import get_supported_language_variant


def nearest(tag: str) -> str:
    """The language of the interface that a BCP 47 tag is nearest to ("ja-JP", "zh-CN"), or nothing."""
    try:
        return get_supported_language_variant(tag)
    except LookupError:
        return ""

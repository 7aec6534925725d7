"""Converts model instances to responses. This package runs no SQL: `queries` has loaded all rows and relations."""

from .contests import Writer

__all__ = ["Writer"]

"""The portal's only tables: the search's, made from the record and renewed from it."""

from portal.search.models import Change, Entry, Part, Spelling

__all__ = ["Change", "Entry", "Part", "Spelling"]

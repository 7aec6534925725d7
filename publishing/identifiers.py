"""
Permanent identifiers for entries in feeds and calendars. Feed readers and calendars recognise an entry only by its
identifier.
"""

from uuid import UUID, uuid5

from record.models import Record

# A random UUID, generated once. If it changed, feed readers would show all entries as new.
NAMESPACE = UUID("5a0f3c1e-77b4-4c0b-9a1d-3f6c2b7f9e21")


def uuid_of(row: Record, part: str = "") -> UUID:
    """
    Return the permanent UUID of a row (version 5 of RFC 9562). It is derived from the row's permanent key and not from
    a URL or host name, so it never changes. `part` distinguishes several entries about the same row.
    """
    return uuid5(NAMESPACE, f"{row._meta.label_lower}:{row.key}:{part}")

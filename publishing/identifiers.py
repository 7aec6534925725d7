"""Permanent identifiers of rows for feeds and calendars, whose readers recognise an entry only by its identifier."""

from uuid import UUID, uuid5

from record.models import Record

# A random value, generated once. If it changed, every reader would see all entries as new.
NAMESPACE = UUID("5a0f3c1e-77b4-4c0b-9a1d-3f6c2b7f9e21")


def uuid_of(row: Record, part: str = "") -> UUID:
    """
    Return the permanent UUID of a row (RFC 9562, version 5). It is derived from the permanent key, not from a URL or
    host name, so it never changes. `part` distinguishes several entries about the same row.
    """
    return uuid5(NAMESPACE, f"{row._meta.label_lower}:{row.key}:{part}")

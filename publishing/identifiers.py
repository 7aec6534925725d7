"""Names of rows that never change, for feeds and calendars, whose readers know an entry again by nothing else."""

from uuid import UUID, uuid5

from record.models import Record

# Made once, at random. With another one, every entry would be new to every reader.
NAMESPACE = UUID("5a0f3c1e-77b4-4c0b-9a1d-3f6c2b7f9e21")


def uuid_of(row: Record, part: str = "") -> UUID:
    """
    The same for a row for ever, since it is made of the permanent key, and neither of an address nor of the host that
    was asked (RFC 9562, version 5). `part` tells several entries about one row apart.
    """
    return uuid5(NAMESPACE, f"{row._meta.label_lower}:{row.key}:{part}")

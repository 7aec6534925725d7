"""The editors' desk for who is in the record, what backs it, and who may sign in."""

from . import accounts, invitations, record, sources

__all__ = ["accounts", "invitations", "record", "sources"]

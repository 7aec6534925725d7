"""The editors' desk for who is in the record, what backs it, and who may sign in."""

from . import accounts, invitations, merging, record, sources

__all__ = ["accounts", "invitations", "merging", "record", "sources"]

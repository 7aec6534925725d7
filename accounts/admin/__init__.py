"""Admin pages for accounts and invitations."""

from . import accounts, invitations

__all__ = ["accounts", "invitations"]

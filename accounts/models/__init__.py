"""Accounts, groups and invitations."""

from . import group  # noqa: F401 (it registers a history)
from .invitation import Invitation
from .user import User

__all__ = ["Invitation", "User"]

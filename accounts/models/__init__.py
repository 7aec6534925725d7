"""Accounts, groups and invitations."""

from . import group  # noqa: F401 (importing the module registers the history of groups)
from .invitation import Invitation
from .user import User

__all__ = ["Invitation", "User"]

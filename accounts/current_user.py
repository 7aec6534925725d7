"""The account of the person who sent a request."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def current_user(request: HttpRequest) -> User:
    """Return the account that is signed in. Raise `PermissionDenied` if nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user

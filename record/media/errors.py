"""Errors of the storage of uploaded files."""

import errno

from django.utils.translation import gettext_lazy as _

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: Errors for a name that can't be that of a file.
_NO_NAME = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP}
_BROKEN = {errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOTCONN}
#: What an editor reads at the field of a picture that could not be stored.
FULL = _("This picture could not be stored, because the server has no space left. Tell an administrator.")
AWAY = _("This picture could not be stored, because the storage for pictures does not respond. Try again later.")


class StorageAwayError(OSError):
    """The storage does not respond, or refuses the portal. Nothing is known about the file."""


def is_away(error: Exception) -> bool:
    """Return whether `error` means that the storage can't be used, and not that a file is missing."""
    is_missing = isinstance(error, FileNotFoundError) or getattr(error, "errno", None) in _NO_NAME
    return isinstance(error, OSError) and not is_missing


def is_unusable(error: Exception) -> bool:
    """Return whether `error` means that no request which reads or writes files can succeed at the moment."""
    return isinstance(error, StorageAwayError) or (isinstance(error, OSError) and error.errno in _FULL | _BROKEN)


def why_not_stored(error: OSError) -> str:
    """Return the message for an editor whose picture could not be stored because of `error`."""
    return str(FULL if error.errno in _FULL else AWAY)

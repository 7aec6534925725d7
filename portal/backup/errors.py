class BackupError(Exception):
    """A backup can't be made, read or restored. The message is one or two sentences for the administrator."""


class FilesNotReplacedError(Exception):
    """The database was restored, but not all stored files. The message says what to do."""


def explained(error: OSError) -> str:
    """Return what failed and at which file, without the number of the error and without a full stop."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def in_one_line(error: Exception) -> str:
    """Return what an error says, without a full stop. PostgreSQL adds lines, such as the name of the column."""
    return " ".join(str(error).split()).removesuffix(".")

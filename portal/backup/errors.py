class BackupError(Exception):
    """A backup can't be made, read or restored. The message is one or two sentences for the administrator."""


class FilesNotReplacedError(Exception):
    """The database was restored, but not all stored files. The message says what to do."""

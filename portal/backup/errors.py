class BackupError(Exception):
    """A backup can't be made, read or restored. The message is one or two sentences for the administrator."""

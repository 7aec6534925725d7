"""
The storage of uploaded files and of files made from them: a folder on this machine (`local`), or a bucket in an
S3-compatible storage that several machines share (`s3`). `portal/media_settings.py` chooses one of them.

Code must not use the file system for files that another process may need. It uses Django's storage, and these
functions:

- `overwrite`: store a file that may already exist, such as a rendition.
- `files_in`: list the files of a folder with their sizes and times.
- `stream`: open a large file for a download.

Every file is written completely or not at all: nobody ever finds half a file under its final name. If the storage can't
be reached, all methods raise `StorageAwayError`; a missing file is a `FileNotFoundError`. Both are `OSError`.
"""

from .errors import StorageAwayError, is_away, is_unusable, why_not_stored
from .functions import StoredFile, files_in, overwrite, stream, unfinished

__all__ = [
    "StorageAwayError",
    "StoredFile",
    "files_in",
    "is_away",
    "is_unusable",
    "overwrite",
    "stream",
    "unfinished",
    "why_not_stored",
]

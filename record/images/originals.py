"""
What editors uploaded, byte for byte, with all that a camera wrote into it: kept for the record, shown to no visitor.

An original lies in a folder of its own under a name that has nothing in common with that of the image on the pages. No
address under /media/ leads there; the admin hands it out to whoever may see its row.
"""

import secrets

from django.core.files import File
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models

FOLDER = "originals"


class OriginalField(models.CharField):
    """The name in the storage of the original of an image; empty where the image came in another way."""

    def __init__(self, *args, **kwargs):
        kwargs.update(max_length=120, blank=True, default="", editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "blank", "default", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs


def folder_of(folder: str) -> str:
    """Where the originals of the images in `folder` are."""
    return f"{FOLDER}/{folder}"


def keep(storage: Storage, folder: str, upload: UploadedFile, extension: str) -> str:
    """Store `upload` as it came, for an image in `folder`, and return its name, which nobody can guess."""
    upload.seek(0)
    # As a plain file: one that lies in the folder for temporary files would be moved out of the hands of its form.
    return storage.save(f"{folder_of(folder)}/{secrets.token_hex(16)}.{extension}", File(upload.file))

"""
The original files that editors upload, byte for byte and with all metadata. They are kept, but never public.

Originals are in a folder of their own, under a random name unrelated to that of the public image. No URL under /media/
leads to them; the admin offers an original as a download to users who may view the row of the image.
"""

import secrets

from django.core.files import File
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models

FOLDER = "originals"


class OriginalField(models.CharField):
    """A model field for the storage name of an image's original; blank if the image was not uploaded through a form."""

    def __init__(self, *args, **kwargs):
        kwargs.update(max_length=120, blank=True, default="", editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "blank", "default", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs


def folder_of(folder: str) -> str:
    """Return the folder for the originals of the images in `folder`."""
    return f"{FOLDER}/{folder}"


def keep(storage: Storage, folder: str, upload: UploadedFile, extension: str) -> str:
    """Store `upload` unchanged, as the original of an image in `folder`. Return its storage name, which is random."""
    upload.seek(0)
    # Pass a plain `File`: if this were a temporary upload, Django would move it instead of copying it, and the form
    # still needs it.
    return storage.save(f"{folder_of(folder)}/{secrets.token_hex(16)}.{extension}", File(upload.file))

"""Uploaded images: which formats are accepted, how images are cleaned, stored and deleted, and their renditions."""

from .fields import (
    MIDDLE,
    FocusField,
    ImageField,
    ImageFormField,
    LicenceField,
    StoredImage,
    UploadTo,
    focus_rule,
)
from .licences import Licence
from .originals import OriginalField
from .sanitizing import CleanedImage, clean_image

__all__ = [
    "MIDDLE",
    "CleanedImage",
    "FocusField",
    "ImageField",
    "ImageFormField",
    "Licence",
    "LicenceField",
    "OriginalField",
    "StoredImage",
    "UploadTo",
    "clean_image",
    "focus_rule",
]

"""
Uploaded images: form and model fields, stored files, and clean-up. The modules of this package are:

- `fields`: the model field, with the columns that it adds, and its form field.
- `sanitizing` and `transparency`: check an upload and make the clean copy that the public sees.
- `originals`: the upload itself, which is kept but not public.
- `renditions`: smaller copies for the pages.
- `pending_uploads`: uploads of forms that are shown again because of an error.
- `unused_files`: delete files that no row refers to any more.
- `licences`: what others may do with an image.
"""

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

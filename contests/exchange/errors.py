from django.core.exceptions import ValidationError


class ArchiveRefusedError(ValidationError):
    """An archive can't be imported. The messages say why, in words for editors. Nothing was written."""

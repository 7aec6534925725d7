from django.core.exceptions import ValidationError


class ArchiveRefusedError(ValidationError):
    """An archive can't be imported. The messages say why, in words for editors. Nothing was written."""


class PortalChangedError(ArchiveRefusedError):
    """The portal has changed since the preview, so the import would do something else than the editor has seen."""

"""Background tasks for images (`record.background`)."""

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from record.background import described, task

from . import renditions


@described(_("Smaller versions of an image"))
@task
def make_renditions(*, image: str) -> None:
    """Make the missing renditions of the image stored as `image`. If it has been deleted meanwhile, do nothing."""
    if default_storage.exists(image):
        renditions.make(default_storage, image)

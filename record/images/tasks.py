"""Background tasks for images (`record.background`)."""

from django.core.files.storage import default_storage

from record.background import task

from . import renditions


@task
def make_renditions(*, image: str) -> None:
    """Make the missing renditions of the image stored as `image`. If it has been deleted meanwhile, do nothing."""
    if default_storage.exists(image):
        renditions.make(default_storage, image)

import pytest
from django.core.management import call_command


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Each test stores its uploads in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def nextgen(db):
    """The portal with the NextGen contest, as `loaddata` brings it in."""
    call_command("loaddata", "nextgen", verbosity=0)

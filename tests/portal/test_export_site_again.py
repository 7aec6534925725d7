"""`manage.py export_site` saves work: with several processes, and in a second run."""

import subprocess
from unittest import mock

import pytest

from contests.models import Contest
from portal.static_copy.visitor import Visitor
from publishing import laurels
from record.viewpoint import Viewpoint
from tests.database_copy import copied, process
from tests.portal.test_export_site import broken, counts, files, gala, small

__all__ = ["gala"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


#: Files that say when a copy was made, and their checksums.
OF_THE_TIME = ("copy.json", "about-this-copy.html", "SHA256SUMS")


def contents(found):
    """Return the content of each of the `files` of a copy, without those that say when it was made."""
    return {name: content for name, (content, _time) in found.items() if name not in OF_THE_TIME}


def test_pictures_of_the_first_run_are_drawn_again_only_if_they_have_changed(gala, tmp_path):
    copy = tmp_path / "copy"
    small(copy)
    first = files(copy)
    pictures = [name for name in first if name.startswith("laurels/") and name.endswith(".png")]
    assert pictures
    with mock.patch("publishing.views.laurels.laurels.drawn", side_effect=AssertionError):
        assert counts(small(copy)) == (0, len(first) - 2, 0)
    assert files(copy) == first

    # A file that somebody has changed or removed is written again.
    (copy / pictures[0]).write_bytes(b"changed")
    (copy / pictures[1]).unlink()
    with mock.patch("publishing.views.laurels.laurels.drawn", side_effect=laurels.drawn) as drawn:
        small(copy)
    assert drawn.call_count == 2
    assert contents(files(copy)) == contents(first)

    # The name of the contest is in the laurel.
    Contest.objects.filter(slug="gala").update(title="Great Gala")
    small(copy)
    assert all(files(copy)[name][0] != first[name][0] for name in pictures)


def test_laurels_can_be_left_to_their_drawings(gala, tmp_path):
    small(tmp_path, without=["press-kits", "cards", "laurel-pngs"])
    assert {name.rpartition(".")[2] for name in files(tmp_path) if name.startswith("laurels/")} == {"svg"}
    assert broken(tmp_path) == []


def test_several_processes_make_the_same_copy(gala, settings, tmp_path):
    file = copied(tmp_path)
    small(tmp_path / "one")
    options = ["--languages", "en", "--without", "press-kits", "cards", "--jobs", "2", "--output"]
    command = ["manage.py", "export_site", "gala", *options, str(tmp_path / "two")]
    with_url = process(file, *command)
    with_url["env"] |= {"SITE_URL": settings.SITE_URL, "ALLOWED_HOSTS": "testserver"}
    subprocess.run(**with_url, check=True, capture_output=True, timeout=120)
    one, two = contents(files(tmp_path / "one")), contents(files(tmp_path / "two"))
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_an_answer_is_empty_if_the_visitor_has_the_picture(gala):
    visitor = Visitor(Viewpoint.now())
    card = visitor.get("/contests/gala/card.png")
    assert (card.status, bool(card.etag)) == (200, True)
    again = visitor.get("/contests/gala/card.png", card.etag)
    assert (again.status, again.content, again.etag) == (304, b"", card.etag)

"""Renditions of uploaded images: which exist, what metadata they contain, and how pages refer to them."""

import io
import logging
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image

from people.models import Person
from portal.views import media
from record.images import renditions
from tests import factories as make

GPS, ORIENTATION, ARTIST = 0x8825, 0x0112, 0x013B
pytestmark = pytest.mark.django_db


def content(image, name, **options):
    file = io.BytesIO()
    image.save(file, "PNG" if name.endswith("png") else "JPEG", **options)
    return ContentFile(file.getvalue(), name=name)


def portrait_of(size=(60, 40), *, mode="RGB", colour="#c8412b", name="face.png", **options):
    """Create a public person with a portrait but without renditions, as after loading a fixture."""
    person = make.PersonFactory(slug="ann", name="Ann")
    make.CreditFactory(person=person, submission__contest=make.ContestFactory(revealed=True))
    picture = Image.new(mode, size, colour)
    person.portrait.save(name, content(picture, name, **options))
    return person


def stored(settings):
    """Return the files in the storage, as {`posters/name`: path}."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1, [1]), (480, [480]), (481, [480, 481]), (960, [480, 960]), (1600, [480, 960, 1600]), (2400, [480, 960, 1600])],
)
def test_widths_are_fixed_and_none_is_larger_than_the_image(width, widths):
    assert renditions.widths_for(width) == widths


def test_each_width_is_made_in_both_formats_in_the_ratio_of_the_image(settings):
    person = portrait_of((1200, 1500))
    assert renditions.make(person.portrait.storage, person.portrait.name) == 6
    files = stored(settings)
    assert files.pop(person.portrait.name).suffix == ".png"
    found = {}
    for name, path in files.items():
        with Image.open(path) as image:
            found[name.removeprefix(person.portrait.name)] = (image.format, image.size)
    assert found == {
        ".480.avif": ("AVIF", (480, 600)),
        ".480.webp": ("WEBP", (480, 600)),
        ".960.avif": ("AVIF", (960, 1200)),
        ".960.webp": ("WEBP", (960, 1200)),
        ".1200.avif": ("AVIF", (1200, 1500)),
        ".1200.webp": ("WEBP", (1200, 1500)),
    }


def test_storing_an_image_makes_them_once_its_row_is_written(settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        person = portrait_of()
        assert set(stored(settings)) == {person.portrait.name}
    assert set(stored(settings)) == {person.portrait.name + end for end in ("", ".60.avif", ".60.webp")}


def test_an_image_whose_renditions_cannot_be_made_is_stored_all_the_same(
    settings, django_capture_on_commit_callbacks, caplog
):
    caplog.set_level(logging.ERROR, logger="django.test")
    person = make.PersonFactory()
    with django_capture_on_commit_callbacks(execute=True):
        person.portrait.save("face.png", ContentFile(b"no picture"))
    assert set(stored(settings)) == {person.portrait.name}
    assert "UnreadableImageError" in caplog.text


def test_deleting_an_image_deletes_them(settings):
    person = portrait_of((500, 400))
    renditions.make(person.portrait.storage, person.portrait.name)
    assert len(stored(settings)) == 5
    person.portrait.delete()
    assert stored(settings) == {}


def test_transparency_is_kept(settings):
    person = portrait_of(mode="RGBA", colour=(200, 10, 10, 0))
    renditions.make(person.portrait.storage, person.portrait.name)
    for extension in renditions.FORMATS:
        with Image.open(stored(settings)[f"{person.portrait.name}.60.{extension}"]) as image:
            assert (image.mode, image.getpixel((5, 5))[3]) == ("RGBA", 0)


def test_metadata_never_come_back_and_the_picture_is_upright(settings):
    # The original was not cleaned, because it came with a fixture.
    tags = Image.Exif()
    tags[ARTIST], tags[GPS], tags[ORIENTATION] = "Jane Doe, 5 Hidden Lane", {1: "N", 2: (35.0, 40.0, 12.0)}, 6
    person = portrait_of((60, 40), name="face.jpg", exif=tags, xmp=b"<x:xmpmeta>Hidden Lane</x:xmpmeta>")
    assert b"Hidden Lane" in stored(settings)[person.portrait.name].read_bytes()
    renditions.make(person.portrait.storage, person.portrait.name)
    for extension in renditions.FORMATS:
        path = stored(settings)[f"{person.portrait.name}.40.{extension}"]
        assert b"Hidden Lane" not in path.read_bytes()
        with Image.open(path) as image:
            assert (image.size, dict(image.getexif())) == ((40, 60), {})
            assert not {"exif", "xmp", "icc_profile"} & set(image.info)


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("posters/a1.jpg.480.avif", "posters/a1.jpg"),
        ("posters/a1.PNG.1600.webp", "posters/a1.PNG"),
        ("posters/a1.jpg", "posters/a1.jpg"),
        ("posters/a1.webp", "posters/a1.webp"),
        ("posters/a1.jpg.480.svg", "posters/a1.jpg.480.svg"),
        ("posters/a1.jpg.480.avif.480.avif", "posters/a1.jpg.480.avif.480.avif"),
        ("posters/480.avif", "posters/480.avif"),
    ],
)
def test_a_name_tells_whose_rendition_it_is(name, original):
    assert renditions.image_of(name) == original


def test_command_makes_what_is_missing_and_nothing_twice(settings, capsys):
    person = portrait_of((500, 400))
    call_command("make_renditions")
    files = {name: path.stat().st_mtime_ns for name, path in stored(settings).items()}
    (settings.MEDIA_ROOT / f"{person.portrait.name}.480.avif").unlink()
    call_command("make_renditions")
    again = {name: path.stat().st_mtime_ns for name, path in stored(settings).items()}
    remade = [name for name in files if files[name] != again[name]]
    assert (len(files), set(again), remade) == (5, set(files), [f"{person.portrait.name}.480.avif"])
    assert capsys.readouterr().out == "Looked at 1 images; made 4 renditions\nLooked at 1 images; made 1 renditions\n"


def test_command_names_what_it_cannot_read_and_goes_on(capsys):
    Person.objects.filter(pk=make.PersonFactory().pk).update(portrait="portraits/lost.jpg")
    portrait_of()
    call_command("make_renditions")
    said = capsys.readouterr()
    assert said.err == "portraits/lost.jpg is missing, or is no picture\n"
    assert said.out == "Looked at 2 images; made 2 renditions\n"


def picture_on(client, address):
    return re.search(r"<picture>.*</picture>|<img [^>]*>", client.get(address).content.decode())[0]


def test_page_names_the_renditions_and_the_size_of_the_picture(client):
    name = portrait_of((1200, 1500)).portrait.name
    markup = picture_on(client, "/people/ann/")
    sources = re.findall(r'<source type="image/(\w+)" srcset="([^"]+)"', markup)
    assert sources == [
        (kind, ", ".join(f"/media/{name}.{width}.{kind} {width}w" for width in (480, 960, 1200)))
        for kind in ("avif", "webp")
    ]
    assert f'<img src="/media/{name}" width="1200" height="1500" alt="Portrait of Ann" fetchpriority="high">' in markup


def test_picture_among_others_waits_until_it_is_scrolled_to(client):
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True))
    film.poster.save("poster.png", content(Image.new("RGB", (20, 30)), "poster.png"))
    markup = picture_on(client, f"/contests/{film.contest.slug}/submissions/")
    assert 'loading="lazy" decoding="async">' in markup
    assert "fetchpriority" not in markup


def test_picture_that_is_lost_spoils_no_page(client):
    portrait_of()
    Person.objects.update(portrait="portraits/lost.jpg", portrait_width=None, portrait_height=None)
    markup = picture_on(client, "/people/ann/")
    assert markup == '<img src="/media/portraits/lost.jpg" alt="Portrait of Ann" fetchpriority="high">'
    assert client.get("/media/portraits/lost.jpg").status_code == 404


def test_rendition_that_was_never_made_is_answered_with_the_image(client, settings):
    person = portrait_of()
    original = stored(settings)[person.portrait.name].read_bytes()
    response = client.get(f"/media/{person.portrait.name}.60.avif")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert response.content == original
    assert response.headers["Cache-Control"] == "private, max-age=600"
    call_command("make_renditions", verbosity=0)
    response = client.get(f"/media/{person.portrait.name}.60.avif")
    assert (response.headers["Content-Type"], response.content[4:12]) == ("image/avif", b"ftypavif")
    assert response.headers["Cache-Control"] == media.KEPT


def test_hero_of_a_contest_has_renditions_too(client):
    contest = make.ContestFactory(revealed=True, slug="prize", hero_alt="The hall")
    contest.hero.save("hall.jpg", content(Image.new("RGB", (500, 300)), "hall.jpg"))
    call_command("make_renditions", verbosity=0)
    markup = picture_on(client, "/contests/prize/")
    assert f"/media/{contest.hero.name}.480.webp 480w, /media/{contest.hero.name}.500.webp 500w" in markup
    assert 'width="500" height="281" alt="The hall" fetchpriority="high"' in markup
    assert client.get(f"/media/{contest.hero.name}.480.avif").headers["Content-Type"] == "image/avif"

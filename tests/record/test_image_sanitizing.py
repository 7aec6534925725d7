"""Uploaded images: which files are accepted, and what is stored of them. Nothing of a refused file is stored."""

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from people.models import Person
from record.images import ImageFormField, clean_image, sanitizing
from record.images.already_clean import size_if_clean
from tests import factories as make

RED = (200, 10, 10)
GPS, ORIENTATION, ARTIST = 0x8825, 0x0112, 0x013B
NOT_READABLE = "This is not a picture that the portal can read. Upload a JPEG, PNG or WebP file."
DAMAGED = "This picture is damaged: the file is incomplete. Export it again and upload the new file."
EMPTY = "This file is empty. Export the picture again and upload the new file."
ANIMATED = "This picture is animated. Upload a still image: one frame of it, as JPEG, PNG or WebP."
TOO_MANY_PIXELS = "This picture has more than 40 megapixels. Scale it down and upload it again."


def encoded(format_name: str, image: Image.Image | None = None, **options) -> bytes:
    content = io.BytesIO()
    (image or Image.new("RGB", (60, 40), RED)).save(content, format_name, **options)
    return content.getvalue()


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def cleaned(content: bytes) -> Image.Image:
    image = Image.open(clean_image(upload(content)))
    image.load()
    return image


def exif(**tags) -> Image.Exif:
    data = Image.Exif()
    for tag, value in tags.items():
        data[int(tag.removeprefix("t"))] = value
    return data


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few dozen bytes whose header claims the given size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def jpeg_with(behind_the_start: bytes = b"", scans: int = 0) -> bytes:
    """Return a progressive JPEG with further segments, and with its last scan so many times more."""
    content = encoded("JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:2] + behind_the_start + content[2:-2] + last * scans + content[-2:]


def other(name: str, better: str) -> str:
    return f"This is a file in the format {name}. Export it as {better}, and upload that."


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ANIMATION = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
REFUSED = {
    "gif": (encoded("GIF"), other("GIF", "PNG")),
    "animated gif": (encoded("GIF", ANIMATION[0], save_all=True, append_images=ANIMATION[1:]), other("GIF", "PNG")),
    "bmp": (encoded("BMP"), other("BMP", "PNG")),
    "tiff": (encoded("TIFF"), other("TIFF", "PNG")),
    "avif": (encoded("AVIF"), other("AVIF", "JPEG")),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), other("HEIC", "JPEG")),
    "svg": (SVG, other("SVG", "PNG")),
    "svg with a preamble": (
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn by hand -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD">\n' + SVG,
        other("SVG", "PNG"),
    ),
    "comments without end": (b"<!---->" * 300, NOT_READABLE),
    "text that speaks of svg": (b"Look at <svg>", NOT_READABLE),
    "html": (b"<!doctype html><script>alert(1)</script>", NOT_READABLE),
    "pdf": (b"%PDF-1.7 ...", other("PDF", "PNG")),
    "random bytes": (bytes(range(256)) * 8, NOT_READABLE),
    "animated png": (encoded("PNG", ANIMATION[0], save_all=True, append_images=ANIMATION[1:]), ANIMATED),
    "animated webp": (encoded("WEBP", ANIMATION[0], save_all=True, append_images=ANIMATION[1:]), ANIMATED),
    "truncated jpeg": (encoded("JPEG", Image.effect_noise((200, 200), 80))[:-2000], DAMAGED),
    "truncated png": (encoded("PNG", Image.effect_noise((200, 200), 80))[:-2000], DAMAGED),
    "truncated webp": (encoded("WEBP", Image.effect_noise((200, 200), 80))[:-2000], DAMAGED),
    "a little too large": (png_that_claims(8001, 5000), TOO_MANY_PIXELS),
    "bomb": (png_that_claims(30_000, 30_000), TOO_MANY_PIXELS),
    "jpeg that takes minutes": (jpeg_with(scans=200), DAMAGED),
    "jpeg of a thousand comments": (jpeg_with(b"\xff\xfe\x00\x02" * 1001), DAMAGED),
    "larger than any memory": (png_that_claims(2_000_000, 2_000_000), TOO_MANY_PIXELS),
}


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_real_picture_is_accepted_and_becomes_one_that_everything_opens(format_name):
    content = encoded(format_name)
    result = clean_image(upload(content))
    image = Image.open(result)
    shown = "PNG" if format_name == "PNG" else "JPEG"
    assert (image.format, image.size, image.mode) == (shown, (60, 40), "RGB")
    assert image.getpixel((5, 5)) == pytest.approx(RED, abs=4)
    assert result.content_type == f"image/{shown.lower()}"


def test_picture_whose_jpeg_needs_more_than_a_byte_per_pixel_is_accepted():
    dots = random.Random(3)
    bands = [Image.frombytes("1", (300, 300), dots.randbytes(38 * 300)).convert("L") for _band in range(3)]
    assert cleaned(encoded("WEBP", Image.merge("RGB", bands), lossless=True)).size == (300, 300)


@pytest.mark.parametrize(("alpha", "shown"), [(254, "PNG"), (255, "JPEG")])
def test_webp_stays_transparent_only_where_it_can_be_seen_through(alpha, shown):
    result = cleaned(encoded("WEBP", Image.new("RGBA", (8, 8), (*RED, alpha)), lossless=True))
    assert (result.format, len(result.getbands())) == (shown, 4 if shown == "PNG" else 3)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_upload_goes_along_untouched(format_name):
    content = encoded(format_name, comment=b"Hidden Lane") + b"and more"
    result = clean_image(upload(content))
    result.upload.seek(0)
    assert result.upload.read() == content
    assert result.upload_extension == {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[format_name]


def test_name_of_the_file_says_nothing_and_cannot_be_guessed():
    first, second = (clean_image(upload(encoded("JPEG"), "../../Secret winner.jpg")).name for _ in range(2))
    assert first != second
    stem, extension = first.split(".")
    assert (len(stem), extension) == (32, "jpg")
    assert int(stem, 16)


def test_name_follows_the_content_not_the_claim():
    assert clean_image(upload(encoded("PNG"), "photo.jpg")).name.endswith(".png")


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_metadata_are_gone(format_name):
    tags = exif(**{f"t{ARTIST}": "Jane Doe, 5 Hidden Lane", f"t{GPS}": {1: "N", 2: (35.0, 40.0, 12.0)}})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encoded(format_name, exif=tags, icc_profile=profile, xmp=b"<x:xmpmeta>Hidden Lane</x:xmpmeta>")
    assert b"Hidden Lane" in content
    result = clean_image(upload(content)).read()
    assert b"Hidden Lane" not in result
    image = Image.open(io.BytesIO(result))
    assert dict(image.getexif()) == {}
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


def test_bytes_like_those_of_a_scan_in_metadata_or_behind_the_picture_are_no_scans():
    scans = b"\xff\xda" * 200
    content = jpeg_with(b"\xff\xfe" + (2 + len(scans)).to_bytes(2) + scans, scans=20) + scans
    assert cleaned(content).size == (60, 40)


def test_jpeg_of_many_scans_in_an_archive_is_not_clean():
    assert size_if_clean(jpeg_with(scans=20)) == (60, 40)
    assert size_if_clean(jpeg_with(scans=200)) is None


def test_comment_in_a_jpeg_is_gone():
    assert b"Hidden Lane" not in clean_image(upload(encoded("JPEG", comment=b"Hidden Lane"))).read()


def test_what_hangs_behind_the_picture_is_gone():
    assert b"<script>" not in clean_image(upload(encoded("PNG") + b"<script>alert(1)</script>")).read()


# The position of the red corner of a 60 x 40 image after it was rotated upright.
@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (60, 40), (0, 0)),
        (2, (60, 40), (59, 0)),
        (3, (60, 40), (59, 39)),
        (4, (60, 40), (0, 39)),
        (5, (40, 60), (0, 0)),
        (6, (40, 60), (39, 0)),
        (7, (40, 60), (39, 59)),
        (8, (40, 60), (0, 59)),
        (99, (60, 40), (0, 0)),
    ],
)
def test_picture_is_turned_upright(orientation, size, corner):
    image = Image.new("RGB", (60, 40), "white")
    image.paste(RED, (0, 0, 8, 8))
    result = cleaned(encoded("PNG", image, exif=exif(**{f"t{ORIENTATION}": orientation})))
    assert result.size == size
    assert result.getpixel(corner) == RED


@pytest.mark.parametrize("broken", [b"Exif\0\0II*\0\xff\xff\xff\x7f", b"garbage"])
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_broken_metadata_do_not_spoil_a_picture(format_name, broken):
    assert cleaned(encoded(format_name, exif=broken)).size == (60, 40)


@pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
def test_transparency_is_kept(format_name):
    result = cleaned(encoded(format_name, Image.new("RGBA", (8, 8), (*RED, 100)), lossless=True))
    assert (result.mode, result.getpixel((0, 0))) == ("RGBA", pytest.approx((*RED, 100), abs=2))


@pytest.mark.parametrize("mode", ["P", "RGB", "L", "LA"])
def test_transparency_in_any_kind_of_png_is_kept(mode):
    image, options = Image.new(mode, (8, 8)), {}
    if mode == "P":
        image.putpalette([*RED])
    if mode != "LA":
        options = {"transparency": {"P": 0, "RGB": (0, 0, 0), "L": 0}[mode]}
    result = cleaned(encoded("PNG", image, **options))
    assert (result.mode, result.getpixel((0, 0))[3]) == ("RGBA", 0)


def test_grey_of_sixteen_bits_stays_grey():
    result = cleaned(encoded("PNG", Image.new("I;16", (8, 8), 0x8000)))
    assert (result.mode, result.getpixel((0, 0))) == ("RGB", (128, 128, 128))


def test_colours_of_print_become_those_of_the_screen():
    result = cleaned(encoded("JPEG", Image.new("CMYK", (8, 8), (0, 255, 255, 0))))
    assert (result.mode, result.getpixel((0, 0))) == ("RGB", pytest.approx((255, 0, 0), abs=3))


def test_colours_keep_their_look_when_their_profile_goes():
    # The converted colour must look the same without the profile as the original with it.
    image = Image.new("RGB", (8, 8), (200, 100, 50))
    wide = linear_profile()
    meant = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(wide)), ImageCms.createProfile("sRGB"))
    assert meant.getpixel((0, 0)) != (200, 100, 50)
    assert cleaned(encoded("PNG", image, icc_profile=wide)).getpixel((0, 0)) == meant.getpixel((0, 0))


def linear_profile() -> bytes:
    """Return an sRGB profile with linear curves, in which the same numbers mean lighter colours."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(struct.unpack_from(">I", profile, 128)[0]):
        kind, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if kind in (b"rTRC", b"gTRC", b"bTRC"):
            profile[offset : offset + size] = (b"curv" + bytes(8)).ljust(size, b"\0")
    return bytes(profile)


@pytest.mark.parametrize("profile", [b"nonsense", b""])
def test_broken_profile_does_not_spoil_a_picture(profile):
    assert cleaned(encoded("PNG", icc_profile=profile)).getpixel((0, 0)) == RED


def test_phone_photo_with_a_second_view_is_a_still():
    content = encoded("MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")])
    result = cleaned(content)
    assert (result.format, result.getpixel((5, 5))) == ("JPEG", pytest.approx(RED, abs=4))
    assert getattr(result, "n_frames", 1) == 1


@pytest.mark.parametrize(("size", "small"), [((4800, 1200), (2400, 600)), ((1000, 3000), (800, 2400))])
@pytest.mark.parametrize("mode", ["RGB", "P"])
def test_large_picture_is_made_small_in_its_ratio(mode, size, small):
    assert cleaned(encoded("PNG", Image.new(mode, size))).size == small


def test_small_picture_is_not_made_larger():
    assert cleaned(encoded("PNG")).size == (60, 40)


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_everything_else_is_refused_in_words(content, message):
    with pytest.raises(ValidationError) as refusal:
        clean_image(upload(content))
    assert refusal.value.messages == [message]


def test_too_many_bytes_are_refused_before_they_are_looked_at(monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: pytest.fail("opened"))
    with pytest.raises(ValidationError) as refusal:
        clean_image(upload(b"\0" * (sanitizing.MAX_BYTES + 200_000)))
    assert refusal.value.messages == [
        "This file is 12.2 MB; the limit is 12 MB. Export a smaller version and try again."
    ]


def test_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda *args: pytest.fail("decoded"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *args: pytest.fail("decoded"))
    with pytest.raises(ValidationError):
        clean_image(upload(png_that_claims(30_000, 30_000)))


class PortraitForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["name", "sort_name", "slug", "kind", "portrait"]


VALUES = {"name": "C·one", "sort_name": "C·one", "slug": "c-one", "kind": "individual"}


def stored(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_form_stores_the_cleaned_copy_with_its_size(settings):
    tags = exif(**{f"t{ARTIST}": "Jane Doe, 5 Hidden Lane", f"t{ORIENTATION}": 6})
    person = PortraitForm(VALUES, {"portrait": upload(encoded("JPEG", exif=tags))}).save()
    path, _original = sorted(stored(settings), key=lambda path: "originals" in path.parts)
    assert b"Hidden Lane" not in path.read_bytes()
    assert (person.portrait_width, person.portrait_height) == (40, 60)
    assert person.portrait.name == f"portraits/{path.name}"


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_form_says_why_and_stores_nothing(settings, content, message):
    form = PortraitForm(VALUES, {"portrait": upload(content)})
    assert form.errors == {"portrait": [message]}
    assert stored(settings) == []


@pytest.mark.django_db
def test_good_picture_in_a_form_with_another_mistake_is_not_stored(settings):
    form = PortraitForm({**VALUES, "slug": "no slug"}, {"portrait": upload(encoded("JPEG"))})
    assert list(form.errors) == ["slug"]
    assert stored(settings) == []


@pytest.mark.django_db
def test_empty_file_is_refused(settings):
    assert PortraitForm(VALUES, {"portrait": upload(b"")}).errors == {"portrait": [EMPTY]}
    assert stored(settings) == []


@pytest.mark.django_db
def test_long_name_of_a_file_is_no_mistake():
    assert PortraitForm(VALUES, {"portrait": upload(encoded("JPEG"), "a" * 300 + ".jpg")}).is_valid()


@pytest.mark.django_db
def test_form_saved_without_a_new_picture_keeps_the_one_there_is(settings):
    person = PortraitForm(VALUES, {"portrait": upload(encoded("JPEG"))}).save()
    before = person.portrait.name
    person = PortraitForm({**VALUES, "name": "C one"}, instance=Person.objects.get()).save()
    assert (person.name, person.portrait.name) == ("C one", before)


@pytest.mark.django_db
def test_picture_can_be_taken_away():
    PortraitForm(VALUES, {"portrait": upload(encoded("JPEG"))}).save()
    person = PortraitForm({**VALUES, "portrait-clear": "on"}, instance=Person.objects.get()).save()
    assert (person.portrait.name, person.portrait_width) == ("", None)


def test_file_dialog_offers_what_is_accepted():
    assert ImageFormField().widget.attrs == {"accept": "image/jpeg,image/png,image/webp"}


@pytest.mark.django_db
def test_admin_says_why_and_stores_nothing(client, settings):
    client.force_login(make.UserFactory(editor=True))
    inlines = {
        f"{prefix}-{field}": 0
        for prefix in ("affiliations", "past_works", "next_projects")
        for field in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    response = client.post("/admin/people/person/add/", {**VALUES, **inlines, "portrait": upload(encoded("GIF"))})
    assert response.context["adminform"].form.errors == {"portrait": [other("GIF", "PNG")]}
    assert other("GIF", "PNG") in response.content.decode()
    assert stored(settings) == []
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_admin_shows_the_picture_there_is(client):
    client.force_login(make.UserFactory(editor=True))
    person = PortraitForm(VALUES, {"portrait": upload(encoded("JPEG"))}).save()
    picture = f'src="{person.portrait.url}"'
    assert picture in client.get(f"/admin/people/person/{person.pk}/change/").content.decode()
    assert picture in client.get("/admin/people/person/").content.decode()

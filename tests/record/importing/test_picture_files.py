"""Pictures from single files and ZIP files. A hostile ZIP file is refused with a reason at the file."""

import io
import struct
import zipfile

import pytest

from record.importing import picture_files
from record.importing.picture_files import brought
from tests.record.test_image_sanitizing import encoded, upload

PICTURE = encoded("PNG")


def packed(*parts, method=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return content.getvalue()


def read(content, name="posters.zip"):
    return list(brought([upload(content, name)]))


def problem(content):
    (found,) = read(content)
    assert found.upload is None
    return found.problem


def patched(content, offset, fmt, value, *, signature=b"PK\x01\x02"):
    """Change a field of the first header with `signature`, and of the local header if the field is there too."""
    data = bytearray(content)
    struct.pack_into(fmt, data, data.index(signature) + offset, value)
    return bytes(data)


def test_pictures_are_read_by_their_names_alone():
    found = read(packed(("a/b/SP0001.png", PICTURE), ("../../etc/evil.png", PICTURE), ("C:\\x\\y.png", PICTURE)))
    assert [(each.name, each.upload.read()) for each in found] == [
        ("SP0001.png", PICTURE),
        ("evil.png", PICTURE),
        ("y.png", PICTURE),
    ]


def test_files_of_operating_systems_are_left_out_and_named():
    names = ["__MACOSX/._a.png", "a/.DS_Store", "Thumbs.db", "._b.png"]
    found = read(packed(*((name, b"x") for name in names)))
    assert [each.name for each in found if each.is_by_system and not each.upload] == [
        *("._a.png", ".DS_Store", "Thumbs.db", "._b.png")
    ]


def test_names_in_utf_8_without_a_mark_are_read():
    name = "Żółw.png".encode()
    content = packed(("x" * len(name) + ".png", PICTURE)).replace(b"x" * len(name) + b".png", name + b".png")
    assert read(content)[0].name == "Żółw.png.png"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed(("inner.zip", packed(("a.png", PICTURE)))), "ZIP file in the ZIP"),
        (packed(("inner.png", packed(("a.png", PICTURE)))), "ZIP file in the ZIP"),
        (packed(("a.png", PICTURE))[:-30], "damaged or incomplete"),
        (b"PK\x03\x04 no archive", "damaged or incomplete"),
        (patched(packed(("a.png", PICTURE)), 8, "<H", 1), "password"),
        (patched(packed(("a.png", PICTURE)), 10, "<H", 12), "packed in a way"),
        (packed(("bomb.png", b"\0" * (13 * 1024**2))), "the limit is 12 MB"),
        # A bomb that says that it is small.
        (patched(packed(("bomb.png", b"\0" * (13 * 1024**2))), 24, "<L", 1000), "in the ZIP file is damaged"),
        # The part is not where the directory says.
        (patched(packed(("a.png", PICTURE)), 42, "<L", 7), "in the ZIP file is damaged"),
        (patched(packed(("a.png", PICTURE)), 24, "<L", 2**32 - 2), "500 files or"),
        (patched(packed(("a.png", PICTURE)), 12, "<L", 2**31, signature=b"PK\x05\x06"), "more than"),
    ],
)
def test_hostile_archive_is_refused_with_the_reason(content, reason):
    assert reason.replace("500 files or", "more than") in problem(content)


def test_too_many_parts_are_refused(monkeypatch):
    monkeypatch.setattr(picture_files, "MOST_PARTS", 1)
    assert "more than 1 files" in problem(packed(("a.png", PICTURE), ("b.png", PICTURE)))


def test_damaged_archives_never_raise():
    content = packed(("a.png", PICTURE), ("b.png", PICTURE[:50]))
    for place in range(0, len(content), 3):
        for value in (0, 255):
            changed = content[:place] + bytes([value]) + content[place + 1 :]
            for each in read(changed):
                assert bool(each.upload) != bool(each.problem)

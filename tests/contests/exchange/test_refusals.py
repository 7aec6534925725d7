"""Damaged and hostile archives are refused whole, with the reason, and nothing is written."""

import io
import json
import struct
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from contests.exchange import reading, zip_members
from contests.exchange.errors import ArchiveRefusedError
from contests.exchange.exporting import MANIFEST
from contests.exchange.reading import Archive
from contests.models import Contest, Submission
from tests import factories as make
from tests.contests.exchange import archives
from tests.contests.exchange.test_round_trip import jpeg

pytestmark = pytest.mark.django_db


_made = []


@pytest.fixture
def small():
    """Return the archive of a small contest, whose rows are not in the database. It is made once for all tests."""
    if not _made:
        _made.append(small_archive())
    return _made[0]


def small_archive():
    contest = make.ContestFactory(slug="small", title="Small", revealed=True, sources=[make.SourceFactory()])
    category = make.CategoryFactory(contest=contest)
    recognition = make.RecognitionFactory(award__contest=contest, approved_at=contest.approved_at)
    recognition.submission.categories.add(category)
    event = make.EventFactory(contest=contest)
    quote = make.QuoteFactory(event=event, submission=recognition.submission)
    make.WorkIdentifierFactory(work=recognition.submission.work, scheme="imdb", value="tt0000001")
    make.CreditFactory(work=recognition.submission.work, person=quote.speaker)
    content = archives.exported(contest)
    archives.empty()
    return content


def refusal(content):
    """Return why the archive is refused. Nothing may be written."""
    before = archives.state()
    with pytest.raises(ArchiveRefusedError) as caught:
        archives.imported(content)
    assert archives.state() == before
    return " ".join(caught.value.messages)


def with_member(content, name, data=b"", **attributes):
    """Return the archive with one more member, whatever its name is."""
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        told = zipfile.ZipInfo("x" * len(name))
        for attribute, value in attributes.items():
            setattr(told, attribute, value)
        archive.writestr(told, data)
    return file.getvalue().replace(b"x" * len(name), name.encode())


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../evil", "data/../x", "C:\\x", "data\\work.jsonl", "./manifest.json", "a\x07b"]
)
def test_unsafe_names(small, name):
    assert "unsafe name" in refusal(with_member(small, name))


@pytest.mark.parametrize(
    "name", ["evil.sh", "data/", "DATA/work.jsonl", "Manifest.json", "data/work.JSONL", "media/a.jpg"]
)
def test_unknown_members_and_other_capitals(small, name):
    assert "unknown member" in refusal(with_member(small, name))


def test_a_name_that_ends_with_nul(small):
    assert "unsafe name" in refusal(with_member(small, "manifest.json\0.txt"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_with_one_name(small):
    assert "two members" in refusal(with_member(small, "data/work.jsonl"))


def test_a_symbolic_link(small):
    name = f"media/{'0' * 64}.jpg"
    assert "special file" in refusal(with_member(small, name, b"/etc/passwd", external_attr=0o120777 << 16))


def test_a_member_that_the_manifest_does_not_name(small):
    assert "does not name" in refusal(with_member(small, f"media/{'0' * 64}.jpg", b"x"))


def test_an_encrypted_member(small):
    # Set the flag of encryption in all headers of the central directory.
    content = bytearray(small)
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    assert "encrypted" in refusal(bytes(content))


def test_another_compression(small):
    found = archives.members(small)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    assert "compressed" in refusal(file.getvalue())


def test_a_bomb_is_not_unpacked(small, monkeypatch):
    found = archives.members(small)
    found["data/work.jsonl"] = b"\n" * 30_000_000
    content = archives.packed(found)
    monkeypatch.setattr(zip_members.Members, "pieces", lambda *arguments: pytest.fail("unpacked"))
    assert "grows too much" in refusal(content)


def test_a_bomb_that_lies_about_its_size(small):
    found = archives.members(small)
    found["data/work.jsonl"] = b"\n" * 30_000_000
    content = bytearray(archives.packed(found))
    # The central directory says that the member is small, and so does the manifest.
    at = content.index(b"data/work.jsonl", content.index(b"PK\x01\x02")) - 46
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    assert refusal(bytes(content))


def test_too_many_members_and_too_many_bytes(small, monkeypatch):
    monkeypatch.setattr(zip_members, "MOST_BYTES_OF_ROWS", 10)
    assert "too large" in refusal(small)
    monkeypatch.setattr(zip_members, "MOST_BYTES", 10)
    assert "too large" in refusal(small)
    monkeypatch.setattr(zip_members, "MOST_MEMBERS", 3)
    assert "more than 3 members" in refusal(small)


def test_too_many_rows(small, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert "too many rows" in refusal(small)


def test_a_line_that_is_too_long(small, monkeypatch):
    monkeypatch.setattr(reading, "_MOST_LINE", 10)
    found = archives.members(small)
    found["data/work.jsonl"] = b"x" * 100
    assert "too long" in refusal(archives.packed(found))


@pytest.mark.parametrize("content", [b"", b"PK", b"GIF89a", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive(content, db):
    assert refusal(content)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_archive(small, share):
    assert "damaged" in refusal(small[: int(len(small) * share)])


def test_a_wrong_checksum(small):
    found = archives.members(small)
    found["data/contest.jsonl"] = found["data/contest.jsonl"].replace(b"Small", b"Smell")
    assert "checksum" in refusal(archives.zipped(found))


def test_another_size(small):
    found = archives.members(small)
    found["data/work.jsonl"] += b"\n"
    assert "size" in refusal(archives.zipped(found))


def test_a_missing_member(small):
    found = archives.members(small)
    del found["data/figure.jsonl"]
    assert "lacks data/figure.jsonl" in refusal(archives.zipped(found))
    assert "lacks data/figure.jsonl" in refusal(archives.packed(found))
    del found[MANIFEST]
    assert "no manifest.json" in refusal(archives.zipped(found))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"format": "something-else"}, "does not describe"),
        ({"version": 2}, "version 2"),
        ({"version": "1"}, "version 1"),
        ({"version": True}, "version True"),
        ({"kind": "portal"}, "incomplete"),
        ({"sealed": "no"}, "incomplete"),
        ({"more": 1}, "unknown parts"),
        ({"members": 7}, "incomplete"),
        ({"counts": {}}, "another number of rows"),
        ({"slug": "another"}, "that its manifest names"),
    ],
)
def test_another_manifest(small, values, reason):
    assert reason in refusal(archives.packed(archives.members(small), manifest=values))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "no valid JSON"),
        (b"[]", "no JSON object"),
        (b'{"key":1e3}', "no valid JSON"),
        (b'{"key":NaN}', "no valid JSON"),
        (b'{"key":"a","key":"b"}', "no valid JSON"),
        (b'{"key":' + b"9" * 5_000 + b"}", "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b'"\xff"', "no valid JSON"),
        (b"", "no valid JSON"),
    ],
)
def test_lines_that_are_no_rows(small, line, reason):
    found = archives.members(small)
    found["data/work.jsonl"] = line + b"\n"
    assert reason in refusal(archives.packed(found))


def test_a_last_line_without_an_end(small):
    found = archives.members(small)
    found["data/work.jsonl"] = found["data/work.jsonl"][:-1]
    assert "middle of a line" in refusal(archives.packed(found))


@pytest.mark.parametrize(
    ("kind", "name", "value", "reason"),
    [
        ("work", "title", 7, "wrong type"),
        ("work", "title", "", "cannot be blank"),
        ("work", "title", None, "cannot be null"),
        ("work", "title", "x" * 301, "at most 300"),
        ("work", "title", "a\x00b", "can’t be stored"),
        ("work", "title", "a\nb", "can’t be stored"),
        ("work", "title", "a\ud800b", "can’t be stored"),
        ("work", "title", "\u200b", "no visible"),
        ("work", "slug", "a b", "Use letters"),
        ("work", "year_from", "1999", "wrong type"),
        ("work", "year_from", True, "wrong type"),
        ("work", "year_from", 10**30, "too small or too large"),
        ("submission", "runtime", 2**31, "too small or too large"),
        ("work", "countries", "XX", "Unknown country"),
        ("work", "countries", "FR,FR", "Unknown country"),
        ("work", "sources", ["nobody"], "no row with the key nobody"),
        ("work", "sources", ["b", "a"], "not sorted"),
        ("work", "sources", "a", "wrong type"),
        ("work", "key", "", "no permanent key"),
        ("work", "key", "x" * 101, "no permanent key"),
        ("workidentifier", "value", "nm0000001", "not an identifier"),
        ("workidentifier", "value", "https://www.imdb.com/title/tt0000001/", "not written as an export"),
        ("workidentifier", "scheme", "isbn", "not a valid choice"),
        ("credit", "work", None, "no permanent key"),
        ("credit", "person", None, "either a person or an organisation"),
        ("contest", "approved_at", "2026-01-01", "no such date"),
        ("contest", "approved_at", "2026-02-30T00:00:00Z", "no such date"),
        ("contest", "approved_at", "1700-01-01T00:00:00Z", "out of bounds"),
        ("contest", "prize_pool", "1.5", "not written as an export"),
        ("contest", "prize_pool", "NaN", ""),
        ("contest", "accent", "pink", "not a valid choice"),
        ("contest", "hero", "../../x.jpg", "not the name of an image"),
        ("contest", "hero", f"media/{'0' * 64}.jpg", "lacks media/"),
        ("contest", "hero_focus_x", 101, "too small or too large"),
        ("recognition", "approved_as", "text", "wrong type"),
        ("recognition", "approved_as", {"award": {"deep": 1}}, "wrong type"),
        ("recognition", "revocation_reason", "no date", "both a date and a public reason"),
        ("recognition", "rank", 0, "too small or too large"),
    ],
)
def test_values_that_a_field_does_not_accept(small, kind, name, value, reason):
    content = archives.members(small)
    told = [json.loads(line) for line in content[f"data/{kind}.jsonl"].splitlines()]
    told[0][name] = value
    content[f"data/{kind}.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in told)
    assert reason.replace("no permanent key", "permanent key") in refusal(archives.packed(content))


def test_unknown_and_missing_fields(small):
    assert "unknown field is_admin" in refusal(archives.changed(small, "work", lambda rows: rows[0].update(is_admin=1)))
    assert "title is missing" in refusal(archives.changed(small, "work", lambda rows: rows[0].pop("title")))
    assert "unknown field id" in refusal(archives.changed(small, "person", lambda rows: rows[0].update(id=1)))


def test_dangling_references(small):
    for kind in ("organisation", "work", "award", "event", "person"):
        assert "there is no row with the key" in refusal(archives.changed(small, kind, lambda rows: rows.clear()))


def test_one_key_twice(small):
    def twice(rows):
        rows.append(dict(rows[-1]))

    assert "same key" in refusal(archives.changed(small, "work", twice))


def test_one_value_twice(small):
    def twice(rows):
        rows.append({**rows[-1], "key": "zzz"})

    assert "same value: slug" in refusal(archives.changed(small, "work", twice))


def another_contest(rows):
    rows.append({**rows[0], "key": "zzz", "slug": "zzz", "edition_number": None})


@pytest.mark.parametrize(
    ("kind", "field"), [("category", "contest"), ("award", "contest"), ("submission", "contest"), ("event", "contest")]
)
def test_rows_of_two_contests_that_belong_together(small, kind, field):
    content = archives.changed(small, "contest", another_contest)
    content = archives.changed(content, kind, lambda rows: rows[0].update({field: "zzz"}))
    assert "different contests" in refusal(content)


def test_events_and_awards_that_are_part_of_themselves():
    line = make.AwardLineFactory()
    contest = make.ContestFactory(series=line.series)
    make.AwardFactory(contest=contest, line=line)
    make.EventFactory(contest=contest)
    content = archives.exported(contest)
    archives.empty()
    own = archives.changed(content, "event", lambda rows: rows[0].update(part_of=rows[0]["key"]))
    assert "part_of" in refusal(own)
    own = archives.changed(content, "awardline", lambda rows: rows[0].update(continues=rows[0]["key"]))
    assert "continues itself" in refusal(own)
    other = archives.changed(content, "contest", lambda rows: rows[0].update(series=None))
    assert "different contests or series" in refusal(other)


def test_files_that_are_no_images(nextgen):
    entry = Submission.objects.first()
    for content in (b"<svg/>", b"GIF89a", jpeg()[:400], b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(100)):
        entry.poster.save("a.jpg", ContentFile(content))
        archive = archives.exported(Contest.objects.get())
        Submission.objects.filter(pk=entry.pk).update(poster="")
        assert "media/" in refusal(archive)


def test_an_image_that_no_row_uses(nextgen):
    Submission.objects.first().poster.save("a.jpg", ContentFile(jpeg()))
    archive = archives.exported(Contest.objects.get())
    content = archives.changed(archive, "submission", lambda rows: [row.update(poster="") for row in rows])
    assert "No row of the archive uses" in refusal(content)


def test_an_image_with_another_checksum(nextgen):
    entry = Submission.objects.first()
    entry.poster.save("a.jpg", ContentFile(jpeg()))
    found = archives.members(archives.exported(Contest.objects.get()))
    name = next(name for name in found if name.startswith("media/"))
    found[name] = jpeg(quality=50)
    assert "wrong checksum" in refusal(archives.packed(found))


def test_a_former_slug_of_nobody(small):
    found = archives.members(small)
    found["data/formerslug.jsonl"] = b'{"kind":"work","key":"nobody","slug":"old"}\n'
    assert "not in the archive" in refusal(archives.packed(found))
    found["data/formerslug.jsonl"] = b'{"kind":"user","key":"nobody","slug":"old"}\n'
    assert "unknown kind" in refusal(archives.packed(found))


def test_the_command_says_why(tmp_path, small):
    path = tmp_path / "broken.zip"
    path.write_bytes(small[:-30])
    with pytest.raises(CommandError, match=r"Nothing was imported.\nThis file is damaged"):
        call_command("import_archive", str(path), "--yes")
    with pytest.raises(CommandError, match="Can’t read"):
        call_command("import_archive", str(tmp_path / "none.zip"), "--yes")


def test_flipped_bits_in_compressed_rows(small):
    at = small.index(b"data/contest.jsonl") + 60
    assert refusal(small[:at] + bytes([small[at] ^ 255]) + small[at + 1 :])


def test_reading_needs_no_rows_of_the_database(small, django_assert_num_queries):
    with django_assert_num_queries(0):
        Archive(io.BytesIO(small))

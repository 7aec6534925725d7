"""Damaged and forged backups are refused before anything is changed. No test here needs a database, except the last."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from portal.backup.container import Reader, Writer
from portal.backup.errors import BackupError
from tests import factories as make
from tests.portal import backups

TABLE = {"columns": ["id", "name"], "rows": 2, "last_key": 2}
MANIFEST = {
    "laurel": "0.1.0",
    "made_at": "2026-11-30T06:40:00+00:00",
    "engine": "SQLite",
    "migrations": [["people", "0001_initial"]],
    "tables": {"people_person": TABLE},
    "missing_media": [],
}
ROWS, POSTER = "rows/people_person.jsonl", "media/posters/a.jpg"
CONTENT = {ROWS: b'[1,"Ada"]\n[2,"Ben"]\n', POSTER: b"picture " * 4}


def whole(content=CONTENT, **manifest):
    file = io.BytesIO()
    with Writer(file) as writer:
        for name, text in content.items():
            writer.add(name, [text], compress=name.startswith("rows/"))
        writer.finish(MANIFEST | manifest)
    return file.getvalue()


def forged(content, manifest=None, *, twice=False):
    """Return a backup with these members as somebody could make it who knows the format."""
    file = io.BytesIO()
    told = {name: {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()} for name, text in CONTENT.items()}
    text = json.dumps({"format": "laurel-backup", "version": 1, **MANIFEST, "members": told, **(manifest or {})})
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in [*content.items(), ("manifest.json", text.encode())]:
            archive.writestr(name, member)
        if twice:
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr(ROWS, b"")
        archive.comment = b"0" * 64
    data = file.getvalue()[:-64]
    return data + hashlib.sha256(data).hexdigest().encode()


def read(data):
    found = Reader(io.BytesIO(data))
    found.check_members()
    return found


def parts(data):
    """Return the members of a backup by name, and its manifest."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return content, json.loads(content.pop("manifest.json"))


def members(**more):
    return {name: {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()} for name, text in more.items()}


def test_whole_backup_is_read():
    for data in (whole(), forged(CONTENT)):
        found = read(data)
        assert list(found.lines(ROWS)) == [b'[1,"Ada"]', b'[2,"Ben"]']
        assert found.media == ["posters/a.jpg"]


def test_every_truncation_is_refused():
    data = whole()
    for end in range(len(data)):
        with pytest.raises(BackupError):
            read(data[:end])


def test_every_changed_byte_is_refused():
    data = whole()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 0x20
        with pytest.raises(BackupError):
            read(bytes(changed))


@pytest.mark.parametrize("data", [b"", b"PK", b"0" * 64, b"0" * 10_000])
def test_other_files_are_refused(data):
    with pytest.raises(BackupError, match="it is no backup of Laurel"):
        read(data)


@pytest.mark.parametrize(
    "name",
    [
        *("media/../../etc/passwd", "media//etc/passwd", "media/a/../../b", "/etc/passwd", "media/a\\b", "media/./a"),
        *("../rows/people_person.jsonl", "rows/../a.jsonl", "C:/a", "media/", "media/a/", "other.txt", "media/a\x01"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name):
    content = CONTENT | {name: b"x"}
    with pytest.raises(BackupError, match="unsafe or unknown name"):
        read(forged(content, {"members": {key: members(x=text)["x"] for key, text in content.items()}}))


@pytest.mark.parametrize(
    ("content", "manifest", "message"),
    [
        (CONTENT | {"media/b.jpg": b"x"}, {}, "its manifest doesn't name"),
        ({ROWS: CONTENT[ROWS]}, {}, "lacks"),
        (CONTENT | {POSTER: b"picturE " * 4}, {}, "is not as the manifest"),
        (CONTENT | {POSTER: b"picture"}, {}, "does not have the size"),
        (CONTENT, {"version": 2}, "newer than this version of Laurel"),
        (CONTENT, {"format": "zip"}, "no backup of Laurel"),
        (CONTENT, {"tables": {"people_person": TABLE, "other": TABLE}}, "contradicts itself"),
        (CONTENT, {"tables": {"people_person": {}}}, "its manifest is incomplete"),
        (CONTENT, {"members": []}, "its manifest is incomplete"),
        (CONTENT, {"migrations": [1]}, "its manifest is incomplete"),
        (CONTENT, {"migrations": [["people", "0001\n"]]}, "its manifest is incomplete"),
        (CONTENT, {"made_at": 5}, "its manifest is incomplete"),
        (CONTENT, {"made_at": "\ud800"}, "its manifest is incomplete"),
        (CONTENT, {"missing_media": [[]]}, "its manifest is incomplete"),
        (CONTENT, {"tables": {"people_person": TABLE | {"columns": ["id", 5]}}}, "its manifest is incomplete"),
        (CONTENT, {"tables": {"people_person": TABLE | {"columns": {"id": 1}}}}, "its manifest is incomplete"),
        (CONTENT, {"tables": {"people_person": TABLE | {"rows": "2"}}}, "its manifest is incomplete"),
        (CONTENT, {"tables": {"people_person": TABLE | {"rows": 1e999}}}, "its manifest is incomplete"),
        (CONTENT, {"tables": {"people_person": TABLE | {"last_key": 2**63}}}, "its manifest is incomplete"),
        (CONTENT, {"members": {ROWS: {"size": 1e999, "sha256": ""}}}, "its manifest is incomplete"),
    ],
)
def test_forged_members_and_manifests_are_refused(content, manifest, message):
    with pytest.raises(BackupError, match=message):
        read(forged(content, manifest))


def test_two_members_with_one_name_are_refused():
    with pytest.raises(BackupError, match="two members with the same name"):
        read(forged(CONTENT, twice=True))


def test_bomb_is_refused_before_it_is_unpacked():
    content = CONTENT | {POSTER: b"0" * 17 * 1024**2}
    with pytest.raises(BackupError, match="grows too much"):
        read(forged(content, {"members": {key: members(x=text)["x"] for key, text in content.items()}}))


def test_member_that_is_larger_than_the_archive_says_is_refused():
    # The archive and the manifest have the size of the picture, but the content is longer.
    told, size = forged(CONTENT | {POSTER: CONTENT[POSTER] * 2})[:-64], len(CONTENT[POSTER])
    longer = told.replace((2 * size).to_bytes(4, "little"), size.to_bytes(4, "little"))
    assert longer != told
    with pytest.raises(BackupError):
        read(longer + hashlib.sha256(longer).hexdigest().encode())


def test_member_that_claims_more_bytes_than_the_file_has_is_refused():
    data = forged(CONTENT)[:-64]
    place = data.rindex(b"PK\x01\x02") + 20  # the compressed size of the last member
    longer = data[:place] + (2**31 - 1).to_bytes(4, "little") + data[place + 4 :]
    with pytest.raises(BackupError, match="ends before its last member"):
        read(longer + hashlib.sha256(longer).hexdigest().encode())


@pytest.mark.django_db(transaction=True)
def test_refused_backup_changes_nothing(tmp_path):
    backups.fill()
    made = backups.backup(tmp_path).read_bytes()
    rows, files = backups.state(), backups.stored()
    content, told = parts(made)
    make.PersonFactory()
    rows = backups.state()
    lost = content | {"rows/people_person.jsonl": b""}
    credits_only = told["members"] | {"rows/people_person.jsonl": members(x=b"")["x"]}
    narrow = told["tables"] | {"people_person": {"columns": ["id"], "rows": 1, "last_key": 1}}
    counted = told["tables"] | {"people_person": {**told["tables"]["people_person"], "rows": 0}}
    wrong = {
        "checksum at its end": made[:-1] + b"x",
        "the migration people.0099_new": forged(content, told | {"migrations": [["people", "0099_new"]]}),
        "the table people_person is different": forged(content, told | {"tables": narrow}),
        "but its manifest says": forged(lost, told | {"members": credits_only}),
        "The database refused": forged(lost, told | {"members": credits_only, "tables": counted}),
    }
    for message, data in wrong.items():
        (tmp_path / "wrong.zip").write_bytes(data)
        with pytest.raises(CommandError, match=message):
            call_command("restore", str(tmp_path / "wrong.zip"), "--replace", "--without-backup")
        assert backups.state() == rows, message
        assert backups.stored() == files


@pytest.mark.django_db(transaction=True)
def test_values_that_no_column_has_are_refused_in_one_sentence(tmp_path):
    backups.fill()
    made = backups.backup(tmp_path).read_bytes()
    rows = backups.state()
    content, told = parts(made)
    deep = "[" * 990 + "]" * 990
    for table, column, value in (
        *(("contests_contest", "published_at", value) for value in (5, "x", [], {}, "2026-02-31T10:00:00Z")),
        *(("record_source", "published_on", value) for value in (5, "x", "2026-02-31")),
        *(("record_tableimport", "content", value) for value in (5, "x", {})),
        *(("record_tableimport", "report", value) for value in (5, "x", "[1e999]", deep)),
        *(("people_person", "id", value) for value in (None, "x", 2**80)),
        *(("people_person", "name", value) for value in (None, [1], "\ud800")),
    ):
        name = f"rows/{table}.jsonl"
        first, *others = content[name].splitlines(keepends=True)
        changed = json.loads(first)
        changed[told["tables"][table]["columns"].index(column)] = value
        text = b"".join([json.dumps(changed).encode(), b"\n", *others])
        wrong = forged(content | {name: text}, told | {"members": told["members"] | {name: members(x=text)["x"]}})
        (tmp_path / "wrong.zip").write_bytes(wrong)
        with pytest.raises(CommandError, match="Nothing was changed") as refusal:
            call_command("restore", str(tmp_path / "wrong.zip"), "--replace", "--without-backup")
        assert table in str(refusal.value), (column, value)
        assert "\n" not in str(refusal.value), (column, value)
        assert backups.state() == rows, (column, value)


@pytest.mark.django_db(transaction=True)
def test_check_says_why_a_backup_cannot_be_restored(tmp_path):
    content, told = parts(backups.backup(tmp_path).read_bytes())
    no_row = {"rows/people_person.jsonl": b"[]\n"}
    changed = told["members"] | {"rows/people_person.jsonl": members(x=b"[]\n")["x"]}
    (tmp_path / "wrong.zip").write_bytes(forged(content | no_row, told | {"members": changed}))
    with pytest.raises(CommandError, match="restored: The backup has a line of people_person that is no row"):
        call_command("check_backup", str(tmp_path / "wrong.zip"))

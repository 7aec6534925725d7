"""Export, import, export: the same bytes, on every database."""

import hashlib
import json
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from jsonschema import Draft202012Validator
from PIL import Image

from contests import demo
from contests.demo.archive import ArchivePlan
from contests.demo.archive import make as make_archive
from contests.exchange import images
from contests.exchange.exporting import MANIFEST
from contests.exchange.schema import schema
from contests.models import Contest, Party, Quote, Recognition, Series, Submission, Work
from people.models import Person
from record.media.local import LocalMediaStorage
from record.models import FormerSlug, Source
from record.slug_lookup import keep_former_slug
from record.viewpoint import Viewpoint
from search.models import Entry
from tests import factories as make
from tests.contests.exchange import archives

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 3, 1, tzinfo=UTC)
#: What the members of the synthetic archive of two editions contain, as a checksum of their checksums. SQLite and
#: PostgreSQL must give the same. It changes when the synthetic archive or a model changes.
DIGEST = "b5a16c8e4ce54be3e8e581bedfb78f6c384b1e2cca1c6576db461326e90d0326"


def synthetic_archive():
    series = make_archive(ArchivePlan.of(today=TODAY, editions=2))
    for model in (Contest, Recognition):
        model.objects.update(approved_at=TODAY)
    return series


def jpeg(size=(40, 30), **options):
    file = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, "JPEG", **{"quality": 90, "progressive": True, **options})
    return file.getvalue()


def stored(entry):
    with entry.poster.storage.open(entry.poster.name) as file:
        return file.read()


def test_nextgen_comes_back_with_the_same_bytes_and_public(nextgen):
    contest = Contest.objects.get()
    before = archives.exported(contest)
    archives.empty()
    archives.imported(before)
    assert archives.exported(Contest.objects.get()) == before
    now = Viewpoint.now()
    assert Recognition.objects.public(now).count() == 3
    assert Quote.objects.public(now).count() == 14


def test_a_synthetic_archive_comes_back_with_the_same_bytes_from_every_database():
    before = archives.exported(synthetic_archive())
    archives.empty()
    archives.imported(before)
    assert archives.exported(Series.objects.get()) == before
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in archives.members(before).items()}
    del sums[MANIFEST]
    assert hashlib.sha256(json.dumps(sums, sort_keys=True).encode()).hexdigest() == DIGEST


def test_a_synthetic_contest_comes_back_with_the_same_bytes():
    contest = demo.make(demo.Plan.of(today=TODAY, submissions=20))
    before = archives.exported(contest, with_sealed=True)
    archives.empty()
    archives.imported(before)
    assert archives.exported(Contest.objects.get(), with_sealed=True) == before
    assert Party.objects.exists()


def test_the_rows_obey_the_schema_in_the_archive(nextgen):
    found = archives.members(archives.exported(Contest.objects.get()))
    told = json.loads(found["schema.json"])
    assert told == schema()
    Draft202012Validator.check_schema(told)
    Draft202012Validator(told).validate(json.loads(found[MANIFEST]))
    for name, definition in told["$defs"].items():
        validator = Draft202012Validator(definition)
        for line in found[f"data/{name}.jsonl"].splitlines():
            validator.validate(json.loads(line))


def test_an_archive_has_no_primary_keys_no_accounts_and_no_dates_of_the_export(nextgen):
    contest = Contest.objects.get()
    user = make.UserFactory(editor=True, email="who@example.org")
    Contest.objects.update(approved_by=user)
    Recognition.objects.update(approved_by=user)
    Person.objects.filter(pk=Person.objects.first().pk).update(user=user)
    first = archives.exported(contest)
    for content in archives.members(first).values():
        assert not any(word in content for word in (b"who@example.org", b'"id"', b'"user"'))
    assert archives.exported(contest) == first


def test_images_come_back_with_the_same_bytes_and_get_their_size(nextgen, django_capture_on_commit_callbacks):
    entry = Submission.objects.first()
    content = jpeg()
    entry.poster.save("a.jpg", ContentFile(content))
    Submission.objects.filter(pk=entry.pk).update(poster_alt="A shore", poster_focus_x=20)
    before = archives.exported(Contest.objects.get())
    archives.empty()
    archives.imported(before)
    again = Submission.objects.get(key=entry.key)
    assert stored(again) == content
    assert (again.poster.size_in_px, again.poster_alt, again.poster_focus_x) == ((40, 30), "A shore", 20)
    assert again.poster.name != entry.poster.name
    assert archives.exported(Contest.objects.get()) == before


def test_an_image_with_metadata_is_cleaned_as_an_upload_is(nextgen):
    entry = Submission.objects.first()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    entry.poster.save("a.jpg", ContentFile(jpeg(exif=exif)))
    before = archives.exported(Contest.objects.get())
    archives.empty()
    archives.imported(before)
    assert b"taken at home" in b"".join(archives.members(before).values())
    assert b"taken at home" not in stored(Submission.objects.get(key=entry.key))


@pytest.mark.parametrize("is_new", [True, False])
def test_images_are_decoded_and_stored_before_the_transaction(nextgen, monkeypatch, is_new):
    """On SQLite, the transaction of an import makes all editors wait."""
    entry = Submission.objects.first()
    entry.poster.save("a.jpg", ContentFile(jpeg()))
    before = archives.exported(Contest.objects.get())
    if is_new:
        archives.empty()
    else:
        Submission.objects.filter(pk=entry.pk).update(poster="", poster_width=None, poster_height=None)
    depths, outside = [], len(connection.atomic_blocks)

    def noting(name, original):
        def noted(*arguments, **options):
            depths.append((name, len(connection.atomic_blocks) - outside))
            return original(*arguments, **options)

        return noted

    for owner, name in ((LocalMediaStorage, "_save"), (images, "size_if_clean")):
        monkeypatch.setattr(owner, name, noting(name, getattr(owner, name)))
    archives.imported(before)
    assert depths == [("size_if_clean", 0), ("_save", 0)]
    assert stored(Submission.objects.get(key=entry.key))


def test_former_slugs_lead_to_their_rows_again(client, nextgen):
    work = Work.objects.first()
    keep_former_slug(work, "its-old-slug")
    before = archives.exported(Contest.objects.get())
    archives.empty()
    archives.imported(before)
    assert FormerSlug.objects.count() == 1
    assert client.get("/works/its-old-slug/").headers["Location"] == f"/works/{work.slug}/"
    assert archives.exported(Contest.objects.get()) == before


def test_a_contest_brings_the_line_of_its_awards_but_not_the_other_contests_of_its_series():
    line = make.AwardLineFactory()
    line.continues = make.AwardLineFactory(series=line.series)
    line.save()
    make.AwardLineFactory(series=line.series)
    contest = make.ContestFactory(series=line.series, published=True)
    make.AwardFactory(contest=contest, line=line)
    other = make.ContestFactory(series=line.series)
    told = archives.manifest(archives.exported(contest))["counts"]
    assert (told["awardline"], told["contest"], told["series"]) == (2, 1, 1)
    whole = archives.manifest(archives.exported(line.series))
    assert (whole["counts"]["awardline"], whole["counts"]["contest"], whole["kind"]) == (3, 2, "series")
    assert other.key in {row["key"] for row in archives.rows(archives.exported(line.series), "contest")}


def test_the_commands_write_and_read_a_file(tmp_path, nextgen):
    path = tmp_path / "n.zip"
    call_command("export_contest", "nextgen", output=str(path), stdout=StringIO())
    archives.empty()
    out = StringIO()
    call_command("import_archive", str(path), "--dry-run", stdout=out)
    assert "works: 3 new, 0 changed, 0 the same" in out.getvalue()
    assert not Work.objects.exists()
    call_command("import_archive", str(path), "--yes", stdout=out)
    assert "Imported n.zip" in out.getvalue()
    assert Contest.objects.get().slug == "nextgen"
    assert Entry.objects.exists()
    call_command("export_contest", "nextgen", output=str(tmp_path / "again.zip"), stdout=StringIO())
    assert path.read_bytes() == (tmp_path / "again.zip").read_bytes()


def test_the_import_command_asks(tmp_path, nextgen, monkeypatch):
    path = tmp_path / "n.zip"
    call_command("export_contest", "nextgen", output=str(path), stdout=StringIO())
    archives.empty()
    monkeypatch.setattr("builtins.input", lambda question: "n")
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_archive", str(path), stdout=StringIO())
    assert not Source.objects.exists()
    monkeypatch.setattr("builtins.input", lambda question: "y")
    call_command("import_archive", str(path), stdout=StringIO())
    assert Source.objects.exists()


@pytest.mark.parametrize("arguments", [["no-such"], ["nextgen", "--series"]])
def test_an_unknown_slug_is_an_error(nextgen, tmp_path, arguments):
    with pytest.raises(CommandError, match="There is no"):
        call_command("export_contest", *arguments, output=str(tmp_path / "x.zip"))
    assert not list(tmp_path.glob("*.zip"))

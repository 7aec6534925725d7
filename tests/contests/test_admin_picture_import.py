"""Posters and portraits of many rows: files, preview, confirmation. Nothing is written before the confirmation."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from contests.models import Submission
from people.models import Person
from record.admin import picture_import
from record.images import batches
from record.importing import picture_files
from record.models import TableImport
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded, upload

pytestmark = pytest.mark.django_db

RED, BLUE = (encoded("JPEG", Image.new("RGB", (60, 90), color), comment=b"Hidden Lane") for color in ("red", "blue"))
UPLOAD = reverse("admin:contests_submission_import_pictures")


@pytest.fixture
def contest():
    return make.ContestFactory()


@pytest.fixture
def street(contest):
    return make.SubmissionFactory(contest=contest, title="Specimen Street", tracking_number="SP0001")


@pytest.fixture
def lane(contest):
    return make.SubmissionFactory(contest=contest, title="Sample Lane", tracking_number="SP0002")


@pytest.fixture
def bring(desk, contest):
    """Bring files, and return the URL of the preview."""

    def brought(*files, **data):
        posted = {"contest": contest.pk, "files": [upload(content, name) for name, content in files], **data}
        response = desk.post(UPLOAD, posted)
        return response.url if response.status_code == 302 else response

    return brought


def entered(response, **changes):
    """Return what a browser would send for the preview in `response`, with `changes`, after a click on “Import”."""
    page = response.content.decode()
    found = dict(re.findall(r'<input type="(?:hidden|text)" name="([^"]+)"[^>]* value="([^"]*)"', page))
    return {**found, "name": "May", "apply": "1", **changes}


def told(response):
    """Return {file name: (state, row, errors)}."""
    return {line.file.name: (line.state, line.row, line.errors) for line in response.context["lines"]}


def media(settings):
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def packed(*files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()


def test_posters_come_in_clean_with_credit_and_reason(
    bring, desk, street, lane, settings, django_capture_on_commit_callbacks
):
    address = bring(
        ("SP0001 - any.jpg", RED), ("posters.zip", packed(("x/sample lane_poster.png", BLUE), ("notes.txt", b"Hi")))
    )
    page = desk.get(address)
    assert told(page) == {"SP0001 - any.jpg": ("new", street, []), "sample lane_poster.png": ("new", lane, [])}
    assert [(file.name, "not a picture" in file.problem) for file in page.context["problems"]] == [("notes.txt", True)]
    assert not Submission.objects.exclude(poster="").exists()
    before = media(settings)

    data = entered(page, credit="Studio", licence="cc-by-4.0")
    alt = next(line.file.id for line in page.context["lines"] if line.row == street)
    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(address, data | {f"alt-{alt}": "A street at night"})
    assert response.url == f"{admin_pages.page(Submission, 'changelist')}?contest__id__exact={street.contest_id}"
    street.refresh_from_db()
    lane.refresh_from_db()
    assert (street.poster.credit, street.poster.licence, street.poster.alt) == (
        "Studio",
        "cc-by-4.0",
        "A street at night",
    )
    assert (street.poster.size_in_px, lane.poster.alt, lane.poster.credit) == ((60, 90), "", "Studio")
    with street.poster.open() as file:
        assert b"Hidden Lane" not in file.read()
    with default_storage.open(street.poster.original) as file:
        assert file.read() == RED
    assert [entry.history_change_reason for entry in street.history.order_by("history_id")][-1] == "Posters: May"
    assert street.history.latest().history_user == response.wsgi_request.user
    assert default_storage.exists(f"{street.poster.name}.60.avif")
    assert not {path for path in media(settings) - before if "kept" in path.parts}
    assert not any("kept" in path.parts and street.poster.name in str(path) for path in media(settings))
    assert desk.get(address).status_code == 302  # the kept files are gone


def test_replaced_poster_is_shown_then_deleted_and_the_same_one_is_found(
    bring, desk, street, django_capture_on_commit_callbacks
):
    def write(content):
        address = bring(("SP0001.jpg", content))
        page = desk.get(address)
        with django_capture_on_commit_callbacks(execute=True):
            desk.post(address, entered(page))
        street.refresh_from_db()
        return page

    write(RED)
    first = street.poster.name
    assert told(write(RED))["SP0001.jpg"][0] == "same"
    assert street.poster.name == first
    page = write(BLUE)
    assert told(page)["SP0001.jpg"][0] == "replaces"
    assert f'src="{default_storage.url(first)}"' in page.content.decode()
    assert street.poster.name != first
    assert not default_storage.exists(first)
    assert street.history.count() == 3


def test_poster_of_another_editor_is_not_overwritten(bring, desk, street):
    address = bring(("SP0001.jpg", RED))
    page = desk.get(address)
    Submission.objects.update(poster="posters/newer.jpg")
    again = desk.post(address, entered(page))
    street.refresh_from_db()
    assert street.poster.name == "posters/newer.jpg"
    assert "something is different from the preview" in again.content.decode()
    assert told(again)["SP0001.jpg"][0] == "replaces"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_all_rows_change_or_none(bring, desk, street, lane, settings, monkeypatch, error):
    address = bring(("SP0001.jpg", RED), ("SP0002.jpg", BLUE))
    page = desk.get(address)
    before = media(settings)
    save = Submission.save

    def failing(row, *args, **kwargs):
        if row.pk == lane.pk:
            raise error
        save(row, *args, **kwargs)

    monkeypatch.setattr(Submission, "save", failing)
    with pytest.raises(error):
        desk.post(address, entered(page))
    assert not Submission.objects.exclude(poster="").exists()
    assert media(settings) == before


def test_killed_import_can_be_repeated_and_leaves_only_strays(bring, desk, street, settings, monkeypatch):
    address = bring(("SP0001.jpg", RED))
    page = desk.get(address)
    before = media(settings)
    with monkeypatch.context() as killed:
        killed.setattr("record.images.unused_files.Picture.remove", lambda picture: None)  # as if nothing more ran
        killed.setattr(Submission, "save", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.post(address, entered(page))
    strays = media(settings) - before
    assert len(strays) == 2  # the image and its original
    desk.post(address, entered(page))
    assert Submission.objects.exclude(poster="").count() == 1
    monkeypatch.setattr("record.management.commands.stray_images.YOUNG", timedelta(0))
    call_command("stray_images", "--remove")
    assert not strays & media(settings)


def test_files_are_stored_before_the_transaction(bring, desk, street, monkeypatch):
    order = []
    store = batches.Batch.cleaned
    monkeypatch.setattr(batches.Batch, "cleaned", lambda *args: order.append("file") or store(*args))
    monkeypatch.setattr("record.admin.picture_plans.keep_first_version", lambda *args: order.append("rows"))
    address = bring(("SP0001.jpg", RED))
    desk.post(address, entered(desk.get(address)))
    assert order == ["file", "rows"]


def test_editor_chooses_leaves_out_and_decides_between_two(bring, desk, street, lane):
    address = bring(("SP0001.jpg", RED), ("SP0001_v2.jpg", BLUE), ("unknown.jpg", BLUE))
    page = desk.get(address)
    files = {line.file.name: line.file.id for line in page.context["lines"]}
    assert told(page)["unknown.jpg"][0] == "unmatched"
    assert all("Leave out all but one" in told(page)[name][2][0] for name in ("SP0001.jpg", "SP0001_v2.jpg"))
    assert "Import all" not in page.content.decode()
    refused = desk.post(address, entered(page))
    assert not Submission.objects.exclude(poster="").exists()

    chosen = {f"leave-{files['SP0001.jpg']}": "on", f"row-{files['unknown.jpg']}": "Sample Lane"}
    shown = desk.post(address, entered(refused, **chosen))
    assert {name: state[:2] for name, state in told(shown).items()} == {
        "SP0001.jpg": ("left-out", street),
        "SP0001_v2.jpg": ("new", street),
        "unknown.jpg": ("new", lane),
    }
    assert not Submission.objects.exclude(poster="").exists()  # this was not in the preview that the editor saw
    desk.post(address, entered(shown, **chosen))
    assert Submission.objects.exclude(poster="").count() == 2
    wrong = desk.post(address, entered(shown, **{f"row-{files['unknown.jpg']}": "Nowhere"}))
    assert "Nothing has this slug" in told(wrong)["unknown.jpg"][2][0]


def test_two_entries_of_one_title_are_told_apart_by_their_numbers(bring, desk, street, contest):
    other = make.SubmissionFactory(contest=contest, title=street.title, slug="other", tracking_number="SP0002")
    shown = desk.get(bring(("Specimen Street.jpg", RED), ("Nowhere.jpg", BLUE))).content.decode()
    for entry in (street, other):
        assert f"{admin_pages.page(entry)}" in shown
        assert f"({entry.tracking_number}, {entry.slug})" in shown
    assert "Nothing has this slug or name." in shown


def test_entries_of_other_contests_get_nothing(bring, desk, street):
    make.SubmissionFactory(title="Elsewhere", tracking_number="X1")
    assert told(desk.get(bring(("X1.jpg", RED))))["X1.jpg"][:2] == ("unmatched", None)


def test_only_who_may_change_entries_may_import_and_each_sees_own_files(client, bring, contest, street):
    address = bring(("SP0001.jpg", RED))
    client.force_login(admin_pages.account_that_may("view_submission", "change_person", "change_contest"))
    for method in (client.get, client.post):
        assert method(UPLOAD).status_code == method(address).status_code == 403
    assert "Import posters" not in client.get(admin_pages.page(contest)).content.decode()
    client.force_login(make.UserFactory(editor=True))
    assert client.get(address).status_code == 302
    assert f"{UPLOAD}?contest={contest.pk}" in client.get(admin_pages.page(contest)).content.decode()
    assert UPLOAD in client.get(admin_pages.page(Submission, "changelist")).content.decode()


def test_limits_are_told_at_the_file(bring, desk, contest, street, lane, monkeypatch):
    monkeypatch.setattr(picture_import, "MOST_FILES", 1)
    page = desk.get(bring(("SP0001.jpg", RED), ("SP0002.jpg", BLUE), ("empty.jpg", b"")))
    assert list(told(page)) == ["SP0001.jpg"]
    assert "More than 1 pictures" in page.context["problems"][0].problem
    monkeypatch.setattr(picture_files, "MOST_BYTES", 100)
    refused = bring(("SP0001.jpg", RED))
    assert "in several imports" in refused.content.decode()


def test_script_brings_files_in_several_requests(bring, desk, contest, street, lane):
    first = bring(("SP0001.jpg", RED), script="1").json()
    second = bring(("SP0002.jpg", BLUE), script="1", batch=first["batch"]).json()
    assert second == first
    assert len(told(desk.get(first["url"]))) == 2
    # A batch of another contest is not taken.
    other = desk.post(
        UPLOAD,
        {
            "contest": make.ContestFactory().pk,
            "files": upload(RED, "a.jpg"),
            "script": "1",
            "batch": first["batch"],
        },
    )
    assert other.json()["batch"] != first["batch"]
    assert desk.post(UPLOAD, {"contest": contest.pk, "script": "1"}).json()["problems"]


def test_uploads_go_to_temporary_files_and_are_checked_against_forgery(contest, desk, monkeypatch):
    seen = []
    monkeypatch.setattr(picture_import, "brought", lambda uploads: seen.extend(uploads) or [])
    data = {"contest": contest.pk, "files": upload(RED, "a.jpg")}
    desk.post(UPLOAD, data)
    assert [type(file) for file in seen] == [TemporaryUploadedFile]
    desk.handler.enforce_csrf_checks = True
    assert desk.post(UPLOAD, data | {"files": upload(RED, "a.jpg")}).status_code == 403


def test_few_imports_of_an_account_wait(bring, desk, street):
    addresses = [bring(("SP0001.jpg", RED)) for _ in range(batches.MOST_WAITING + 1)]
    codes = [desk.get(address).status_code for address in addresses]
    assert codes == [302, *[200] * batches.MOST_WAITING]


def test_lost_files_change_nothing(bring, desk, street, lane, settings):
    address = bring(("SP0001.jpg", RED), ("SP0002.jpg", BLUE))
    page = desk.get(address)
    next((Path(settings.MEDIA_ROOT) / "kept").rglob("*-original")).unlink()
    before = media(settings)
    assert desk.post(address, entered(page)).url == reverse("admin:contests_submission_import_pictures")
    assert not Submission.objects.exclude(poster="").exists()
    assert media(settings) == before


def test_portraits_find_people(desk, django_assert_max_num_queries):
    lee, jo = make.PersonFactory(name="Lee Hwan-kyung"), make.PersonFactory(name="Jo Doe")
    other = make.PersonFactory(name="Jo Doe", slug="jo-doe-2")
    upload_page = reverse("admin:people_person_import_pictures")
    files = [
        ("Hwan-kyung Lee.jpg", RED),
        (f"{other.key}.jpg", BLUE),
        ("Jo Doe portrait.jpg", RED),
        *[(f"No-{number}.jpg", RED) for number in range(5)],
    ]
    address = desk.post(upload_page, {"files": [upload(content, name) for name, content in files]}).url
    with django_assert_max_num_queries(12):
        page = desk.get(address)
    states = told(page)
    assert states["Hwan-kyung Lee.jpg"][:2] == ("new", lee)
    assert states[f"{other.key}.jpg"][:2] == ("new", other)
    assert states["Jo Doe portrait.jpg"][:2] == ("unmatched", None)
    assert f"Jo Doe ({other.slug})" in page.content.decode()
    ambiguous = next(line.file.id for line in page.context["lines"] if line.file.name == "Jo Doe portrait.jpg")
    chosen = {f"row-{ambiguous}": jo.slug}
    shown = desk.post(address, entered(page, **chosen))
    desk.post(address, entered(shown, **chosen))
    assert Person.objects.exclude(portrait="").count() == 3
    assert lee.history.latest().history_change_reason == "Portraits: May"


def test_import_is_in_the_list_of_imports_and_leads_to_pictures_without_alternative_text(bring, desk, street, lane):
    address = bring(("Specimen Street.jpg", RED), ("sample-lane.jpg", BLUE), ("SP0009.jpg", RED))
    page = desk.get(address)
    assert {str(line.found_by) for line in page.context["lines"] if line.row} == {"by title", "by slug"}
    response = desk.post(address, entered(page), follow=True)
    asked = f"?contest__id__exact={street.contest_id}&amp;needs=alt"
    assert asked in response.content.decode()
    listed = desk.get(f"{admin_pages.page(Submission, 'changelist')}{asked.replace('&amp;', '&')}")
    assert listed.context["cl"].result_count == 2
    stored = TableImport.objects.get()
    assert (stored.name, stored.kind, stored.options["counts"]) == ("May", "pictures", {"new": 0, "changed": 2})
    result = desk.get(admin_pages.page(stored)).content.decode()
    assert (f"Pictures: {stored.file_name}" in result, stored.file_name[-3:], "/undo/" in result) == (
        True,
        ", …",
        False,
    )
    assert desk.get(f"{admin_pages.page(TableImport, 'changelist')}?kind=pictures").context["cl"].result_count == 1

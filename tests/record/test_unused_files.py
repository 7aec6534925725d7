"""Image files: uploaded originals stay private, and files to which no row refers are deleted."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from PIL import Image

from contests.admin.contest import ContestAdmin
from contests.models import Contest, Submission
from people.models import Person
from record.images import originals, unused_files
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded, upload

pytestmark = pytest.mark.django_db

RED, BLUE = (encoded("PNG", Image.new("RGB", (60, 40), colour)) for colour in ("red", "blue"))
KINDS = ["portrait", "poster", "hero"]


def row_with(kind):
    if kind == "portrait":
        return make.PersonFactory(slug="ann")
    contest = make.ContestFactory(revealed=True, slug="prize")
    return contest if kind == "hero" else make.SubmissionFactory(contest=contest, slug="film")


def refresh(row):
    return type(row).objects.get(pk=row.pk)


def stored(settings):
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def referred_to(*rows):
    """Return the image files of `rows`. All images must be 60 px wide."""
    names = set()
    for picture in (picture for row in rows for picture in unused_files.pictures_of([refresh(row)])):
        names |= {picture.name, f"{picture.name}.60.avif", f"{picture.name}.60.webp"}
        names |= {picture.original} if picture.original else set()
    return names


@pytest.fixture
def with_picture(save):
    """Return a function that creates a row of any kind with an uploaded image."""

    def made(kind, content=RED):
        row = row_with(kind)
        admin_pages.saved(save(row, **{kind: upload(content, "secret winner.png")}))
        return refresh(row)

    return made


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_uploaded_is_kept_byte_for_byte_under_a_name_of_its_own(with_picture, settings, kind):
    row = with_picture(kind, encoded("JPEG", comment=b"Hidden Lane"))
    image = getattr(row, kind)
    assert stored(settings) == referred_to(row)
    kept = Path(settings.MEDIA_ROOT) / image.original
    assert kept.read_bytes() == encoded("JPEG", comment=b"Hidden Lane")
    assert (kept.parent.name, kept.suffix, len(kept.stem)) == (image.field.folder, ".jpg", 32)
    assert kept.stem not in image.name
    assert b"Hidden Lane" not in (Path(settings.MEDIA_ROOT) / image.name).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_editor_downloads_what_was_uploaded_as_a_file(with_picture, desk, kind):
    row = with_picture(kind)
    address = admin_pages.page(row).replace("change/", f"original/{kind}/")
    assert f'href="{address}"' in desk.get(admin_pages.page(row)).content.decode()
    response = desk.get(address)
    assert b"".join(response.streaming_content) == RED
    assert response.headers["Content-Disposition"] == f'attachment; filename="{row.slug}-{kind}.png"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    assert desk.post(address).status_code == 405


def test_whoever_may_not_see_the_row_gets_nothing(with_picture, client):
    address = admin_pages.page(with_picture("poster")).replace("change/", "original/poster/")
    client.logout()
    assert client.get(address).status_code == 302
    client.force_login(make.UserFactory(is_staff=True))
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    client.force_login(make.UserFactory())
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("what", ["title", "poster_alt", "hero", "nothing"])
def test_nothing_but_an_image_has_an_original(with_picture, desk, what):
    address = admin_pages.page(with_picture("poster")).replace("change/", f"original/{what}/")
    assert desk.get(address).status_code == 404


def test_a_picture_that_came_in_another_way_has_no_original(desk, settings):
    row = make.PersonFactory()
    row.portrait.save("face.png", upload(RED))
    address = admin_pages.page(row).replace("change/", "original/portrait/")
    assert address not in desk.get(admin_pages.page(row)).content.decode()
    assert desk.get(address).status_code == 404
    assert desk.get(address.replace(str(row.pk), "0")).status_code == 404


def test_an_original_that_is_lost_is_not_found(with_picture, desk, settings):
    row = with_picture("portrait")
    (Path(settings.MEDIA_ROOT) / row.portrait.original).unlink()
    assert desk.get(admin_pages.page(row).replace("change/", "original/portrait/")).status_code == 404


@pytest.mark.parametrize("by", ["visitor", "editor"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_address_under_media_leads_to_it(with_picture, client, kind, by):
    row = with_picture(kind)
    image = getattr(row, kind)
    if by == "visitor":
        client.logout()
        make.CreditFactory(person=row if kind == "portrait" else make.PersonFactory(), submission=public_film())
    assert client.get(image.url).status_code == 200
    folder, original = image.field.folder, image.original
    ways = [
        original,
        f"{folder}/../{original}",
        f"{folder}/./../{original}",
        f"{folder}//../{original}",
        f"{folder}/%2e%2e/{original}",
        f"{folder}/..%2f{original}",
        f"{folder}/..\\{original}",
        f"{folder}/%252e%252e/{original}",
        f"{image.name}/../../{original}",
        f"/{original}",
        f"./{original}",
        f"{original}.60.avif",
        f"{folder}/../{original}.60.webp",
        f"{original.upper()}",
        f"{folder}/{original.rpartition('/')[2]}",
        f"{original}%00.png",
    ]
    assert {way: client.get(f"/media/{way}").status_code for way in ways} == dict.fromkeys(ways, 404)


def public_film():
    return make.SubmissionFactory(contest=make.ContestFactory(revealed=True))


def test_public_page_and_api_do_not_name_it(with_picture, client):
    row = with_picture("poster")
    client.logout()
    token = row.poster.original.rpartition("/")[2].partition(".")[0]
    pages = [client.get(page).content.decode() for page in (row.get_absolute_url(), f"/api/v1/submissions/{row.key}")]
    assert [(row.poster.name in page, token in page) for page in pages] == [(True, False)] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_replacing_leaves_nothing_of_the_old_one(with_picture, save, settings, kind):
    row = with_picture(kind)
    before = stored(settings)
    admin_pages.saved(save(row, **{kind: upload(BLUE)}))
    assert stored(settings) == referred_to(row)
    assert stored(settings) & before == set()
    assert len(stored(settings)) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_clearing_leaves_nothing(with_picture, save, settings, kind):
    row = with_picture(kind)
    admin_pages.saved(save(row, **{f"{kind}-clear": "on"}))
    assert stored(settings) == set()
    row, image = refresh(row), getattr(refresh(row), kind)
    assert (image.name, image.original, image.size_in_px) == ("", "", (None, None))


@pytest.mark.parametrize("kind", KINDS)
def test_saving_without_a_new_one_keeps_all(with_picture, save, settings, kind):
    row = with_picture(kind)
    before = stored(settings)
    admin_pages.saved(save(row, **{f"{kind}_credit": "Photo: Ann"}))
    assert stored(settings) == before == referred_to(row)


@pytest.mark.parametrize("kind", KINDS)
def test_deleting_the_row_leaves_nothing(with_picture, desk, settings, kind, django_capture_on_commit_callbacks):
    row = with_picture(kind)
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(admin_pages.page(row, "delete"), {"post": "yes", "reason": "Wrong"}).status_code == 302
    assert not type(row).objects.filter(pk=row.pk).exists()
    assert stored(settings) == set()


def test_deleting_several_rows_leaves_the_files_of_the_others(save, desk, settings, django_capture_on_commit_callbacks):
    rows = make.PersonFactory.create_batch(3)
    for row in rows:
        admin_pages.saved(save(row, portrait=upload(RED)))
    assert len(stored(settings)) == 12
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(
            admin_pages.page(Person, "changelist"),
            {
                "action": "delete_selected",
                "_selected_action": [rows[0].pk, rows[1].pk],
                "post": "yes",
                "reason": "Wrong",
            },
        )
    assert list(Person.objects.all()) == [rows[2]]
    assert stored(settings) == referred_to(rows[2])


def test_a_file_that_two_rows_share_stays_with_the_other(with_picture, save, settings):
    row = with_picture("portrait")
    columns = unused_files.columns_of(Person._meta.get_field("portrait"))
    other = make.PersonFactory(**{column: getattr(row, column) for column in columns})
    admin_pages.saved(save(row, portrait__clear="on", **{"portrait-clear": "on"}))
    assert stored(settings) == referred_to(other)
    assert len(stored(settings)) == 4


def test_what_is_held_for_another_day_stays(with_picture, save, settings, monkeypatch):
    row = with_picture("portrait")
    names = {row.portrait.name, row.portrait.original}
    monkeypatch.setattr(unused_files, "_holders", [])
    unused_files.hold(lambda name: name in names)
    before = stored(settings)
    admin_pages.saved(save(row, **{"portrait-clear": "on"}))
    assert stored(settings) == before
    assert list(unused_files.strays(timezone.now() + timedelta(hours=1))) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", ["replace", "clear"])
def test_a_save_that_fails_leaves_nothing_and_loses_nothing(with_picture, save, settings, monkeypatch, kind, change):
    row = with_picture(kind)
    before = stored(settings)

    def fail(*args, **kwargs):
        raise RuntimeError("after the row was written")

    monkeypatch.setattr("record.admin.base.RecordAdmin.log_change", fail)
    changes = {kind: upload(BLUE)} if change == "replace" else {f"{kind}-clear": "on"}
    with pytest.raises(RuntimeError, match="after the row was written"):
        save(row, **changes)
    assert stored(settings) == before == referred_to(row)


def test_a_deletion_that_fails_loses_nothing(with_picture, desk, settings, monkeypatch):
    row = with_picture("portrait")
    before = stored(settings)

    def fail(*args, **kwargs):
        raise RuntimeError("too late")

    monkeypatch.setattr("record.admin.base.RecordAdmin.response_delete", fail)
    with pytest.raises(RuntimeError, match="too late"):
        desk.post(admin_pages.page(row, "delete"), {"post": "yes", "reason": "Wrong"})
    assert stored(settings) == before == referred_to(row)


def test_a_rolled_back_change_elsewhere_loses_nothing(with_picture, settings):
    row = with_picture("portrait")
    before = stored(settings)

    @transaction.atomic
    def change():
        unused_files.release(unused_files.pictures_of([row]))
        refresh(row).delete()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert stored(settings) == before == referred_to(row)


KEPT = (
    "The portrait of the old version was not kept. The current image stays, with its alternative text, credit and "
    "licence."
)


def test_an_old_version_is_put_back_with_the_present_picture(with_picture, save, desk, settings):
    row = with_picture("portrait")
    admin_pages.saved(save(row, name="Ann Two", portrait_alt="Blue", portrait_focus_x=10, portrait=upload(BLUE)))
    present = refresh(row)
    before = stored(settings)
    address = admin_pages.version_page(row, 1)
    response = desk.get(address)
    assert KEPT in [str(message) for message in response.context["messages"]]
    assert present.portrait.url in response.content.decode()
    assert save(row, address, name="Ann").status_code == 302
    after = refresh(row)
    columns = unused_files.columns_of(Person._meta.get_field("portrait"))
    assert after.name == "Ann"
    assert [getattr(after, column) for column in columns] == [getattr(present, column) for column in columns]
    assert stored(settings) == before == referred_to(row)


def test_an_old_version_with_the_same_picture_brings_its_words_back(with_picture, save, desk, settings):
    row = with_picture("portrait")
    admin_pages.saved(save(row, portrait_alt="Wrong", portrait_focus_x=10))
    response = desk.get(admin_pages.version_page(row, 1))
    assert KEPT not in [str(message) for message in response.context["messages"]]
    assert save(row, admin_pages.version_page(row, 1)).status_code == 302
    after = refresh(row)
    assert (after.portrait_alt, after.portrait_focus_x, after.portrait.name) == ("", 50, row.portrait.name)
    assert stored(settings) == referred_to(row)


def test_an_old_version_with_a_picture_does_not_bring_it_back_once_it_was_cleared(with_picture, save, settings):
    row = with_picture("portrait")
    admin_pages.saved(save(row, **{"portrait-clear": "on"}))
    assert save(row, admin_pages.version_page(row, 1)).status_code == 302
    assert (refresh(row).portrait.name, refresh(row).portrait_width) == ("", None)
    assert stored(settings) == set()


def test_a_new_picture_on_the_page_of_an_old_version_is_taken(with_picture, save, settings):
    row = with_picture("portrait")
    admin_pages.saved(save(row, portrait=upload(BLUE)))
    big = encoded("PNG", Image.new("RGB", (30, 90)))
    assert save(row, admin_pages.version_page(row, 1), portrait=upload(big)).status_code == 302
    assert refresh(row).portrait.size_in_px == (30, 90)
    assert {name.replace(".30.", ".60.") for name in stored(settings)} == referred_to(row)


def test_command_finds_the_files_that_nothing_refers_to(with_picture, settings, capsys, monkeypatch):
    row = with_picture("poster")
    wanted = stored(settings)
    call_command("stray_images")
    assert capsys.readouterr() == ("", "Found 0 stray files\n")
    strays = ["heroes/lost.jpg", "originals/portraits/lost.png", "posters/lost.jpg", "posters/lost.jpg.480.avif"]
    for name in strays:
        path = Path(settings.MEDIA_ROOT) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    call_command("stray_images", remove=True)
    assert capsys.readouterr() == ("", "Removed 0 stray files\n"), "they may get their rows yet"
    monkeypatch.setattr("record.management.commands.stray_images.YOUNG", timedelta(hours=-1))
    call_command("stray_images")
    said = capsys.readouterr()
    assert (sorted(said.out.split()), said.err) == (strays, "Found 4 stray files\n")
    call_command("stray_images", remove=True)
    assert stored(settings) == wanted == referred_to(row)


def test_every_image_of_the_record_has_its_columns_and_its_pages():
    fields = {field.name: field.model for field in unused_files.image_fields()}
    assert fields == {"portrait": Person, "poster": Submission, "hero": Contest}
    for field in unused_files.image_fields():
        beside = ["alt", "credit", "focus_x", "focus_y", "height", "licence", "original", "width"]
        assert unused_files.columns_of(field) == [field.name, *(f"{field.name}_{what}" for what in beside)]
        assert originals.folder_of(field.folder) == f"originals/{field.folder}"
    assert "original_view" in dir(ContestAdmin)

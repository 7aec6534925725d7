"""In production, a page loads one bundle of styles instead of many files, and nothing is lost on the way."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template import Context, Template
from django.test import override_settings

from portal.style_bundles import BUNDLES, bundle_path, sheets
from tests import factories as make
from tests.browser.pages import EMBEDS, NOT_FOUND, PAGES, STYLE_GUIDE

pytestmark = pytest.mark.one_database

STATIC, TEMPLATES = Path(settings.BASE_DIR) / "static", Path(settings.BASE_DIR) / "templates"
#: The files that single pages link in addition to their bundle.
SINGLE = {"api", "style_guide", "history", "picture_import", "admin_imports", "admin_merge", "images"}


def collect(folder: Path) -> None:
    """Collect static files as in production, except some that no page here has. Compress only style sheets."""
    with override_settings(**in_production(folder), WHITENOISE_SKIP_COMPRESS_EXTENSIONS=["js", "svg", "gif", "txt"]):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["flags", "i18n"])


def in_production(folder: Path) -> dict[str, object]:
    bundling = {**settings.STORAGES["staticfiles"], "BACKEND": "portal.style_bundles.BundlingStorage"}
    return {"STORAGES": {**settings.STORAGES, "staticfiles": bundling}, "STATIC_ROOT": folder}


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    collect(folder)
    return folder


@pytest.fixture
def production(collected):
    """Serve pages with the static files of production. Return the folder of these files."""
    with override_settings(**in_production(collected)):
        yield collected


def linked(response) -> list[str]:
    return re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', response.content.decode())


def hashed(folder: Path, path: str) -> str:
    """Return the content of the file with a hashed name that is served for `path`."""
    return (folder / staticfiles_storage.stored_name(path)).read_text()


@pytest.mark.django_db
def test_a_public_page_loads_two_style_sheets_at_most(client, nextgen, production):
    addresses = {**PAGES, **EMBEDS, "style guide": STYLE_GUIDE, "not found": NOT_FOUND}
    loaded = {name: linked(client.get(address, follow=True)) for name, address in addresses.items()}
    assert {name: found for name, found in loaded.items() if not 1 <= len(found) <= 2} == {}
    assert {name for name, found in loaded.items() if len(found) == 2} == {"API", "style guide"}
    assert [path for found in loaded.values() for path in found if not (production / path).is_file()] == []
    assert staticfiles_storage.stored_name(bundle_path("public")) in loaded["home"]
    assert staticfiles_storage.stored_name(bundle_path("embed")) in loaded["quote to embed"]
    assert staticfiles_storage.stored_name(bundle_path("account")) in loaded["sign-in"]


@pytest.mark.django_db
def test_the_admin_adds_one_bundle_to_django_s_own_style_sheets(desk, production):
    contest = make.ContestFactory(approved_future=True)
    for address in ("/admin/", "/admin/people/person/"):
        own = [path for path in linked(desk.get(address)) if not path.startswith("admin/")]
        assert own == [staticfiles_storage.stored_name(bundle_path("admin"))]
    stage = linked(desk.get(f"/admin/contests/contest/{contest.pk}/ceremony/"))
    assert stage == [staticfiles_storage.stored_name(bundle_path("ceremony"))]


@pytest.mark.parametrize("kind", BUNDLES)
def test_a_bundle_has_each_file_in_order(production, kind):
    files = [hashed(production, f"css/{name}.css") for name in BUNDLES[kind]]
    assert hashed(production, bundle_path(kind)) == "".join(files)
    # WhiteNoise serves the compressed file beside it.
    assert (production / f"{staticfiles_storage.stored_name(bundle_path(kind))}.br").is_file()


@pytest.mark.parametrize("kind", BUNDLES)
def test_each_url_in_a_bundle_leads_to_a_file(production, kind):
    urls = re.findall(r"""url\(["']?([^"')]+)""", hashed(production, bundle_path(kind)))
    assert len(urls) >= 9  # The fonts.
    assert [url for url in urls if not (production / "css" / url).is_file()] == []


def test_collecting_twice_gives_the_same_bundles(production):
    names = [staticfiles_storage.stored_name(bundle_path(kind)) for kind in BUNDLES]
    collect(production)
    assert [staticfiles_storage.stored_name(bundle_path(kind)) for kind in BUNDLES] == names
    # Each bundle has only its plain and its hashed name.
    assert len(list((production / "css").glob("bundle_*.css"))) == 2 * len(BUNDLES)


def test_outside_production_a_page_loads_the_plain_files():
    assert sheets("embed") == ["css/fonts.css", "css/tokens.css", "css/embeds.css", "css/focus.css"]
    assert Template('{% styles "embed" %}').render(Context()).count('<link rel="stylesheet" href="/static/css/') == 4


def test_an_unknown_kind_fails_and_names_the_known_ones():
    with pytest.raises(LookupError, match=r"no bundle of styles 'publc'\. .* public, account"):
        Template('{% styles "publc" %}').render(Context())


def test_each_kind_is_that_of_a_page_and_each_page_has_a_known_kind():
    named = [
        kind for path in TEMPLATES.rglob("*.html") for kind in re.findall(r'{% styles "(\w+)" %}', path.read_text())
    ]
    assert sorted(named) == sorted(BUNDLES)


def test_each_style_sheet_is_in_a_bundle_or_linked_by_name():
    bundled = {name for names in BUNDLES.values() for name in names}
    assert {path.stem for path in (STATIC / "css").glob("*.css")} - bundled == SINGLE
    assert bundled.isdisjoint(SINGLE)
    assert [kind for kind, names in BUNDLES.items() if len(names) != len(set(names))] == []


def test_no_style_sheet_has_what_would_be_wrong_in_the_middle_of_a_bundle():
    """Browsers ignore these rules after other rules. An open block would swallow the next file."""
    bundled = {name: (STATIC / f"css/{name}.css").read_text() for names in BUNDLES.values() for name in names}
    assert [name for name, text in bundled.items() if re.search(r"@(import|charset|namespace)\b", text)] == []
    rules = {name: re.sub(r'/\*.*?\*/|"[^"\n]*"', "", text, flags=re.DOTALL) for name, text in bundled.items()}
    assert [name for name, text in rules.items() if text.count("{") != text.count("}") or "/*" in text] == []

"""`manage.py export_site` writes a copy of the public site that works without a server."""

import hashlib
import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from unittest import mock
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from contests.models import Contest, Submission, Work
from portal.static_copy import crawl
from portal.static_copy.addresses import Address
from portal.static_copy.visitor import Visitor
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.fixture_rows import bring_in
from tests.public_pages import text_of
from tests.reveal_rows import hidden_result, store

pytestmark = pytest.mark.one_database

#: One language beside English is enough to test links between languages.
LANGUAGES = ["en", "pl"]
#: Cards are drawn slowly, and tested elsewhere.
CARD = b"\x89PNG the card"


def export(output, *slug, **options):
    """Export to the folder `output` and return what the command said."""
    said = StringIO()
    with mock.patch("publishing.cards.png", return_value=CARD):
        call_command("export_site", *slug, output=str(output), stdout=said, **{"languages": LANGUAGES} | options)
    return said.getvalue()


def counts(said):
    """Return the numbers of files that were written, unchanged and removed."""
    return tuple(map(int, re.search(r"(\S+) files written, (\S+) unchanged, (\S+) removed", said).groups()))


def files(folder):
    """Return the files of a copy by name: (content, time of the last change)."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


class Page(HTMLParser):
    """Reads the links of a page, the files that it shows, and its elements."""

    def __init__(self, text):
        super().__init__()
        self.links, self.shown, self.elements = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.elements.append((tag, values))
        if "href" in values and not (tag == "use" and values["href"].startswith("#")):
            self.links.append(values["href"])
        self.shown += [values[name] for name in ("src", "poster", "data", "action") if values.get(name)]
        self.shown += [candidate.split()[0] for candidate in values.get("srcset", "").split(",") if candidate.strip()]

    def all(self, tag, **attributes):
        return [
            values
            for name, values in self.elements
            if name == tag and all(values.get(key) == value for key, value in attributes.items())
        ]


def page(folder, name):
    return Page((folder / name).read_text())


def broken(folder):
    """Return the links of all pages and style sheets that lead to no file of the copy, with the file that has them."""
    found = []
    for path in folder.rglob("*"):
        if path.suffix == ".html":
            read = Page(path.read_text())
            urls = read.links + read.shown
        elif path.suffix == ".css":
            urls = re.findall(r"""url\(["']?([^"')]+)""", path.read_text())
        else:
            continue
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme or url.startswith("#"):
                continue
            target = path.parent / unquote(parts.path)
            if url.startswith("/") or parts.query or not target.is_file():
                found.append((path.relative_to(folder).as_posix(), url))
    return found


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    """
    A copy of the whole site: NextGen with a poster, a contest with more people than a page of a list has, a contest
    with sealed results and one that is not published.
    """
    folder = tmp_path_factory.mktemp("site")
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with media, django_db_blocker.unblock(), transaction.atomic():
        bring_in("nextgen")
        store(Contest.objects.get(slug="nextgen").submissions.get(slug="lost-and-found").poster, "poster")
        film = make.SubmissionFactory(
            contest=make.ContestFactory(revealed=True, title="Long list", slug="long-list"), title="Shown film"
        )
        for number in range(20):
            make.CreditFactory(submission=film, person=make.PersonFactory(name=f"{'AB'[number % 2]} {number:02}"))
        hidden_result(make.ContestFactory(sealed=True, title="Open secret"), "sealedword")
        hidden_result(make.ContestFactory(title="Contest draftword"), "draftword")
        with mock.patch("portal.views.people.MANY", 15):
            said = export(folder, without=["press-kits"])
        transaction.set_rollback(True)
    assert counts(said) == (len(files(folder)) - 2, 0, 0)  # besides the checksums and the state
    return folder


def test_every_link_leads_to_a_file(site):
    assert broken(site) == []
    assert len([name for name in files(site) if name.endswith(".html")]) > 150
    for name in ("index.html", "pl/index.html", "works/alzheimer/index.html", "pl/people/c-one/index.html"):
        assert (site / name).is_file(), name


def test_each_language_links_to_the_same_page_in_the_others(site):
    for name in ("works/alzheimer/index.html", "people/page-2.html", "about-this-copy.html"):
        for here, other in ((name, f"pl/{name}"), (f"pl/{name}", name)):
            links = [item["href"] for item in page(site, here).all("a") if item.get("hreflang")]
            targets = [(site / here).parent.joinpath(link).resolve() for link in links]
            assert set(targets) == {(site / here).resolve(), (site / other).resolve()}
            assert len(page(site, here).all("a", **{"aria-current": "true"})) >= 1
    assert page(site, "pl/winners/index.html").all("html")[0]["lang"] == "pl"


def test_lists_have_all_their_pages_with_names_that_stay(site):
    people = {name for name in files(site) if re.fullmatch(r"people/[^/]+\.html", name)}
    assert {"people/index.html", "people/page-2.html", "people/last-page.html", "people/letter-a.html"} <= people
    listed = [
        link
        for name in ("people/index.html", "people/page-2.html")
        for link in page(site, name).links
        if re.fullmatch(r"[ab]-\d\d/index\.html", link)
    ]
    assert len(listed) == len(set(listed)) == 20
    assert [item["href"] for item in page(site, "people/index.html").all("a", rel="next")] == ["page-2.html"]
    assert "last-page.html" in page(site, "people/index.html").links
    assert [item["href"] for item in page(site, "people/page-2.html").all("a", rel="prev")] == ["index.html"]
    assert files(site)["people/last-page.html"][0] == files(site)["people/page-2.html"][0]


def test_cursors_and_other_forms_of_a_list_are_in_no_page(site):
    for name, (content, _time) in files(site).items():
        if name.endswith(".html"):
            assert not re.search(rb"[?&;](after|before|page|sort|view)=", content), name


def test_nothing_of_a_page_needs_a_server(site):
    for name in files(site):
        if name.endswith(".html"):
            read = page(site, name)
            assert read.all("form") == [], name
            assert read.all("link", rel="manifest") == [], name
            assert [tag for tag, values in read.elements if "crossorigin" in values] == [], name
            scripts = [item for item in read.all("script") if item.get("type") != "application/ld+json"]
            assert all(item.get("src") for item in scripts), name
    left_out = (
        "search",
        "verify",
        "api",
        "admin",
        "account",
        "embed",
        "oembed",
        "robots.txt",
        "sitemap.xml",
        "healthz",
    )
    assert [name for name in left_out if (site / name).exists()] == []
    # A link to such a page is plain text, or left out of a menu.
    assert b"Verify: <span>" in files(site)["works/alzheimer/index.html"][0]
    assert b">Search<" not in files(site)["index.html"][0]


def test_images_cards_laurels_feeds_and_data_are_in_the_copy(site):
    names = set(files(site))
    assert {"contests/nextgen/card.png", "winners/feed.atom", "pl/winners/feed.json"} <= names
    assert files(site)["contests/nextgen/card.png"][0] == CARD
    posters = page(site, "works/lost-and-found/index.html").shown
    assert len({link.rpartition(".")[2] for link in posters if "/media/" in link}) == 3
    assert [name for name in names if re.fullmatch(r"laurels/[^/]+/on-light\.svg", name)]
    works = json.loads(files(site)["data/works.json"][0])
    assert "Alzheimer" in [work["title"] for work in works]
    assert "../data/works.json" in page(site, "pl/about-this-copy.html").links


def test_what_visitors_cannot_see_is_in_no_file(site):
    for name, (content, _time) in files(site).items():
        found = re.search(r"draftword|sealedword", f"{name}\n{text_of(content)}", re.IGNORECASE)
        assert not found, name
    assert b"Open secret" in files(site)["contests/index.html"][0]


def test_styles_work_from_a_folder(site):
    # Browsers load no drawing for a mask from a folder.
    assert b'mask: url("data:image/svg+xml;base64,' in files(site)["static/css/components.css"][0]
    assert b'url("../fonts/' in files(site)["static/css/fonts.css"][0]
    # They also abort transitions between files, with an error in the console.
    assert not [name for name, (content, _time) in files(site).items() if b"@view-transition" in content]


def test_checksums_list_every_file(site):
    lines = (site / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    own = {"SHA256SUMS", "copy.json"}
    assert listed == {
        name: hashlib.sha256(content).hexdigest() for name, (content, _time) in files(site).items() if name not in own
    }


# One contest, with few rows, so that a copy takes little time


@pytest.fixture
def gala(db):
    """The contest Gala with a winner, Beacon by Ada, and a losing work; Ada has also won in another contest."""
    contest = make.ContestFactory(revealed=True, title="Gala", slug="gala")
    ada = make.PersonFactory(name="Ada", slug="ada")
    for title, of in (("Beacon", contest), ("Elsewhere", make.ContestFactory(revealed=True, slug="other"))):
        work = make.WorkFactory(title=title, slug=title.lower())
        film = make.SubmissionFactory(contest=of, title=title, slug=title.lower(), work=work)
        make.CreditFactory(submission=film, person=ada)
        make.RecognitionFactory(award__contest=of, submission=film)
    make.QuoteFactory(event=make.EventFactory(contest=contest, title="Opening", slug="opening"), speaker=ada)
    return contest


def small(folder, slug="gala", **options):
    return export(folder, slug, **{"languages": ["en"], "without": ["press-kits", "cards"]} | options)


def delete_event(contest):
    for event in contest.events.all():
        event.quotes.all().delete()
        event.delete()


def test_copy_of_a_contest_has_its_pages_and_what_they_name(gala, tmp_path):
    copy = tmp_path / "copy"
    assert "links out of the copy are plain text" in small(copy)
    assert broken(copy) == []
    names = {name for name in files(copy) if name.endswith("index.html")}
    assert {"index.html", "contests/gala/winners/index.html", "works/beacon/index.html"} <= names
    assert "people/ada/index.html" in names
    assert {"quotes/contest-gala.html", "statistics/contest-gala.html"} <= set(page(copy, "index.html").links)
    assert not [
        name for name in names if "elsewhere" in name or re.match(r"(people|works|winners)/index|contests/other", name)
    ]
    # The menu has no links out of the copy; the name of the site leads to the first page.
    head = (copy / "works/beacon/index.html").read_text().partition("</header>")[0]
    assert re.findall(r'<a class="name" href="([^"]+)"', head) == ["../../index.html"]
    assert "<nav" not in head
    assert "Elsewhere" in (copy / "people/ada/index.html").read_text()
    assert [work["slug"] for work in json.loads((copy / "data/works.json").read_text())] == ["beacon"]


def test_links_out_of_a_copy_lead_to_the_portal_if_it_has_a_public_url(gala, tmp_path, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://laurel.example.org", ["laurel.example.org"]
    small(tmp_path / "copy")
    links = page(tmp_path / "copy", "works/beacon/index.html").links
    assert {"https://laurel.example.org/search/", "https://laurel.example.org/people/"} <= set(links)
    assert broken(tmp_path / "copy") == []


def test_second_run_writes_only_what_has_changed(gala, tmp_path):
    copy = tmp_path / "copy"
    small(copy)
    (copy / "CNAME").write_text("laurel.example.org")
    first = files(copy)
    assert counts(small(copy)) == (0, len(first) - 3, 0)
    assert files(copy) == first

    # A changed title is written to the pages that name it, and to the page about the copy, which has the time.
    Work.objects.filter(slug="beacon").update(title="Lighthouse")
    Submission.objects.filter(slug="beacon").update(title="Lighthouse")
    small(copy)
    second = files(copy)
    changed = {name for name in second if second[name] != first[name] and name.endswith(".html")}
    naming = {name for name in second if name.endswith(".html") and b"Lighthouse" in second[name][0]}
    assert {"works/beacon/index.html", "people/ada/index.html"} <= naming
    assert changed - {"about-this-copy.html"} == naming
    assert second["copy.json"] != first["copy.json"]
    assert {name for name in second if name.endswith(".html")} - changed

    # The page of a deleted event is removed. Files that are not of the copy stay.
    delete_event(gala)
    assert counts(small(copy))[2] >= 1
    assert not (copy / "contests/gala/events").exists()
    assert (copy / "CNAME").exists()
    assert broken(copy) == []


def test_stopped_run_leaves_no_file_behind(gala, tmp_path):
    with mock.patch.object(crawl, "write_data", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        small(tmp_path)
    assert (tmp_path / "contests/gala/events/opening/index.html").exists()
    delete_event(gala)
    small(tmp_path)
    assert not (tmp_path / "contests/gala/events").exists()


def test_folder_with_other_files_or_another_copy_is_refused(gala, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CommandError, match="files that are not of a copy"):
        small(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    (tmp_path / "copy.json").write_text('{"of": "contests/another"}')
    with pytest.raises(CommandError, match="copy of something else"):
        small(tmp_path)


@pytest.mark.django_db
def test_hidden_contest_is_unknown(tmp_path):
    make.ContestFactory(title="Contest draftword", slug="draftword")
    with pytest.raises(CommandError, match="no public contest or series"):
        small(tmp_path / "copy", "draftword")
    assert not (tmp_path / "copy").exists()


def test_copy_of_a_series_has_its_contests(gala, tmp_path):
    series = make.SeriesFactory(name="Old series", slug="old-series")
    Contest.objects.filter(pk=gala.pk).update(series=series)
    make.ContestFactory(title="Contest draftword", slug="draftword", series=series)
    small(tmp_path, "old-series")
    assert broken(tmp_path) == []
    names = set(files(tmp_path))
    assert {"index.html", "contests/gala/index.html", "contests/gala/winners/index.html"} <= names
    assert not [name for name in names if "draftword" in name]


def test_page_that_disappears_during_the_copy_leaves_no_broken_link(gala, tmp_path):
    """An editor may delete a row while the copy is made. The copy then begins again without the page."""
    get = crawl.Visitor.get

    def without_event(visitor, url):
        if url.startswith("/contests/gala/events/"):
            delete_event(gala)
        return get(visitor, url)

    with mock.patch.object(crawl.Visitor, "get", without_event):
        small(tmp_path)
    assert (tmp_path / "index.html").exists()
    assert broken(tmp_path) == []
    assert not (tmp_path / "contests/gala/events").exists()


def test_rate_limits_do_not_stop_the_copy(gala, tmp_path, settings):
    settings.API_RATE_LIMIT = settings.PRESS_KIT_RATE_LIMIT = 1
    small(tmp_path, without=["cards"])
    assert len(list(tmp_path.rglob("press-kit.zip"))) == 2


def test_copy_without_english_opens_in_another_language(gala, tmp_path):
    small(tmp_path, languages=["pl"])
    assert page(tmp_path, "index.html").links == ["pl/index.html"]
    assert broken(tmp_path) == []


def test_all_pages_are_as_at_one_moment(gala):
    """A reveal while the copy is made changes nothing in it."""
    winners = "/contests/gala/winners/"
    assert b"Beacon" in Visitor(Viewpoint.now()).get(winners).content
    assert b"Beacon" not in Visitor(Viewpoint(gala.reveal_at - timedelta(minutes=1))).get(winners).content


def test_names_of_files_fit_every_file_system():
    long = Address("ja", f"people/{'人' * 100}/").file()
    assert max(len(part.encode()) for part in long.split("/")) <= 255
    assert long != Address("ja", f"people/{'人' * 99}口/").file()
    assert Address("en", "people/", ("country", "PL"), 2).file() == "people/country-pl-page-2.html"
    assert Address("en", "quotes/", ("work", "a/b")).file() != Address("en", "quotes/", ("work", "a-b")).file()
    assert ".." not in Address("en", "media/../../x").file().split("/")
    assert Path(Address("en", "contests/nextgen/").file("contests/nextgen/")) == Path("index.html")

"""Preview links show a whole contest as after its reveal, only to visitors who have the link."""

import copy
import pickle
import re
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.signing import Signer
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone
from django.utils.html import escape

from accounts import roles
from contests import preview
from contests.models import Contest, CreditRole, PreviewLink
from contests.visibility import Results
from portal.preview import HEADERS
from record.viewpoint import Viewpoint
from search import index
from search.models import Entry
from tests import factories as make
from tests.admin_pages import inline_in, page
from tests.public_pages import text_of
from tests.reveal_rows import hidden_result

pytestmark = pytest.mark.django_db
NOW = timezone.now
LINK = re.compile(r'(?:href|src|action)="(/[^"#?]*)')


@pytest.fixture
def contest():
    """Create a contest with a result that is not approved yet."""
    contest = make.ContestFactory(title="Sealed contest", sealed=True)
    film = make.SubmissionFactory(contest=contest, title="Work sealedword")
    make.RecognitionFactory(award__contest=contest, submission=film, approved_at=None)
    return contest


@pytest.fixture
def edition(contest):
    """
    Add everything to the contest that can depend on a result. Create other contests with hidden results, which the
    preview must not show.
    """
    line = make.AwardLineFactory(name="Shown line", series__name="Shown series")
    Contest.objects.filter(pk=contest.pk).update(series=line.series)
    contest.refresh_from_db()
    hidden_result(contest, "sealedword")
    contest.awards.last().recognitions.update(approved_at=None)
    make.AppearanceFactory(event=contest.events.first(), role="moderator")
    own = make.AwardLineFactory(name="Award draftword", series=line.series, continues=line)
    for word, traits, awards in (
        ("otherword", {"sealed": True}, {}),
        ("draftword", {"series": line.series}, {"award__line": own}),
    ):
        other = make.ContestFactory(title=f"Contest {word}", **traits)
        make.RecognitionFactory(
            award__contest=other, award__name=f"Award {word}", submission__title=f"Film {word}", **awards
        )
        make.QuoteFactory(event__contest=other, text=f"Words {word}", speaker__name=f"Speaker {word}")
    return contest


def link_to(contest, **values):
    return preview.url_of(make.PreviewLinkFactory(contest=contest, **values))


def root_of(address):
    return re.match(r"/preview/[^/]+/", address)[0]


def crawled(client, start):
    """Return every page that can be reached from `start` by links, with its response."""
    root, waiting, answers = root_of(start), [start], {}
    while waiting:
        url = waiting.pop()
        if url in answers or not url.startswith(root) or url.endswith("/language/"):
            continue
        client.cookies.clear()
        answers[url] = client.get(url)
        if answers[url].headers.get("Content-Type", "").startswith("text/html"):
            waiting += LINK.findall(answers[url].content.decode())
    return answers


def test_a_link_shows_the_whole_edition_and_nothing_hidden_of_any_other(client, edition):
    address = link_to(edition)
    answers = crawled(client, address)
    assert {url: answer.status_code for url, answer in answers.items() if answer.status_code != 200} == {}
    bodies = {url.removeprefix(root_of(address)): text_of(answer.getvalue()) for url, answer in answers.items()}
    everything = " ".join(bodies.values())
    for word in (
        "Film",
        "Logline",
        "Synopsis",
        "Creator",
        "Life",
        "Citation",
        "Honoured",
        "Presenter",
        "Words",
        "Plan",
    ):
        assert f"{word} sealedword" in everything
    told_of = re.compile("(Film|Words|Speaker|Award) otherword|draftword")
    assert [(url, told_of.findall(body)) for url, body in bodies.items() if told_of.search(body)] == []
    film = edition.submissions.exclude(poster="").get()
    for path in (
        "",
        f"contests/{edition.slug}/",
        f"contests/{edition.slug}/winners/",
        f"works/{film.work.slug}/",
        "people/creator-sealedword/",
        "quotes/words-sealedword/",
        "series/",
        "series/shown-series/",
        "series/shown-series/awards/shown-line/",
        f"media/{film.poster.name}",
    ):
        assert path in bodies, path
    assert len(bodies) > 15
    every_page_says_what_it_is_and_keeps_to_itself(answers)


def every_page_says_what_it_is_and_keeps_to_itself(answers):
    for url, answer in answers.items():
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, url
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        body = answer.content.decode()
        assert "Preview of Sealed contest as it will be after the reveal." in body, url
        assert '<meta name="robots" content="noindex, nofollow">' in body, url
        assert [mark for mark in ("canonical", "hreflang", "og:", "ld+json", "print-address") if mark in body] == []
        # All URLs on the page begin with the preview link, except those of static files.
        outside = {found for found in LINK.findall(body) if not found.startswith(("/preview/", "/static/"))}
        assert (url, outside) == (url, set())
        assert inline_in(answer) == []


def test_without_the_link_nothing_of_it_is_to_be_seen_before_and_after(client, contest):
    urls = ["/", f"/contests/{contest.slug}/", f"/contests/{contest.slug}/winners/", "/people/", "/winners/"]
    with time_machine.travel(NOW(), tick=False):
        before = {url: client.get(url).content for url in urls}
        crawled(client, link_to(contest))
        assert {url: client.get(url).content for url in urls} == before
    assert b"sealedword" not in b"".join(before.values())
    assert Contest.objects.get(pk=contest.pk).results(Viewpoint.now()) is Results.SEALED
    assert get_script_prefix() == "/"


def test_statistics_and_search_are_those_of_after_the_reveal(client, contest):
    root = root_of(link_to(contest))
    film = contest.submissions.get()
    set_script_prefix(root)  # entries must not contain preview URLs
    index.refresh()
    set_script_prefix("/")
    found = client.get(f"{root}search/?q=sealedword").content.decode()
    assert f'href="{root}works/{film.work.slug}/"' in found
    assert f"/works/{film.work.slug}/" not in client.get("/search/?q=sealedword").content.decode()
    assert Entry.objects.filter(url__contains="preview").count() == 0
    suggested = client.get(f"{root}search/suggestions/?q=sealedword").content.decode()
    assert f"{root}works/{film.work.slug}/" in suggested
    counted = client.get(f"{root}statistics/?contest={contest.slug}")
    assert (counted.status_code, counted.context["counted"].submissions) == (200, 1)


@pytest.mark.parametrize("language", ["ja", "zh-hans", "ko", "pl"])
def test_it_is_there_in_every_language(client, contest, language):
    address = link_to(contest)
    inside = address.removeprefix(root_of(address))
    answer = client.get(f"{root_of(address)}{language}/{inside}")
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
    assert f'href="{root_of(address)}{language}/winners/"' in answer.content.decode()


def test_the_language_switch_and_a_browser_s_language_stay_within_it(client, contest):
    address = link_to(contest)
    root = root_of(address)
    chosen = client.post(f"{root}language/", {"language": "pl", "next": address})
    assert chosen["Location"] == address.replace(root, f"{root}pl/")
    client.cookies.clear()
    led = client.get(root, headers={"Accept-Language": "ja"})
    assert led["Location"] == f"{root}ja/"


@pytest.mark.parametrize(
    "path",
    ["admin/", "admin/login/", "api/", "api/v1/contests", "oembed?url=x", "sitemap.xml", "robots.txt",
     "manifest.webmanifest",
     "winners/feed.atom", "contests/sealed-contest/press-kit.zip", "contests/sealed-contest/dates.ics", "style-guide/",
     "embed/contests/sealed-contest/winners/", "contests/sealed-contest/fact-sheet.pdf", "verify/", "nothing/"],
)  # fmt: skip
def test_what_is_for_programs_or_to_take_along_is_not_there(client, contest, path):
    assert client.get(f"{root_of(link_to(contest))}{path}").status_code == 404


def refused(client, address):
    answer = client.get(address)
    return answer.status_code, re.sub(r"<input type=\"hidden\"[^>]*>", "", answer.content.decode())


def test_forged_and_ended_links_are_all_the_same_nothing(client, contest):
    good = link_to(contest)
    assert client.get(good).status_code == 200
    withdrawn = make.PreviewLinkFactory(contest=contest)
    preview.withdraw(withdrawn, actor=None)
    secret = make.PreviewLinkFactory(contest=contest).secret
    inside = good.removeprefix(root_of(good))
    answers = {
        refused(client, address)
        for address in (
            link_to(contest, expires_at=NOW() - timedelta(seconds=1)),
            preview.url_of(withdrawn),
            link_to(contest, made_by=make.UserFactory(editor=True, is_active=False)),
            f"/preview/{secret}/{inside}",
            f"/preview/{secret}.{Signer(salt='another').sign(secret).rpartition(':')[2]}/{inside}",
            good.replace("/contests/", "x/contests/", 1),
            f"/preview/{'x' * 5000}/",
            "/preview/%00.%00/",
        )
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 404


def test_a_link_ends_with_the_account_of_who_made_it_and_with_no_other(client, contest, editor):
    address = link_to(contest, made_by=editor)
    assert client.get(address).status_code == 200
    make.UserFactory(is_active=False)
    assert client.get(address).status_code == 200
    editor.is_active = False
    editor.save()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("lost", ["the role", "the admin", "the group's permission", "the account"])
def test_a_link_ends_with_the_right_of_who_made_it(client, contest, lost):
    roles.put_right()
    maker = make.UserFactory(is_staff=True)
    publishers = Group.objects.get(name="publisher")
    maker.groups.add(publishers)
    link = make.PreviewLinkFactory(contest=contest, made_by=maker)
    assert client.get(preview.url_of(link)).status_code == 200
    if lost == "the role":
        maker.groups.clear()
    elif lost == "the admin":
        type(maker).objects.update(is_staff=False)
    elif lost == "the account":
        maker.delete()
    else:
        publishers.permissions.remove(Permission.objects.get(codename="preview_results"))
    assert client.get(preview.url_of(link)).status_code == 404


def test_a_link_ends_to_the_second(client, contest):
    link = make.PreviewLinkFactory(contest=contest)
    with time_machine.travel(link.expires_at - timedelta(seconds=1), tick=False):
        assert client.get(preview.url_of(link)).status_code == 200
    with time_machine.travel(link.expires_at, tick=False):
        assert client.get(preview.url_of(link)).status_code == 404


def test_no_link_lasts_too_long_or_is_over_before_it_begins():
    contest, editor = make.ContestFactory(sealed=True), make.UserFactory(editor=True)
    for moment in (NOW() - timedelta(minutes=1), NOW() + preview.LONGEST + timedelta(minutes=1)):
        with pytest.raises(ValidationError) as refusal:
            preview.make(contest, actor=editor, note="Press", expires_at=moment)
        assert list(refusal.value.message_dict) == ["expires_at"]
    link = preview.make(contest, actor=editor, note=" Press ", expires_at=NOW() + timedelta(days=1))
    assert (link.note, link.history.get().history_change_reason) == ("Press", "Made")
    preview.withdraw(link, actor=editor)
    with pytest.raises(ValidationError, match="no longer valid"):
        preview.withdraw(link, actor=editor)


def test_a_viewpoint_keeps_its_preview_and_cannot_be_changed():
    preview = Viewpoint(NOW(), preview=7)
    assert pickle.loads(pickle.dumps(preview)) == copy.deepcopy(preview) == preview
    assert replace(preview, at=preview.at + timedelta(days=1)).preview == 7
    assert Viewpoint(preview.at) != preview
    assert Viewpoint.now().preview is None
    with pytest.raises(FrozenInstanceError):
        preview.preview = None


def test_rows_are_asked_for_with_a_viewpoint_not_with_a_time(contest):
    # All roles in credits are public at any time.
    models = [model for model in apps.get_models() if model is not CreditRole]
    managers = [model.objects for model in models if hasattr(getattr(model, "objects", None), "public")]
    assert len(managers) > 10
    for manager in managers:
        with pytest.raises(AttributeError):
            list(manager.public(NOW()))
    with pytest.raises(AttributeError):
        contest.results(NOW())


def step_of(contest, name="preview"):
    return f"/admin/contests/{contest._meta.model_name}/steps/{name}/?row={contest.pk}"


def test_an_editor_makes_a_link_gives_it_out_and_withdraws_it(desk, editor, client, contest):
    assert "Make a preview link" in desk.get(page(contest)).content.decode()
    tomorrow = NOW() + timedelta(days=1)
    form = {"note": "The press", "expires_at_0": f"{tomorrow:%Y-%m-%d}", "expires_at_1": f"{tomorrow:%H:%M}"}
    made = desk.post(step_of(contest), form)
    link = PreviewLink.objects.get()
    assert (link.made_by, link.note, made["Location"]) == (editor, "The press", page(link))
    shown = desk.get(page(link)).content.decode()
    address = escape(preview.url_of(link))
    assert f"http://testserver{address}" in shown
    assert client.get(address).status_code == 200
    assert desk.post(step_of(link, "withdraw"))["Location"] == page(link)
    assert address not in desk.get(page(link)).content.decode()
    assert desk.get(address).status_code == 404
    assert [entry.history_user for entry in link.history.all()] == [editor, editor]


def test_links_are_neither_added_nor_changed_nor_deleted_by_hand(desk, contest):
    link = make.PreviewLinkFactory(contest=contest)
    for what, row in (("add", PreviewLink), ("delete", link)):
        assert desk.get(page(row, what)).status_code == 403
        assert desk.post(page(row, what), {"post": "yes"}).status_code == 403
    assert desk.post(page(link), {"note": "Else"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [link.pk], "post": "yes"}
    desk.post(page(PreviewLink, "changelist"), chosen)
    assert PreviewLink.objects.get().note == link.note


def test_who_may_not_give_out_previews_sees_no_link(client, contest):
    viewer = make.UserFactory(is_staff=True)
    client.force_login(viewer)
    link = make.PreviewLinkFactory(contest=contest)
    for address in (page(link), page(PreviewLink, "changelist"), step_of(contest)):
        assert client.get(address).status_code == 403

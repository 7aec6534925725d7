"""No word is broken inside, on any screen, with or without our fonts."""

import re

import pytest
from django.core.management import call_command

from contests.models import Contest, CreditRole, Recognition, Submission
from people.models import Person
from record.models import Source
from tests import factories as make

TITLES = ("Alzheimer", "Bursztynowa komnata", "Cinematographer", "The Kindergarten Commonwealth", "WIMBLEDON", "Ω")
#: A script that returns words, up to the given length, that span several lines, except in URLs and keys.
BROKEN = """([selector, LONGEST]) => {
    const found = [], range = document.createRange();
    for (const within of document.querySelectorAll(selector)) {
        const walk = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            if (walk.currentNode.parentElement.closest("script, style, option")) continue;
            const technical = [...walk.currentNode.data.matchAll(/\\S*[\\p{L}\\d][@:/.?=&_+\\d]+\\p{L}\\S*/gu)];
            // Other scripts have their own rules for where a line ends.
            const words = walk.currentNode.data.matchAll(/(?:[\\p{sc=Latn}\\p{sc=Grek}\\p{sc=Cyrl}]\\p{M}*)+/gu);
            for (const word of words) {
                if (word[0].length > LONGEST) continue;
                const inside = part => part.index <= word.index && word.index < part.index + part[0].length;
                if (technical.some(inside)) continue;
                range.setStart(walk.currentNode, word.index);
                range.setEnd(walk.currentNode, word.index + word[0].length);
                const boxes = [...range.getClientRects()].filter(box => box.width > 1);
                if (new Set(boxes.map(box => Math.round(box.top))).size > 1) found.push(word[0]);
            }
        }
    }
    return found;
}"""


@pytest.fixture
def addresses(live_server):
    """Create pages on which each of the titles is the title of a work and the name of a person. Return their URLs."""
    contest = make.ContestFactory(title="Kindergarten Cinematographers", slug="words", revealed=True)
    found = ["/", "/winners/", "/people/", contest.get_absolute_url(), "/contests/words/winners/"]
    found.append("/contests/words/submissions/")
    for number, title in enumerate(TITLES, 1):
        film = make.SubmissionFactory(contest=contest, title=title, slug=f"film-{number}")
        person = make.PersonFactory(name=title, slug=f"person-{number}")
        make.CreditFactory(submission=film, person=person)
        award = make.AwardFactory(contest=contest, name=f"Prize {number}", kind="grand_prize", precedence=number)
        make.RecognitionFactory(award=award, submission=film)
        found += [film.get_absolute_url(), person.get_absolute_url()]
    return found


@pytest.mark.parametrize("fonts", ["ours", "blocked"])
def test_no_word_of_a_title_is_broken(new_page, live_server, addresses, complaints, fonts):
    page = new_page(base_url=live_server.url, reduced_motion="reduce")
    if fonts == "blocked":
        page.route("**/*.woff2", lambda route: route.abort())
    broken = []
    for address in addresses:
        page.goto(address)
        page.evaluate("document.fonts.ready")
        for width in (320, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            broken += [(address, width, word) for word in page.evaluate(BROKEN, ["h1, h2, h3, .title", 99])]
    if fonts == "blocked":
        complaints.clear()
    assert broken == []


def test_no_word_of_facts_captions_code_and_embeds_is_broken(new_page, live_server, addresses):
    person = make.PersonFactory(name="Placeholder Bursztynowa", slug="honoured")
    award = make.AwardFactory(contest=Contest.objects.get(), name="Cinematographers", precedence=9)
    make.RecognitionFactory(award=award, submission=None, person=person)
    for recognition in Recognition.objects.all():
        recognition.presenters.add(person)
    page = new_page(base_url=live_server.url, reduced_motion="reduce")
    frames = ["/embed/contests/words/winners/", *(f"/embed{page}" for page in addresses if "film-" in page)]
    broken = []
    for address in ["/winners/", "/contests/words/winners/", "/contests/words/", "/api/", *frames]:
        page.goto(address)
        page.evaluate("document.fonts.ready")
        for width in (320, 375, 640, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            broken += [
                (address, width, word) for word in page.evaluate(BROKEN, [".facts, figcaption, pre, .embed", 24])
            ]
    assert broken == []


@pytest.mark.parametrize("language", ["en", "ja", "zh-hans", "ko", "pl"])
def test_no_word_of_a_label_is_broken_on_a_phone(new_page, live_server, language):
    """Check every page that has labels. There is a credit of every role, and data for every other label."""
    call_command("loaddata", "nextgen", verbosity=0)
    contest = make.ContestFactory(revealed=True, slug="labels", title="Labels", year_label="1")
    film = make.SubmissionFactory(
        contest=contest, slug="film", runtime=405, tools="Tools", language="pl", countries="PL"
    )
    for number, role in enumerate(CreditRole.objects.all(), 1):
        make.CreditFactory(submission=film, role=role, order=number)
    award = make.AwardFactory(contest=contest, kind="grand_prize", precedence=1)
    won = make.RecognitionFactory(award=award, submission=film)
    won.presenters.add(make.PersonFactory(name="Ada", slug="ada"))
    make.RecognitionFactory(award=award, submission=None, person=Person.objects.get(slug="ada"), order=2)
    event = make.EventFactory(contest=contest, slug="evening", venue="Hall", city="Tallinn")
    prefix = "" if language == "en" else f"/{language}"
    addresses = ["/winners/", "/statistics/", "/contests/nextgen/", "/contests/nextgen/events/awards-ceremony/"]
    addresses += [
        "/contests/labels/corrections/",
        f"/verify/{won.code}/",
        film.get_absolute_url(),
        event.get_absolute_url(),
    ]
    addresses += [contest.get_absolute_url(), "/people/ada/", Source.objects.order_by("pk").first().get_absolute_url()]
    page = new_page(base_url=live_server.url, reduced_motion="reduce")
    broken = []
    for address in addresses:
        assert page.goto(prefix + address).status == 200, address
        page.evaluate("document.fonts.ready")
        assert address.endswith(("winners/", "statistics/", "corrections/")) or page.locator("dt").count(), address
        for width in (320, 345, 360, 375, 393, 412, 430):
            page.set_viewport_size({"width": width, "height": 900})
            broken += [(address, width, word) for word in page.evaluate(BROKEN, ["dt, th, .count, .award-line", 99])]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert broken == []


@pytest.fixture
def desk(new_page, live_server, client):
    """Return the admin in a browser in which an editor is signed in, with long words in all lists."""
    call_command("loaddata", "nextgen", verbosity=0)
    call_command("create_demo_contest", stage="revealed", submissions=20, verbosity=0)
    contest = make.ContestFactory(title="Kindergarten Cinematographers", slug="words", revealed=True)
    for number, title in enumerate(TITLES, 1):
        person = make.PersonFactory(name=title, headline=title, slug=f"person-{number}")
        film = make.SubmissionFactory(contest=contest, title=title, slug=f"film-{number}")
        make.CreditFactory(submission=film, person=person)
        award = make.AwardFactory(contest=contest, name=f"{title} award", precedence=number)
        make.RecognitionFactory(award=award, submission=film)
        person.name += " Bursztynowa"
        person.save()
    client.force_login(make.UserFactory(editor=True, email="bursztynowa@example.org"))
    page = new_page(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def test_no_word_of_the_admin_is_broken(desk):
    desk.goto("/admin/")
    lists = sorted(set(re.findall(r'href="(/admin/(?:contests|people)/[a-z]+/)"', desk.content())))
    film, person = Submission.objects.get(slug="film-2"), Person.objects.get(slug="person-2")
    contest = Contest.objects.get(slug="words")
    others = ["/admin/", "/admin/history/", "/admin/keyboard/", "/admin/record/merge/"]
    others += [
        f"/admin/contests/contest/{contest.pk}/change/",
        f"/admin/contests/submission/{film.pk}/change/",
        f"/admin/contests/submission/{film.pk}/delete/",
        f"/admin/people/person/{person.pk}/change/",
        f"/admin/people/person/{person.pk}/history/",
        f"/admin/people/person/{person.pk}/history/{person.history.first().pk}/",
        f"/admin/people/person/merge/?keep={person.pk}&merge={Person.objects.get(slug='person-3').pk}",
    ]
    broken = []
    for address in lists + others:
        desk.goto(address)
        for width in (375, 1280):
            desk.set_viewport_size({"width": width, "height": 900})
            broken += [(address, width, word) for word in desk.evaluate(BROKEN, ["body", 24])]
    assert broken == []

"""
Makes the rows of the scenarios in the database of the environment, and prints their keys and URLs as JSON.

Each editor has rows of their own, so that no two editors change the same row.
"""

import json
import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.utils import timezone  # noqa: E402

from contests import results  # noqa: E402
from contests.models import Contest  # noqa: E402
from people.models import PastWork, Person  # noqa: E402
from record.images.sanitizing import clean_image  # noqa: E402
from search.index import refresh_quietly  # noqa: E402
from tests import factories as make  # noqa: E402
from tests.faults.pictures import picture  # noqa: E402

EDITORS = 4


def with_portrait(name: str, width: int, contest: Contest) -> Person:
    """Make a person whom the public sees, with a portrait of so many px."""
    person = make.PersonFactory(name=name, slug=name.lower().replace(" ", "-"))
    make.CreditFactory(person=person, submission__contest=contest)
    person.portrait.save("first.jpg", clean_image(SimpleUploadedFile("first.jpg", picture(width))))
    return person


def editor_rows(number: int, contest: Contest) -> dict[str, object]:
    """Make an account and its rows: a work, a person with a portrait, and a person with two past works."""
    account = make.UserFactory(email=f"editor{number}@example.org", editor=True)
    work = make.WorkFactory(title=f"Fault work {number}", slug=f"fault-work-{number}")
    pictured = with_portrait(f"Fault portrait {number}", 500 + number, contest)
    pair = make.PersonFactory(name=f"Fault pair {number}", slug=f"fault-pair-{number}")
    make.CreditFactory(person=pair, submission__contest=contest)
    source = make.SourceFactory()
    past = [PastWork.objects.create(person=pair, order=n, title=f"Past {number}", source=source) for n in (1, 2)]
    return {
        "email": account.email,
        "work": work.pk,
        "pictured": pictured.pk,
        "pair": pair.pk,
        "past": [row.pk for row in past],
    }


def sealed(title: str, minutes: int) -> dict[str, str]:
    """Make a contest with an approved winner that is revealed in so many minutes."""
    contest = make.ContestFactory(title=f"Contest of {title}", slug=title.lower(), sealed=True)
    make.RecognitionFactory(award__contest=contest, submission__title=title, approved_at=None)
    results.approve(contest, actor=make.UserFactory(editor=True))
    results.reveal(contest, actor=make.UserFactory(editor=True), at=timezone.now() + timedelta(minutes=minutes))
    return {"path": f"/contests/{contest.slug}/winners/", "title": title}


def main() -> None:
    shown = make.ContestFactory(title="Fault contest", slug="fault-contest", revealed=True)
    editors = [editor_rows(number, shown) for number in range(EDITORS)]
    hidden = [sealed("Sealedforanhour", 60), sealed("Sealedforamonth", 30 * 24 * 60)]
    role = Group.objects.order_by("pk")[0].pk
    # Nobody changes this picture, so that its URL stays.
    images = [with_portrait("Fault reader", 600, shown).portrait.url]
    refresh_quietly(None)
    print(json.dumps({"editors": editors, "sealed": hidden, "images": images, "password": make.PASSWORD, "role": role}))


if __name__ == "__main__":
    main()

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


def editor_rows(number: int, contest: Contest) -> dict[str, object]:
    """Make an account and its rows: a work, a person with a portrait, and a person with two past works."""
    account = make.UserFactory(email=f"editor{number}@example.org", editor=True)
    work = make.WorkFactory(title=f"Fault work {number}", slug=f"fault-work-{number}")
    pictured = make.PersonFactory(name=f"Fault portrait {number}", slug=f"fault-portrait-{number}")
    pair = make.PersonFactory(name=f"Fault pair {number}", slug=f"fault-pair-{number}")
    for person in (pictured, pair):
        make.CreditFactory(person=person, submission__contest=contest)
    content = picture(500 + number)
    pictured.portrait.save("first.jpg", clean_image(SimpleUploadedFile("first.jpg", content)))
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
    refresh_quietly(None)
    images = [Person.objects.get(pk=rows["pictured"]).portrait.url for rows in editors]
    print(json.dumps({"editors": editors, "sealed": hidden, "images": images, "password": make.PASSWORD}))


if __name__ == "__main__":
    main()

"""
An editor who makes changes at random moments, as a process of its own: `python -m tests.editor_process FOLDER SEED`.

Each line of its output is JSON with a change: `kind`, `number`, and the times `begun` and `done` in seconds since 1970.
For a reveal, `done` is its moment or, if that is later, the time when it was saved.
"""

import json
import os
import random
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from contests import results  # noqa: E402
from contests.models import Contest, Recognition  # noqa: E402
from people.models import Person  # noqa: E402
from tests import factories as make  # noqa: E402
from tests.admin_pages import filled, page  # noqa: E402

EDITS, REVEALS, REVOCATIONS = 60, 20, 20


def rows():
    """Create a person, contests with hidden winners, and winners to be revoked."""
    person = make.PersonFactory(name="Edited 0", slug="edited")
    shown = make.ContestFactory(title="Shown", revealed=True)
    make.CreditFactory(person=person, submission__contest=shown)
    for number in range(REVEALS):
        contest = make.ContestFactory(title=f"Contest {number}", slug=f"sealed-{number}", sealed=True)
        make.RecognitionFactory(award__contest=contest, submission__title=f"Sealed{number}x", approved_at=None)
        results.approve(contest, actor=make.UserFactory(editor=True))
    for number in range(REVOCATIONS):
        make.RecognitionFactory(award__contest=shown, submission__title=f"Revoked{number}x")


def main(folder, seed):
    setup_test_environment()
    rows()
    chance = random.Random(seed)
    client, editor = Client(), make.UserFactory(editor=True)
    client.force_login(editor)
    person = Person.objects.get(slug="edited")

    def by_update(name):
        Person.objects.filter(pk=person.pk).update(name=name)

    def in_the_admin(name):
        form = client.get(page(person))
        response = client.post(page(person), filled(form, name=name, _save="Save"))
        assert response.status_code == 302, response.context["errors"]

    def by_loaddata(name):
        file = Path(folder) / "person.json"
        call_command("dumpdata", "people.person", pks=str(person.pk), output=str(file), verbosity=0)
        [row] = json.loads(file.read_text())
        row["fields"]["name"] = name
        file.write_text(json.dumps([row]))
        call_command("loaddata", str(file), verbosity=0)

    def edit(number):
        chance.choice([by_update, in_the_admin, by_loaddata])(f"Edited {number + 1}")

    def reveal(number):
        contest = Contest.objects.get(slug=f"sealed-{number}")
        moment = timezone.now() + timedelta(seconds=chance.uniform(0.05, 2))
        results.reveal(contest, actor=editor, at=moment)
        return moment

    def revoke(number):
        recognition = Recognition.objects.get(submissions__title=f"Revoked{number}x")
        results.revoke(recognition, actor=editor, reason=f"Reason{number}x")

    changes = [*[edit] * EDITS, *[reveal] * REVEALS, *[revoke] * REVOCATIONS]
    chance.shuffle(changes)
    numbers = dict.fromkeys((edit, reveal, revoke), 0)
    print("ready", flush=True)
    sys.stdin.readline()
    for change in changes:
        time.sleep(chance.expovariate(8))
        begun = time.time()
        moment = change(numbers[change])
        done = time.time()
        if isinstance(moment, datetime):
            begun = done = moment.timestamp()
        told = {"kind": change.__name__, "number": numbers[change], "begun": begun, "done": max(done, time.time())}
        if moment:
            told["done"] = max(moment.timestamp(), time.time())
        print(json.dumps(told), flush=True)
        numbers[change] += 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

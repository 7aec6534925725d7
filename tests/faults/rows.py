"""
Compares the database and the stored files with what editors tried to write, given as JSON on standard input.

Prints JSON: `lost` names confirmed writes that are not there, `half` what is there only in part. Each attempt has a
`kind`, a `value`, and `confirmed`: whether the editor was told that the form was saved. A write without an answer may
be there or not, but as a whole.
"""

import json
import os
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from PIL import Image  # noqa: E402

from contests.models import Work  # noqa: E402
from people.models import PastWork, Person  # noqa: E402
from record.images import ImageField  # noqa: E402

Attempt = dict[str, Any]
FOLDERS = ("posters", "portraits", "heroes", "originals")
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif")


def key(attempt: Attempt) -> tuple[str, int]:
    return attempt["kind"], attempt["pk"]


def possible(attempts: list[Attempt]) -> list[Any]:
    """Return the values that a row may have: of the last confirmed attempt, or of any later one."""
    last = max((at for at, attempt in enumerate(attempts) if attempt["confirmed"]), default=-1)
    return [attempt["value"] for attempt in attempts[max(last, 0) :]]


def titles(pk: int, attempts: list[Attempt]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the title of a work. Each confirmed title must be in its history, too."""
    row = Work.objects.get(pk=pk)
    history = list(row.history.order_by("-history_id").values_list("title", flat=True))
    for attempt in attempts:
        if attempt["confirmed"] and attempt["value"] not in history:
            yield "lost", f"title {attempt['value']!r} of work {pk}"
    if any(attempt["confirmed"] for attempt in attempts) and row.title not in possible(attempts):
        yield "lost", f"work {pk} is {row.title!r}, not {possible(attempts)[0]!r}"
    if history and history[0] != row.title:
        yield "half", f"work {pk} is {row.title!r}, its history {history[0]!r}"


def pairs(pk: int, attempts: list[Attempt]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with two past works that are always written by the same form."""
    rows = list(PastWork.objects.filter(person=pk).order_by("order"))
    first, second = (row.title for row in rows)
    if any(attempt["confirmed"] for attempt in attempts) and first not in possible(attempts):
        yield "lost", f"past works of {pk} are {first!r}, not {possible(attempts)[0]!r}"
    if len(attempts) and first != second:
        yield "half", f"past works of {pk} are {first!r} and {second!r}"
    for row in rows:
        history = list(row.history.order_by("-history_id").values_list("title", flat=True))
        if history and history[0] != row.title:
            yield "half", f"past work {row.pk} is {row.title!r}, its history {history[0]!r}"
        for attempt in attempts:
            if attempt["confirmed"] and attempt["value"] not in history:
                yield "lost", f"title {attempt['value']!r} of past work {row.pk}"


def portraits(pk: int, attempts: list[Attempt]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an uploaded portrait. Pictures are told apart by their width."""
    row = Person.objects.get(pk=pk)
    width = row.portrait.size_in_px[0]
    if any(attempt["confirmed"] for attempt in attempts) and width not in possible(attempts):
        yield "lost", f"portrait of {pk} is {width} px wide, not {possible(attempts)[0]}"


def created(attempts: list[Attempt]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with created people: each confirmed one is there once, with the first entry of a history."""
    names = [attempt["value"] for attempt in attempts]
    rows = list(Person.objects.filter(name__in=names))
    for attempt in attempts:
        found = [row for row in rows if row.name == attempt["value"]]
        if attempt["confirmed"] and not found:
            yield "lost", f"new person {attempt['value']!r}"
        if len(found) > 1:
            yield "half", f"person {attempt['value']!r} is there {len(found)} times"
    for row in rows:
        if not row.history.filter(history_type="+").exists():
            yield "half", f"person {row.name!r} has no history"


def stored_images() -> Iterator[tuple[str, str]]:
    """Yield each stored image that is missing or broken: those that rows name, and all others in their folders."""
    whole = {}
    for folder in FOLDERS:
        for name in files(folder):
            whole[name] = problem(name)
            if whole[name]:
                yield "half", f"{name}: {whole[name]}"
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, ImageField):
                continue
            for row in model._default_manager.exclude(**{field.name: ""}):
                image = getattr(row, field.name)
                for name in filter(None, (image.stored_name, image.original)):
                    if name not in whole and (wrong := problem(name)):
                        yield "half", f"{name} of {row._meta.label} {row.pk}: {wrong}"


def files(folder: str) -> Iterator[str]:
    """Yield the names of the images in a folder of the storage, and in the folders below."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if name.lower().endswith(ENDINGS):
            yield f"{folder}/{name}"
    for name in folders:
        if name:
            yield from files(f"{folder}/{name}")


def problem(name: str) -> str:
    """Return what is wrong with a stored image, or an empty string."""
    try:
        with default_storage.open(name) as file, Image.open(file) as image:
            image.load()
    except FileNotFoundError:
        return "missing"
    except (OSError, SyntaxError, ValueError) as error:
        return f"broken ({default_storage.size(name)} bytes, {type(error).__name__})"
    return ""


CHECKS = {"title": titles, "pair": pairs, "portrait": portraits}


def main() -> None:
    attempts = json.load(sys.stdin)
    found: dict[str, list[str]] = {"lost": [], "half": []}
    kept = sorted((attempt for attempt in attempts if attempt["kind"] in CHECKS), key=key)
    for (kind, pk), group in groupby(kept, key):
        for what, text in CHECKS[kind](pk, list(group)):
            found[what].append(text)
    for what, text in created([attempt for attempt in attempts if attempt["kind"] == "created"]):
        found[what].append(text)
    for what, text in stored_images():
        found[what].append(text)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

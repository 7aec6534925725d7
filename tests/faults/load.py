"""Readers and editors who use a portal while a scenario breaks something, and the record of what they got."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.faults.client import DEADLINE, FAILED, REFUSED, SERVED, Answer, Client, Form
from tests.faults.pictures import picture
from tests.faults.portal import Portal

#: Pages that the portal keeps in memory, and others.
KEPT = [
    "/",
    "/winners/",
    "/people/",
    "/contests/",
    "/contests/demo-revealed/",
    "/contests/demo-revealed/winners/",
    "/contests/demo-revealed/submissions/",
    "/people/fault-portrait-0/",
]
OTHERS = [
    "/search/?q=light",
    "/statistics/",
    "/api/v1/people",
    "/api/v1/works",
    "/winners/feed.atom",
    "/people/?q=fault",
]


@dataclass
class Event:
    """One request: when it was sent and answered (monotonic seconds), and what came back."""

    begun: float
    done: float
    path: str
    verdict: str
    reason: str
    kind: str
    #: Whether a form came back with what was typed.
    is_back: bool = False


@dataclass
class Tally:
    """All requests of a load, and the attempts to write."""

    events: list[Event] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    #: Spans (monotonic seconds) when the server itself was dead: connections are cut off then.
    dead: list[tuple[float, float]] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        return sum(event.verdict == verdict for event in self.events)

    def is_excused(self, event: Event) -> bool:
        """Return whether a connection was cut off since the server was dead."""
        cut_off = event.reason.startswith(("connection", "timeout"))
        return cut_off and any(event.begun <= end and event.done >= begin for begin, end in self.dead)

    def failures(self) -> list[Event]:
        return [event for event in self.events if event.verdict == FAILED and not self.is_excused(event)]

    def excused(self) -> int:
        return sum(event.verdict == FAILED and self.is_excused(event) for event in self.events)

    def between(self, begin: float, end: float) -> list[Event]:
        return [event for event in self.events if begin <= event.begun <= end]

    def confirmed(self) -> int:
        return sum(attempt["confirmed"] for attempt in self.attempts)


class Load:
    """
    The threads that send requests to a portal. `paths` of readers may be chosen. With `forms`, a form that comes back
    with a message and with what was typed counts as refused; otherwise as failed.
    """

    def __init__(
        self,
        portal: Portal,
        *,
        readers: int = 5,
        editors: int = 4,
        paths: list[str] | None = None,
        port: int | None = None,
        tls: bool = False,
        pause: float = 0.08,
        forms: bool = False,
        kinds: tuple[str, ...] = ("title", "pair", "created", "portrait"),
    ):
        self.portal, self.pause, self.kinds, self.forms = portal, pause, kinds, forms
        self.port, self.tls = port or portal.port, tls
        self.tally = Tally()
        self._stopping = threading.Event()
        #: While this is not set, editors do nothing, so that readers fill the page cache.
        self.editing = threading.Event()
        self.editing.set()
        self.paths = paths or [*KEPT, *OTHERS, *portal.seeds["images"]]
        self._threads = [threading.Thread(target=self._read, args=[n], daemon=True) for n in range(readers)]
        self._threads += [threading.Thread(target=self._edit, args=[n], daemon=True) for n in range(editors)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> Tally:
        """Let each thread finish its request, and return the record."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(3 * DEADLINE)
        return self.tally

    def _client(self, number: int) -> Client:
        return Client(
            self.port, ip=f"127.0.1.{number + 1}", tls=self.tls, host="laurel.test" if self.tls else "127.0.0.1"
        )

    def _noted(self, answer: Answer, kind: str) -> str:
        verdict, reason = answer.verdict()
        done = time.monotonic()
        self.tally.events.append(Event(done - answer.seconds, done, answer.path, verdict, reason, kind))
        return verdict

    def _read(self, number: int) -> None:
        client = self._client(number)
        at = number * 3
        while not self._stopping.wait(self.pause):
            path = self.paths[at % len(self.paths)]
            at += 1
            self._noted(client.get(path), "reader")

    def _edit(self, number: int) -> None:
        client = self._client(100 + number)
        rows = self.portal.seeds["editors"][number % len(self.portal.seeds["editors"])]
        at = number
        signed_in = False
        while not self._stopping.wait(0.15):
            if not self.editing.is_set():
                continue
            if not signed_in:
                answer = client.sign_in(rows["email"], self.portal.seeds["password"])
                signed_in = answer.status == 302
                self._noted(answer, "editor")
                continue
            at += 1
            signed_in = self._save(client, rows, self.kinds[at % len(self.kinds)], at)

    def _save(self, client: Client, rows: dict[str, Any], kind: str, at: int) -> bool:
        """Save one form of the admin. Return False if the editor has to sign in again."""
        path, pk = {
            "title": (f"/admin/contests/work/{rows['work']}/change/", rows["work"]),
            "pair": (f"/admin/people/person/{rows['pair']}/change/", rows["pair"]),
            "portrait": (f"/admin/people/person/{rows['pictured']}/change/", rows["pictured"]),
            "created": ("/admin/people/person/add/", 0),
        }[kind]
        page = client.get(path)
        if page.status == 302 and "sign-in" in page.location:
            return False
        if self._noted(page, "editor") != SERVED:
            return True
        fields = Form.of(page.text, "_form")
        if fields is None:
            self.tally.events.append(Event(0, 0, path, FAILED, "no form on the page", "editor"))
            return True
        value: Any = f"Fault {kind} {pk} step {at}"
        files = {}
        if kind == "title":
            fields["title"] = value
        elif kind == "created":
            value = f"Fault person {rows['email'].partition('@')[0]} number {at}"
            fields["name"] = value
            fields["slug"] = value.lower().replace(" ", "-")
        elif kind == "pair":
            for name in [name for name in fields if name.startswith("past_works-") and name.endswith("-title")]:
                if fields.get(name.replace("-title", "-id")):
                    fields[name] = value
        else:
            value = 700 + at % 900
            files = {"portrait": ("new.jpg", "image/jpeg", picture(value))}
        attempt = {"kind": kind, "pk": pk, "value": value, "confirmed": False}
        self.tally.attempts.append(attempt)
        answer = client.post(path, {**fields, "_save": "Save"}, files, deadline=3 * DEADLINE)
        if answer.status == 302 and "sign-in" not in answer.location:
            attempt["confirmed"] = True
            self._noted(answer, "save")
            return True
        is_back = fields_back(answer, fields)
        if answer.status == 200:
            verdict = REFUSED if is_back and self.forms else FAILED
            reason = f"form not saved: {errors_in(answer)}"
        else:
            verdict, reason = answer.verdict()
        done = time.monotonic()
        self.tally.events.append(Event(done - answer.seconds, done, path, verdict, reason, "save", is_back))
        return True


def fields_back(answer: Answer, sent: dict[str, str]) -> bool:
    """Return whether the answer is the form again, with an error or "Save again", and with the texts that were sent."""
    back = Form.of(answer.text, "_form")
    if not back or not any(word in answer.text for word in ("errornote", "errorlist", "save_again_form")):
        return False
    typed = [name for name in sent if name.endswith(("title", "name", "slug"))]
    return all(back.get(name) == sent[name] for name in typed)


def errors_in(answer: Answer) -> str:
    """Return the first error on a page of the admin."""
    at = answer.text.find("errorlist")
    at = at if at >= 0 else answer.text.find("errornote")
    return " ".join(answer.text[at : at + 200].split()) if at >= 0 else "no error shown"

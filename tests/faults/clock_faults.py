"""Scenario: the clock of the machine jumps over a reveal, and back."""

import os
from contextlib import suppress

from tests.faults.client import Client
from tests.faults.portal import ROOT, Portal
from tests.faults.processes import until
from tests.faults.trial import Trial, wait

#: Two hours: more than any limit counts, and longer than until the reveal of the first sealed contest.
JUMP = 2 * 3600


def clock_jumps(trial: Trial) -> None:
    """The clock jumps two hours forward over a reveal, and back"""
    clock = trial.folder / "clock"
    clock.write_text("0")
    hook = ROOT / "tests" / "faults" / "clock"
    portal = trial.portal(
        {"FAULTS_CLOCK": str(clock), "PYTHONPATH": f"{hook}{os.pathsep}{ROOT}", "API_RATE_LIMIT": "60"}
    )
    soon, later = portal.seeds["sealed"]
    editor = Client(portal.port, ip="127.0.5.1")
    rows = portal.seeds["editors"][3]
    trial.expect(editor.sign_in(rows["email"], portal.seeds["password"]).status == 302, "no sign-in")
    with trial.loaded(portal, paths=[soon["path"], later["path"], "/", "/winners/", "/api/v1/people"], editors=3):
        wait(3)
        _shows(trial, portal, soon, False, "before its reveal")
        clock.write_text(str(JUMP))
        wait(2)
        _shows(trial, portal, soon, True, "after the jump over its reveal")
        _shows(trial, portal, later, False, "after a jump that ends before its reveal")
        _is_let_in(trial, portal, editor, "forward")
        caller = Client(portal.port, ip="127.0.5.2")
        for _ in range(125):
            caller.get("/api/v1/people")
        clock.write_text("0")
        wait(2)
        # The reveal is in the future again. Pages that were kept after it must not be shown now.
        _shows(trial, portal, soon, False, "after the jump back")
        _shows(trial, portal, later, False, "after the jump back")
        _is_let_in(trial, portal, editor, "back")
        clock.write_text(str(-JUMP))
        wait(2)
        _shows(trial, portal, soon, False, "before the start")
        _is_let_in(trial, portal, editor, "before the start")
        clock.write_text("0")
        wait(3)
        _shows(trial, portal, soon, False, "at the end")
        # Limits count by the minute. A jump must not lock a visitor out for hours.
        until(lambda: caller.get("/api/v1/people").status != 429, 65, "The API still refuses a visitor")
    trial.judge(portal)


def _shows(trial: Trial, portal: Portal, contest: dict[str, str], expected: bool, when: str) -> None:
    """Expect the hidden title on the page of winners, in the search and in the API, or nowhere."""
    client = Client(portal.port, ip="127.0.5.3")
    if expected:
        with suppress(TimeoutError):
            until(lambda: f">{contest['title']}<" in client.get(contest["path"]).text, 20, "The page is not there")
    for path in (contest["path"], f"/search/?q={contest['title']}", "/winners/feed.atom", "/winners/", "/"):
        for _ in range(4):  # both workers
            answer = client.get(path)
            text = answer.text.replace(f"?q={contest['title']}", "").replace(f'value="{contest["title"]}"', "")
            links = text.count("/submissions/")
            found = f">{contest['title']}<" in text and (not path.startswith("/search") or links)
            if expected and path == contest["path"]:
                trial.expect(found, f"{path} does not show {contest['title']} {when}")
            elif not expected:
                trial.expect(not found, f"{path} shows {contest['title']} {when}")


def _is_let_in(trial: Trial, portal: Portal, editor: Client, when: str) -> None:
    """Expect that the session goes on, and that another editor can sign in."""
    page = editor.get("/admin/")
    trial.expect(page.status == 200, f"the session has ended after a jump ({when}): {page.status} {page.error}")
    rows = portal.seeds["editors"][2]
    other = Client(portal.port, ip="127.0.5.4").sign_in(rows["email"], portal.seeds["password"])
    trial.expect(other.status == 302, f"no sign-in after a jump ({when}): {other.status} {other.error}")

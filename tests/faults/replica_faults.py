"""Scenario: a read replica that falls behind, and goes away."""

import time
from contextlib import suppress

from tests.faults.client import Client, Form
from tests.faults.portal import Portal
from tests.faults.processes import until
from tests.faults.services import Postgres
from tests.faults.trial import Trial, wait

#: The scenario's own editor; the load uses the ones before.
EDITOR = 3
PAGE = f"/people/fault-portrait-{EDITOR}/"
#: How many seconds a visitor may get a kept page that is older than the record, and some for a busy machine.
KEPT = 6


def replica_behind_and_gone(trial: Trial) -> None:
    """A read replica stops following for 8 s, then is gone for 8 s"""
    portal = trial.portal(database="postgres", serve=False)
    replica = trial.replica()
    portal.environment["DATABASE_REPLICA_URL"] = replica.url(trial.result.name)
    portal.serve()
    editor = Client(portal.port, ip="127.0.6.1")
    rows = portal.seeds["editors"][EDITOR]
    trial.expect(editor.sign_in(rows["email"], portal.seeds["password"]).status == 302, "no sign-in")
    with trial.loaded(portal, editors=EDITOR):
        _is_read(trial, portal, replica, "at the start")
        _shows_what_was_saved(trial, portal, editor, "with the replica")
        replica.ask("postgres", "SELECT pg_wal_replay_pause()::text")
        _shows_what_was_saved(trial, portal, editor, "while the replica is behind")
        wait(7)
        replica.ask("postgres", "SELECT pg_wal_replay_resume()::text")
        wait(2)
        _is_read(trial, portal, replica, "after it was behind")
        replica.service.kill()
        _shows_what_was_saved(trial, portal, editor, "without the replica")
        wait(7)
        replica.start()
        wait(2)
        _is_read(trial, portal, replica, "after it was gone")
        _shows_what_was_saved(trial, portal, editor, "with the replica again")
    trial.judge(portal)


def _is_read(trial: Trial, portal: Portal, replica: Postgres, when: str) -> None:
    """Expect that pages for visitors which are not kept read the replica."""
    rows = "SELECT tup_fetched + tup_returned FROM pg_stat_database WHERE datname = current_database()"
    before = replica.ask(trial.result.name, rows)

    def more() -> bool:
        Client(portal.port, ip="127.0.6.2").get(f"/people/?q=fault+{time.monotonic_ns()}")
        return replica.ask(trial.result.name, rows) > before + 500

    try:
        until(more, 15, "nothing")
    except TimeoutError:
        trial.expect(False, f"visitors do not read the replica {when}")


def _shows_what_was_saved(trial: Trial, portal: Portal, editor: Client, when: str) -> None:
    """Save a name. The editor must see it immediately, visitors soon, and then never the old one again."""
    name = f"Replicated {time.monotonic_ns()}"
    path = f"/admin/people/person/{portal.seeds['editors'][EDITOR]['pictured']}/change/"
    form = Form.of(editor.get(path).text, "_form")
    saved = editor.post(path, {**(form or {}), "name": name, "_save": "Save"}, {})
    trial.expect(saved.status == 302, f"not saved {when}: {saved.status} {saved.error}")
    for address in (path, PAGE):
        trial.expect(name in editor.get(address).text, f"an editor reads an old {address} {when}")
    visitor = Client(portal.port, ip="127.0.6.3")
    with suppress(TimeoutError):
        until(lambda: name in visitor.get(PAGE).text, KEPT, "old")
    for number in range(12):
        # Every other URL is new, so its page is made now.
        address = PAGE if number % 2 else f"/people/?q={name.replace(' ', '+')}"
        text = visitor.get(address).text.replace(f'value="{name}"', "")
        trial.expect(name in text, f"a visitor reads an old {address.partition('?')[0]} {when}")

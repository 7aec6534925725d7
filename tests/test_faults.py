"""The harness of `make faults` itself: what it counts as served, refused, failed and lost. Starts no server."""

import time

import pytest

from tests.faults import portal
from tests.faults.__main__ import _matching, table
from tests.faults.client import Answer, Form
from tests.faults.deploy_faults import upgrade_commands
from tests.faults.load import Event, Tally
from tests.faults.processes import Service, until
from tests.faults.trial import Result, slowest


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer("/", 200, {"content-type": "text/html"}, b"<html>\n</html>"), ("served", "")),
        (Answer("/", 200, {"content-type": "text/html"}, b"<html>\n<p>The beg"), ("failed", "incomplete page")),
        (Answer("/api/v1/", 200, {"content-type": "application/json"}, b'{"a": '), ("failed", "incomplete page")),
        (Answer("/", 302), ("served", "")),
        (Answer("/", 503, {"retry-after": "30"}), ("refused", "status 503")),
        (Answer("/", 503), ("failed", "503 without Retry-After")),
        (
            Answer("/api/v1/", 503, {"retry-after": "30", "content-type": "application/problem+json"}),
            ("refused", "status 503"),
        ),
        (Answer("/api/v1/", 503, {"retry-after": "9"}), ("failed", "503 of the API is not JSON")),
        (Answer("/", 413), ("refused", "status 413")),
        (Answer("/", 429), ("refused", "status 429")),
        (Answer("/", 500), ("failed", "status 500")),
        (Answer("/", 404), ("failed", "status 404")),
        (Answer("/", error="timeout"), ("failed", "timeout")),
    ],
)
def test_only_a_whole_page_is_served_and_only_an_honest_answer_is_a_refusal(answer, verdict):
    assert answer.verdict() == verdict


def test_a_form_is_read_as_a_browser_without_changes_would_send_it():
    page = """
        <form method="get" id="search_form"><input name="q"></form>
        <form method="post" id="person_form"><input type="hidden" name="token" value="t">
        <input name="name" value="A&amp;B">
        <input type="checkbox" name="on" checked><input type="checkbox" name="off"><input type="submit" name="_save">
        <textarea name="text">
two
lines</textarea><select name="one"><option value=""></option><option value="2" selected></option></select>
        <noscript><input name="one"></noscript><input type="file" name="portrait"></form>"""
    fields = {"token": "t", "name": "A&B", "on": "on", "text": "two\nlines", "one": "2"}
    assert Form.of(page, "_form") == fields


def test_connections_are_excused_only_while_the_server_is_dead():
    def event(begun, done, reason):
        return Event(begun, done, "/", "failed", reason, "reader")

    tally = Tally(
        [event(9, 10.5, "connection reset"), event(12, 13, "connection refused"), event(10, 11, "status 500")]
    )
    tally.dead.append((10, 11))
    assert tally.failures() == tally.events[1:]
    assert tally.excused() == 1


def test_the_server_is_started_as_the_shipped_unit_says(tmp_path, monkeypatch):
    unit = tmp_path / "laurel.service"
    unit.write_text(
        "[Service]\n"
        "ExecStart=/opt/laurel/current/.venv/bin/granian --interface wsgi --working-dir /opt/laurel/current \\\n"
        "    --blocking-threads 8 --backlog 4096 portal.wsgi:application\n"
        "Restart=always\n"
        "RestartSec=250ms\n"
    )
    monkeypatch.setattr(portal, "UNIT", unit)
    command, pause = portal.server_command(8123, tmp_path)
    own = f"--host 127.0.0.1 --port 8123 --workers 2 --blocking-threads 4 --working-dir {tmp_path} --log-level warning"
    assert command[3:] == [*own.split(), "--interface", "wsgi", "--backlog", "4096", "portal.wsgi:application"]
    assert pause == 0.25
    assert portal.unit_lines()["Restart"] == "always"


def test_a_service_is_started_again_until_it_is_stopped(tmp_path):
    service = Service(["sleep", "0.05"], tmp_path / "log", restart=0.01)
    try:
        until(lambda: service.starts > 2, 10, "not started again")
    finally:
        service.stop()
    starts = service.starts
    time.sleep(0.1)
    assert service.starts == starts
    assert not service.is_running()


def test_the_upgrade_is_tried_with_a_migration():
    names = [command[0] for command in upgrade_commands()]
    assert "migrate" in names
    assert names.index("collectstatic") < names.index("migrate")


def test_scenarios_are_chosen_by_name_or_by_its_beginning():
    assert _matching("power") == ["power"]
    assert _matching("disk") == ["disk-media", "disk-sqlite"]
    assert _matching("nothing") == []


def test_a_result_is_one_line_and_a_row_of_the_table():
    result = Result("redis", "Redis gone", served=1200, refused=3, confirmed=40, seconds=21.4)
    assert result.line() == (
        "passed redis: served 1200, refused 3, failed 0, cut off 0; "
        "confirmed writes 40, lost writes = 0, half-written = 0 (21 s)"
    )
    assert table([result]).splitlines()[-1] == "| Redis gone | 1,200 | 3 | 0 | 0 | 40 | 0 | 0 | 21 | passed |"


def test_the_slowest_requests_are_found():
    events = [Event(0, seconds / 100, "/", "served", "", "reader") for seconds in range(100)]
    assert slowest(events) == 0.95
    assert slowest([]) == 0.0

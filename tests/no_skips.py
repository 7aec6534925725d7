"""
A pytest plugin that fails the run if a test was skipped or expected to fail: `pytest -p tests.no_skips`.

CI uses it, so that a successful run means that every test has run.
"""

import pytest


def left_out(terminal):
    return [report for outcome in ("skipped", "xfailed") for report in terminal.stats.get(outcome, [])]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal and left_out(terminal) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    reports = left_out(terminalreporter)
    if reports:
        terminalreporter.section("left out, which fails this run", red=True)
        for report in reports:
            terminalreporter.write_line(report.nodeid)

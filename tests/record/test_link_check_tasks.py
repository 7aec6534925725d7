"""Link checks that the worker makes, started in the list of sources or by `manage.py check_sources --queue`."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from record import source_checks
from record.link_check import Found
from record.models import Source
from tests import factories as make
from tests.accounts.test_admin_roles import in_role
from tests.admin_pages import page
from tests.worker import worker

__all__ = ["worker"]
pytestmark = pytest.mark.django_db
LIST = "/admin/record/source/"


@pytest.fixture
def checked(monkeypatch):
    """The URLs that were checked. No request is sent."""
    urls = []

    class Checker:
        def __init__(self, user_agent):
            pass

        def check(self, url):
            urls.append(url)
            return Found(Source.LinkState.GONE, "404")

    monkeypatch.setattr(source_checks, "LinkChecker", Checker)
    return urls


def sources(number, host="https://example.org"):
    return [make.SourceFactory(url=f"{host}/{n}") for n in range(number)]


def ask(desk, rows):
    data = {"action": "check_links", "_selected_action": [row.pk for row in rows]}
    return desk.post(page(Source, "changelist"), data, follow=True).content.decode()


def test_an_editor_has_chosen_links_checked(desk, worker, checked, django_assert_num_queries):
    rows, _other = sources(2), make.SourceFactory(url="https://example.org/other")
    assert "2 links are being checked." in ask(desk, [*rows, make.SourceFactory(url="")])
    assert checked == []
    ask(desk, rows)  # a second click
    assert DBTaskResult.objects.count() == 1
    worker()
    assert sorted(checked) == ["https://example.org/0", "https://example.org/1"]
    assert [row.link_state for row in Source.objects.filter(pk__in=[row.pk for row in rows])] == ["gone"] * 2
    assert "None of these sources has a link." in ask(desk, [make.SourceFactory(url="")])


def test_many_links_are_checked_in_batches_one_after_the_other(worker, checked, monkeypatch):
    monkeypatch.setattr(source_checks, "BATCH", 2)
    monkeypatch.setattr(source_checks, "MOST", 5)
    rows = sources(3) + sources(3, "https://example.net")
    Source.objects.filter(pk=rows[0].pk).update(checked_at=timezone.now())
    assert source_checks.begin(Source.objects.all()) == 5
    assert DBTaskResult.objects.count() == 1
    worker()
    assert DBTaskResult.objects.count() == 3
    assert len(set(checked)) == len(checked) == 5
    assert rows[0].url not in checked
    # A host is not asked twice in a row, if there are others.
    assert [url.split("/")[2] for url in checked[:4]] in (
        ["example.org", "example.net"] * 2,
        ["example.net", "example.org"] * 2,
    )


def test_a_second_attempt_leaves_out_what_the_first_has_checked(worker, checked):
    done, missing = sources(2)
    source_checks.begin(Source.objects.all())
    Source.objects.filter(pk=done.pk).update(checked_at=timezone.now())
    worker()
    assert checked == [missing.url]


def test_work_of_editors_comes_before_link_checks():
    assert source_checks.check_links.priority < 0


def test_without_a_worker_or_the_permission_there_is_no_such_action(desk, client, checked, settings):
    [row] = sources(1)
    assert 'value="check_links"' not in desk.get(LIST).content.decode()
    ask(desk, [row])
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert 'value="check_links"' in desk.get(LIST).content.decode()
    client.force_login(in_role("viewer"))
    assert 'value="check_links"' not in client.get(LIST).content.decode()
    ask(client, [row])
    assert checked == []
    assert not DBTaskResult.objects.exists()


def test_the_command_leaves_the_work_to_the_worker(worker, checked, capsys):
    rows = sources(2)
    call_command("check_sources", queue=True, source=rows[0].slug)
    assert capsys.readouterr().out == "The worker checks 1.\n"
    assert checked == []
    worker()
    assert checked == [rows[0].url]
    call_command("check_sources", queue=True, older_than=5, limit=10)
    worker()
    assert checked == [rows[0].url, rows[1].url]
    with pytest.raises(CommandError, match="at most 1000"):
        call_command("check_sources", queue=True, limit=1001)


def test_the_command_needs_a_worker_for_that():
    with pytest.raises(CommandError, match="TASKS=database"):
        call_command("check_sources", queue=True)

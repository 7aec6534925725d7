from io import StringIO

from django.core.management.base import OutputWrapper

from record.progress import Progress


class Terminal(StringIO):
    def isatty(self):
        return True


def shown(out):
    progress = Progress(OutputWrapper(out), 2_000, "rows")
    for done in (10, 19, 20, 1_000, 1_001, 2_000, 2_005):
        progress(done)
    return out.getvalue()


def test_a_file_gets_at_most_one_line_for_each_per_cent():
    assert shown(StringIO()).splitlines() == [
        "10 of 2,000 rows",
        "20 of 2,000 rows",
        "1,000 of 2,000 rows",
        "2,000 of 2,000 rows",
    ]


def test_a_terminal_gets_a_bar():
    *before, last = shown(Terminal()).split("\r")[1:]
    assert before[-1] == f"[{'#' * 15}{' ' * 15}] 1,000 of 2,000 rows"
    assert last == f"[{'#' * 30}] 2,000 of 2,000 rows\n"

"""Damaged archives are refused with a reason, or imported so that their export is equal. Never is a part written."""

import json
from contextlib import nullcontext

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contests.exchange.errors import ArchiveRefusedError
from contests.exchange.exporting import MANIFEST, as_line
from contests.models import Contest
from tests.contests.exchange import archives
from tests.contests.exchange.test_refusals import small_archive

pytestmark = [
    pytest.mark.django_db,
    # What an archive may contain is checked before the database is asked; test_rules.py and test_round_trip.py ask it.
    pytest.mark.one_database,
    pytest.mark.filterwarnings("ignore:Duplicate name"),
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.integers(0, 9),
    st.text(max_size=8),
    st.sampled_from(["", "\x00", "\ud800", "../x", "2026-01-01T00:00:00Z", "2026", "zz", "FR", "1.00", "x" * 400]),
    st.lists(st.sampled_from(["a", "b"]), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


@pytest.fixture
def archive(monkeypatch):
    # To drop and create all triggers takes longer than the rest, and here nothing depends on them.
    monkeypatch.setattr("contests.exchange.importing.paused", nullcontext)
    return small_archive()


def _flip(draw, content):
    damaged = bytearray(content)
    for _time in range(draw(st.integers(1, 4))):
        damaged[draw(st.integers(0, len(content) - 1))] ^= draw(st.integers(1, 255))
    return bytes(damaged)


def _cut(draw, content):
    start = draw(st.integers(0, len(content)))
    return content[:start] + content[start + draw(st.integers(0, 500)) :]


def _truncate(draw, content):
    return content[: draw(st.integers(0, len(content) - 1))]


def _insert(draw, content):
    at = draw(st.integers(0, len(content)))
    return content[:at] + draw(st.binary(min_size=1, max_size=40)) + content[at:]


def _swap(draw, content):
    found = archives.members(content)
    one, other = (draw(st.sampled_from(sorted(found))) for _time in range(2))
    found[one], found[other] = found[other], found[one]
    return draw(st.sampled_from([archives.zipped, _repacked]))(found)


def _repacked(found):
    try:
        return archives.packed(found)
    except (ValueError, KeyError, TypeError):
        return archives.zipped(found)


def _drop(draw, content):
    found = archives.members(content)
    del found[draw(st.sampled_from(sorted(set(found) - {MANIFEST})))]
    return archives.packed(found)


def _rows(draw, content):
    found = archives.members(content)
    name = draw(st.sampled_from(sorted(name for name in found if name.startswith("data/") and found[name])))
    return found, name, [json.loads(line) for line in found[name].splitlines()]


def _pack_rows(found, name, rows):
    try:
        found[name] = b"".join(map(as_line, rows))
    except UnicodeEncodeError:
        found[name] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    return archives.packed(found)


def _change(draw, content):
    found, name, rows = _rows(draw, content)
    row = rows[draw(st.integers(0, len(rows) - 1))]
    row[draw(st.sampled_from(sorted(row)))] = draw(VALUES)
    return _pack_rows(found, name, rows)


def _rewrite(draw, content):
    """Give a text another value that may be a good one."""
    found, name, rows = _rows(draw, content)
    row = rows[draw(st.integers(0, len(rows) - 1))]
    texts = sorted(key for key, value in row.items() if isinstance(value, str))
    row[draw(st.sampled_from(texts))] = draw(st.text(min_size=1, max_size=12))
    return _pack_rows(found, name, rows)


def _drop_row(draw, content):
    found, name, rows = _rows(draw, content)
    del rows[draw(st.integers(0, len(rows) - 1))]
    return _pack_rows(found, name, rows)


def _drop_value(draw, content):
    found, name, rows = _rows(draw, content)
    row = rows[0]
    del row[draw(st.sampled_from(sorted(row)))]
    return _pack_rows(found, name, rows)


def _manifest(draw, content):
    told = archives.manifest(content)
    return archives.packed(archives.members(content), manifest={draw(st.sampled_from(sorted(told))): draw(VALUES)})


RAW = (_flip, _cut, _truncate, _insert)
STRUCTURED = (_swap, _drop, _change, _change, _rewrite, _drop_row, _drop_value, _manifest)


@pytest.mark.parametrize(("damages", "number"), [(RAW, 850), (STRUCTURED, 250)], ids=["bytes", "rows"])
def test_damaged_archives(archive, damages, number):
    before = archives.state()
    outcomes = {"refused": 0, "imported": 0, "unexplained": 0}

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def check(data):
        content = data.draw(st.sampled_from(damages))(data.draw, archive)
        with transaction.atomic():
            try:
                archives.imported(content)
            except ArchiveRefusedError as error:
                outcomes["refused"] += 1
                outcomes["unexplained"] += not all(error.messages)
                assert archives.state() == before
                return
            outcomes["imported"] += 1
            found, again = archives.members(content), archives.members(_export(content))
            assert {name: found[name] for name in again if name != MANIFEST} == {
                name: again[name] for name in again if name != MANIFEST
            }
            transaction.set_rollback(True)

    check()
    assert outcomes["refused"] > number // 2
    assert not outcomes["unexplained"]
    assert damages is RAW or outcomes["imported"]


def _export(content):
    return archives.exported(Contest.objects.get(slug=archives.manifest(content)["slug"]), with_sealed=True)

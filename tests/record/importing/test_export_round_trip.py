"""
What is exported goes back in: onto the same portal it changes nothing, and onto an empty one it makes the same rows
with the same permanent keys.
"""

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.demo.archive import ArchivePlan, make
from contests.models import CreditRole
from record.importing.kinds import kinds
from record.importing.running import table_of
from record.models import TableImport
from tests import factories

pytestmark = pytest.mark.django_db

#: The kinds, those first that others refer to.
ORDER = (
    "sources", "people", "organisations", "contests", "works", "submissions", "award_lines", "awards", "recognitions",
    "events", "appearances", "quotes",
)  # fmt: skip


def export(kind, path, *options):
    call_command("export_table", kind, "--output", str(path), *options)
    return path


def bring(kind, path, *options):
    """Import a file by the command, and return the counts of the report: new, changed, the same, with problems."""
    out, errors = io.StringIO(), io.StringIO()
    try:
        call_command("import_table", kind, str(path), *options, stdout=out, stderr=errors)
    except CommandError as error:
        pytest.fail(f"{kind}: {error}\n{errors.getvalue()[:2000]}")
    line = next(line for line in out.getvalue().splitlines() if " new, " in line)
    return [int(part.split()[0].replace(",", "")) for part in line.split(", ")]


def empty_portal():
    """Delete all rows of the record but the roles in credits."""
    for app in ("contests", "people", "record", "search"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if model is not CreditRole:
                model._base_manager.all()._raw_delete("default")


def fill():
    call_command("loaddata", "nextgen", verbosity=0)
    make(ArchivePlan.of(today=timezone.now(), editions=2))
    # Texts that a careless reader of CSV files would change.
    person = factories.PersonFactory(
        name="Ada (A.) Specimen; Jr", headline="=1+1", biography="'=1\r\n-30-, +5;@x\n'68 1/2", website=""
    )
    factories.PersonFactory(name="007", headline="-30-", disambiguation="1/2")
    person.other_names.create(name="A; B")
    person.other_names.create(name="C\\D")
    work = factories.WorkFactory(title="=Sum")
    factories.CreditFactory(work=work, person=person, role=CreditRole.objects.get(slug="director"), wording="by; (x)")
    company = CreditRole.objects.get(slug="production-company")
    factories.CreditFactory(work=work, person=person, organisation=None, role=company)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_goes_back_in(form, tmp_path):
    fill()
    names = [kind.name for kind in kinds()]
    assert set(ORDER) == set(names)
    rows = {kind.name: kind.model.objects.count() for kind in kinds()}
    files = {name: export(name, tmp_path / f"{name}.{form}") for name in ORDER}
    for name in ORDER:
        assert (name, bring(name, files[name])) == (name, [0, 0, rows[name], 0])
    empty_portal()
    for name in ORDER:
        assert (name, bring(name, files[name])) == (name, [rows[name], 0, 0, 0])
        if form == "csv":
            again = export(name, tmp_path / f"again-{name}.{form}")
            assert sorted(again.read_text().splitlines()) == sorted(files[name].read_text().splitlines())


def table(kind, content):
    return table_of(TableImport(kind=kind, file_name="x.csv", content=content.encode()))


def test_apostrophes_before_signs_are_removed_from_exported_files_only():
    own = table("people", "key,name,headline\nk1,Ada,\"a,'-30-'\"\nk2,Bo,''=1\n")
    assert [line.values[2] for line in own.lines] == ["a,-30-'", "'=1"]
    foreign = table("people", "Full name,headline\nAda,\"a,'-30-'\"\nBo,'=1\n")
    assert [line.values[1] for line in foreign.lines] == ["a,'-30-'", "'=1"]


def test_chosen_columns_go_back_in_alone(desk, tmp_path):
    person = factories.PersonFactory(name="Ada", headline="=1", biography="Old")
    columns = {"_column": ["name", "headline", "read_only_name", "read_only_synthetic"]}
    response = desk.get("/admin/people/person/export/csv/", columns)
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(response.streaming_content).replace(b"'=1", b"'=2"))
    assert bring("people", path) == [0, 1, 0, 0]
    person.refresh_from_db()
    assert (person.headline, person.biography) == ("=2", "Old")


def test_command_exports_the_rows_of_a_contest_or_a_series(tmp_path):
    entry = factories.SubmissionFactory(contest__slug="one", contest__series=factories.SeriesFactory(slug="all"))
    factories.SubmissionFactory(contest__slug="two")
    for target in (("--contest", "one"), ("--series", "all")):
        for kind in ("submissions", "works", "contests"):
            text = export(kind, tmp_path / "some.csv", *target).read_text()
            assert len(text.splitlines()) == 2
        assert entry.contest.key in text
    with pytest.raises(CommandError, match="There is no contest “three”"):
        export("works", tmp_path / "some.csv", "--contest", "three")
    with pytest.raises(CommandError, match="must end with .csv or .xlsx"):
        export("works", tmp_path / "some.ods")


def test_text_too_long_for_a_cell_leaves_no_file(tmp_path):
    factories.PersonFactory(name="Ada", biography="x" * 40_000)
    with pytest.raises(CommandError, match="“Ada” has 40000 characters"):
        export("people", tmp_path / "people.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_second_import_takes_the_same_statements_for_more_rows(tmp_path):
    def statements():
        files = [export(kind, tmp_path / f"{kind}.csv") for kind in ("people", "submissions", "works")]
        with CaptureQueriesContext(connection) as captured:
            for kind, file in zip(("people", "submissions", "works"), files, strict=True):
                bring(kind, file, "--dry-run")
        return len(captured)

    def more(number):
        for _number in range(number):
            source = factories.SourceFactory()
            person = factories.PersonFactory(sources=[source])
            person.other_names.create(name="Bo")
            entry = factories.SubmissionFactory(sources=[source])
            entry.categories.add(factories.CategoryFactory(contest=entry.contest))
            factories.CreditFactory(submission=entry, person=person)

    more(2)
    few = statements()
    more(6)
    assert statements() == few

"""
What is exported goes back in: onto the same portal it changes nothing, and onto an empty one it makes the same rows
with the same permanent keys.
"""

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from contests.demo.archive import ArchivePlan, make
from contests.models import CreditRole
from record.importing.kinds import kinds
from tests import factories

pytestmark = pytest.mark.django_db

#: The kinds in the order in which an empty portal is filled.
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
    make(ArchivePlan.of(today=timezone.now(), editions=1))
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
            assert again.read_text() == files[name].read_text()

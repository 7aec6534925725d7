"""Say in the preview of an import which lines change what an approval covers."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from contests.exchange.comparison import covered_by_approval
from contests.exchange.kinds import KINDS
from contests.models import Credit, Submission
from contests.triggers import COVERED
from record.importing.planning import CAUSED, Plan


def withdrawn(plan: Plan) -> Iterator[tuple[int, str]]:
    """Yield the lines that change an approved result, each with a text that says so."""
    touched: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for (model, pk), change in plan.changes.items():
        columns, _sql = COVERED.get(model._meta.db_table, ((), ""))
        if change.values.keys() & set(columns):
            touched[str(model._meta.model_name)][pk] |= change.lines
    rows: dict[type, list] = plan.new
    for credit in rows.get(Credit, ()):
        if credit.work.pk is not None:
            touched["work"][credit.work.pk] |= plan.lines_of[id(credit)]
    for link in plan.links:
        if isinstance(link.row, Submission) and link.name == "categories" and not plan.is_new(link.row):
            touched["submission"][link.row.pk].add(link.line)
    told = set()
    for name, of in touched.items():
        if name in KINDS:
            sql = COVERED[KINDS[name].model._meta.db_table][1]
            told |= {line for pk in covered_by_approval(KINDS[name], sql, of) for line in of[pk]}
    for line in sorted(told):
        yield (
            line,
            _("This changes an approved result: its approval is withdrawn, or if it is public, this is a correction."),
        )


def register() -> None:
    CAUSED.append(withdrawn)

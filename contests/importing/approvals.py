"""Say in the preview of an import which lines change what an approval covers, and refuse an undo that changes it."""

from collections import defaultdict
from collections.abc import Iterator

from django.apps import apps
from django.utils.translation import gettext as _

from contests.exchange.comparison import covered_by_approval
from contests.exchange.kinds import KINDS
from contests.models import Credit, Submission
from contests.triggers import COVERED
from record.importing.planning import CAUSED, Plan
from record.importing.undoing import GUARDS, MOST
from record.importing.writing import Written
from record.merging.journal import in_chunks


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


def stays(written: Written) -> Iterator[str]:
    """Yield a reason for each row of an approved result that an undo would change."""
    touched: dict[str, set[int]] = defaultdict(set)
    for label, rows in written.changed.items():
        model = apps.get_model(label)
        columns, _sql = COVERED.get(model._meta.db_table, ((), ""))
        touched[str(model._meta.model_name)] |= {int(pk) for pk in rows if rows[pk].keys() & set(columns)}
    for some in in_chunks(written.new.get(Credit._meta.label_lower, [])):
        touched["work"] |= set(Credit.objects.filter(pk__in=some).values_list("work", flat=True).order_by())
    for name, keys in touched.items():
        # An approval covers nothing of some kinds, such as events.
        if name in KINDS and keys:
            kind = KINDS[name]
            approved = list(covered_by_approval(kind, COVERED[kind.model._meta.db_table][1], keys))
            for row in kind.model._base_manager.filter(pk__in=approved[:MOST]).order_by("pk"):
                yield _("An approved or public result covers “%(name)s”.") % {"name": row}


def register() -> None:
    CAUSED.append(withdrawn)
    GUARDS.append(stays)

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import BaseCommand, CommandError
from django.db.models import Model

from accounts import roles

PAGE = Path("docs/editing.md")
BEGIN, END = "<!-- Made by `manage.py roles --document`. -->\n", "<!-- To here. -->\n"


class Command(BaseCommand):
    help = (
        "Update the groups of the roles: create missing ones, and give each the permissions that accounts/roles.py "
        "lists. Other groups and all memberships stay unchanged."
    )

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="change nothing; fail if a group differs")
        what.add_argument("--document", action="store_true", help=f"update the table in {PAGE}")

    def handle(self, *args, check=False, document=False, **options):
        if document:
            path = settings.BASE_DIR / PAGE
            path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")
            return
        found = roles.differences() if check else roles.put_right()
        for difference in found:
            self.stdout.write(str(difference))
        if check and found:
            raise CommandError("The groups differ from the roles. Run `manage.py roles` to update them.")


def with_table(page: str) -> str:
    """
    Return the Markdown document `page` with an updated table of permissions. Raise `ValueError` if `page` lacks the
    comments that mark the beginning and the end of the table.
    """
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"There is no place for the table in {PAGE}.")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def table() -> str:
    """Return the permissions as a Markdown table with a row for each model and a column for each role."""
    lines = [["", *(role.value for role in roles.Role)], ["---"] * (len(roles.Role) + 1)]
    models = {model._meta.label: model for model in apps.get_models()}
    for model in (models[label] for label in roles.MODELS if label in models):
        name = str(model._meta.verbose_name_plural)
        lines.append([name, *(", ".join(actions(role, model)) or "—" for role in roles.Role)])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines).replace("|  |", "| |")


def actions(role: roles.Role, model: type[Model]) -> list[str]:
    """
    Return what `role` may do with rows of `model`, as a list of words for the table: "view", "add", "change" or
    "delete"; then the model's own actions in the admin, such as "approve"; then any other permissions.
    """
    granted, held = roles.granted(role, model), roles.permissions_of(role)
    steps = getattr(admin.site._registry.get(model), "steps", ())
    open_to = [step.name for step in steps if step.permission in held]
    behind = {step.permission.partition(".")[2] for step in steps}
    others = [name.replace("_", " ") for name in granted if name not in roles.VERBS and name not in behind]
    return [*(verb for verb in roles.VERBS if verb in granted), *open_to, *others]

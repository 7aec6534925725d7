import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts import roles
from contests.models import Contest
from portal import catalogs, private_files
from search.index import refresh_quietly

EDITOR = "editor@example.org"


class Command(BaseCommand):
    help = (
        "Make the portal ready to be looked at: compile the catalogs of messages, bring the database up to date, "
        "load the NextGen contest into an empty one, make an editor account if there is no account at all, and "
        "close to other accounts of this machine what only the portal may read. "
        "Changes nothing else, so that it can run before every start."
    )

    def handle(self, *args, **options):
        catalogs.compile_all()
        if connection.vendor == "sqlite":
            Path(settings.DATABASES["default"]["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self.migrate()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).splitlines()[0]}") from error
        self.load_first_contest()
        self.make_first_editor()
        private_files.tighten()

    def migrate(self):
        # This check is faster than the migrate command, which updates permissions and content types even if there is
        # nothing to migrate.
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
            # Permissions for models from migrations later than the one that creates the roles.
            roles.put_right()
            # Migrations note all rows of the record as changed.
            refresh_quietly(None)
            self.stdout.write(f"Brought the database up to date ({len(plan)} migrations)")

    def load_first_contest(self):
        # The history also contains contests that an editor has deleted; they must not come back.
        if Contest.objects.exists() or Contest.history.exists():
            return
        call_command("loaddata", "nextgen", verbosity=0)
        self.stdout.write("Loaded the NextGen contest")

    def make_first_editor(self):
        users = get_user_model().objects
        if users.exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser(email=EDITOR, password=password)
        self.stdout.write(f"Made an editor account: {EDITOR}, password {password} (shown only this once)")

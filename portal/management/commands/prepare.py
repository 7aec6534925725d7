import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts import roles
from contests.models import Contest
from portal import file_permissions, translation_catalogs
from search.index import refresh_quietly

EDITOR = "editor@example.org"


class Command(BaseCommand):
    help = (
        "Prepare the portal for its start: compile the translation catalogs, update the database, load the NextGen "
        "contest into an empty database, create an editor's account if there is no account, and set file permissions, "
        "so that other users of this computer can't read the portal's files. Changes nothing else, so that it can run "
        "before every start."
    )

    def handle(self, *args, **options):
        translation_catalogs.compile_all()
        if connection.vendor == "sqlite":
            Path(str(settings.DATABASES["default"]["NAME"])).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self.migrate()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).splitlines()[0]}") from error
        self.load_first_contest()
        self.make_first_editor()
        file_permissions.restrict_files()

    def migrate(self):
        # The migration plan is computed first, because the command `migrate` is slow: it updates permissions and
        # content types even if there is nothing to migrate.
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
            # Migrations can add models after the migration that creates the roles. The permissions for such models are
            # added to the roles here.
            roles.put_right()
            # Migrations can queue all rows for indexing, so the whole queue is processed.
            refresh_quietly(None)
            self.stdout.write(f"Brought the database up to date ({len(plan)} migrations)")

    def load_first_contest(self):
        # Load the NextGen contest only into an empty database. If an editor has deleted it, the history still contains
        # a contest, and it is not loaded again.
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

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import same_person
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Confirm that each of these accounts is used by a separate person. Until then, an invited account counts as "
        "the person who invited it, and results need two people. Run this only if you know who uses the account."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", nargs="+", help="the e-mail addresses of the accounts")

    def handle(self, *args, **options):
        for email in options["email"]:
            try:
                account = same_person.confirm(
                    User.objects.get_by_natural_key(email), actor=None, reason="Confirmed on the server"
                )
            except User.DoesNotExist:
                raise CommandError(f"There is no account with the e-mail address {email}.") from None
            except ValidationError as error:
                raise CommandError(error.message) from None
            self.stdout.write(f"Confirmed {account.email}")

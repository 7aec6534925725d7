from django.core.management.base import BaseCommand, CommandError

from accounts import second_factor
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Remove all second factors and recovery codes from an account whose owner has lost them. The history of the "
        "account records it, and the owner gets an e-mail. Until they set up a new factor, the password is enough."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="the e-mail address of the account")

    def handle(self, *args, **options):
        try:
            account = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist:
            raise CommandError(f"There is no account with the e-mail address {options['email']}.") from None
        if not second_factor.remove(account, actor=None, reason="Second factor removed on the server"):
            raise CommandError(f"{account.email} has no second factor.")
        self.stdout.write(f"Removed the second factor of {account.email}")

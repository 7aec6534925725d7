from django.core.management.base import BaseCommand, CommandError

from accounts import second_factor
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Take every second factor and recovery code from an account whose owner has lost them. The history of the "
        "account says so, and its owner gets a letter. Until they set up a new one, their password alone signs in."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="the e-mail address of the account")

    def handle(self, *args, **options):
        try:
            account = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist:
            raise CommandError(f"There is no account with the address {options['email']}.") from None
        if not second_factor.remove(account, actor=None, reason="Second factor removed on the server"):
            raise CommandError(f"{account.email} has no second factor.")
        self.stdout.write(f"Removed the second factor of {account.email}")
